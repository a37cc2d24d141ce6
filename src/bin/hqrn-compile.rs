//! `hqrn-compile`: see [`hqrn::cli::compile`].

fn main() -> std::process::ExitCode {
    hqrn::cli::compile(std::env::args_os())
}
