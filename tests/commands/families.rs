//! Families of networks as the commands meet them: a command that cannot carry one says so and writes nothing.

use crate::support::{circuits, outcome};
use std::fs;
use std::process::Command;

const QUANVOLUTION: &str = r#"{"format": "hqrn-weights", "version": 2, "family": "quanvolution", "name": "q",
    "image": {"height": 2, "width": 2}, "quanvolutions": [{"angles": [[0.5, 1, -2, 3]]}],
    "head": {"weight": [[1], [-1]], "bias": [0, 0]}}"#;

#[test]
fn commands_name_the_family_that_they_do_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let weights = at("net.json");
    fs::write(&weights, QUANVOLUTION).unwrap();
    let data = circuits("digits.csv.gz").to_str().unwrap().to_owned();
    let (out, page) = (at("out"), at("page.html"));
    let takes = "a network of family 'quanvolution': hqrn-compress takes residual networks";
    let one = "is of family quanvolution, of which one file is run: several are checkpoints of residual blocks";
    for (binary, said, arguments) in [
        (env!("CARGO_BIN_EXE_hqrn-compress"), takes, vec![&weights, "--rank", "1", "-o", &out]),
        // One at a time, it runs them.
        (env!("CARGO_BIN_EXE_hqrn-run"), one, vec![&weights, &weights, "--data", &data, "--csv", &page]),
    ] {
        let (code, message) = outcome(&Command::new(binary).args(&arguments).output().unwrap());
        let expected = format!("{weights}: {said}\n");
        assert!(code == 2 && message.ends_with(&expected) && message.lines().count() == 1, "{said}: {message}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
