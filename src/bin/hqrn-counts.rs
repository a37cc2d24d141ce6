//! `hqrn-counts`: see [`hqrn::cli::counts`].

fn main() -> std::process::ExitCode {
    hqrn::cli::counts(std::env::args_os())
}
