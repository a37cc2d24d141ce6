//! `hqrn-train`: see [`hqrn::cli::train`].

fn main() -> std::process::ExitCode {
    hqrn::cli::train(std::env::args_os())
}
