//! `hqrn-verify`: see [`hqrn::cli::verify`].

fn main() -> std::process::ExitCode {
    hqrn::cli::verify(std::env::args_os())
}
