//! Killing hqrn-compile at any moment leaves whole programs or none.

use crate::support::circuits;
use hqrn::qasm;
use hqrn::random::rng;
use rand::RngExt;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn whatever_is_left_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut rng = rng(17);
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hqrn-compile"));
        command.args([circuits("digits.json").as_os_str(), "-o".as_ref(), out.as_os_str(), "--no-verify".as_ref()]);
        // What there is to interrupt is the writing.
        command.args(["--phases", "nonnegative"]).stdout(Stdio::null());
        command
    };
    let start = Instant::now();
    assert!(command().status().unwrap().success());
    let whole = start.elapsed().as_secs_f64();
    let (mut killed, mut finished, mut left) = (0, 0, 0);
    // The moments are spread over the run: where it lands depends on the machine, what holds does not.
    for round in 0..24 {
        if round % 4 == 0 {
            _ = fs::remove_dir_all(&out);
        }
        let mut child = command().spawn().unwrap();
        std::thread::sleep(Duration::from_secs_f64(rng.random_range(0.01..1.2) * whole));
        if child.try_wait().unwrap().is_some() {
            finished += 1;
        } else {
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
        }
        for entry in fs::read_dir(&out).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "qasm") {
                left += 1;
                let text = fs::read_to_string(&path).unwrap();
                qasm::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
        }
        if out.join("manifest.json").exists() {
            let count = fs::read_dir(&out)
                .unwrap()
                .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "qasm"));
            assert_eq!(count.count(), 10, "a manifest stands beside an incomplete set");
        }
    }
    eprintln!("{killed} killed, {finished} finished, {left} programs looked at");
    assert!(killed > 0 && left > 0);
}
