//! `hqrn-run`: see [`hqrn::cli::run`].

fn main() -> std::process::ExitCode {
    hqrn::cli::run(std::env::args_os())
}
