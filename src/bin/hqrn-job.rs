//! `hqrn-job`: see [`hqrn::cli::job`].

fn main() -> std::process::ExitCode {
    hqrn::cli::job(std::env::args_os())
}
