//! `hqrn-compress`: see [`hqrn::cli::compress`].

fn main() -> std::process::ExitCode {
    hqrn::cli::compress(std::env::args_os())
}
