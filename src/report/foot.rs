//! The foot of every page: who made it of what, and what its terms mean. No time stamps: same input, same bytes.

use super::markup::escaped;
use std::fmt::Write;

/// Who made a page of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foot {
    /// The command, with what it was asked to do: `hqrn-job plan`.
    pub command: String,
    /// Of everything random, where something is.
    pub seed: Option<u64>,
    /// Machines whose figures were used, each with their date.
    pub machines: Vec<(String, String)>,
    /// Names of the files that were read, each with SHA-256 of its bytes; nothing for what cannot be read again.
    pub inputs: Vec<(String, Option<String>)>,
}

/// Terms, what tells that a page uses one, and what they mean.
const TERMS: [(&str, &[&str], &str); 12] = [
    (
        "gamma",
        &["gamma"],
        "How many times the probabilities that a circuit gives are its part of W. Shots for a given error grow with it.",
    ),
    (
        "contraction",
        &["contraction"],
        "A matrix that lengthens no vector. Positive and negative part of W are each gamma times the squared entries of one, and a contraction is a corner of a unitary, which is a circuit.",
    ),
    ("shot", &["shots", "executions"], "One run of a circuit, and the bits that were read."),
    (
        "sign",
        &["sign", "p+"],
        "W is split into what is positive and what is negative; each has a circuit, or a bit of one circuit says which.",
    ),
    (
        "accepted",
        &["accepted"],
        "Of a shot: the bits that must read a certain value do. Others count as nothing, not as errors.",
    ),
    (
        "column",
        &["column", "W_rec"],
        "What a block does to one basis state: a column of W. All columns, measured once, answer every sample.",
    ),
    ("W_rec", &["W_rec", "W off", "error of W"], "W as counts say it is, to be compared with the W that was trained."),
    ("CX, CZ", &["CX", "CZ"], "Gates that join two qubits: the dear ones, and most of the noise."),
    (
        "rank",
        &["rank "],
        "Of how many products of a row and a column each sign of W is the sum: fewer take fewer gates.",
    ),
    (
        "labels changed",
        &["disagreement", "labels that change", "labels changed", "network's own"],
        "Samples to which the circuits give another class than the network computed classically; right or wrong does not matter.",
    ),
    (
        "step of mitigation",
        &["step of mitigation"],
        "What is done to counts: raw, nothing; inverted, readout errors out; scaled, W times one number a block; shifted, biases moved by the mean that is missing; refitted, biases and head fitted anew to the network's own outputs. Each has all before it.",
    ),
    (
        "sigma",
        &["sigma"],
        "How far counts are from what the machine's figures promise, in standard deviations: beyond three it is another machine than it says.",
    ),
];

/// The foot below a page's text.
pub(super) fn foot(foot: &Foot, body: &str) -> String {
    let used = TERMS.iter().filter(|(_, signs, _)| signs.iter().any(|sign| body.contains(sign)));
    let entries: String =
        used.map(|(term, _, meaning)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(term), escaped(meaning))).collect();
    let mut out = String::from("<footer>\n");
    if !entries.is_empty() {
        out += &format!("<h2>Terms</h2>\n<dl>\n{entries}</dl>\n");
    }
    let mut made = format!("{}, hqrn {}", foot.command, env!("CARGO_PKG_VERSION"));
    made += &foot.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    for (machine, date) in &foot.machines {
        let _ = write!(made, "; {machine}, figures of {date}");
    }
    let _ = writeln!(out, "<p class=\"soft\">{}</p>", escaped(&made));
    for (file, sha256) in &foot.inputs {
        let said = sha256.as_ref().map_or_else(|| "not kept".to_owned(), |sha256| format!("<code>{sha256}</code>"));
        let _ = writeln!(out, "<p class=\"soft made\">{}, SHA-256 {said}</p>", escaped(file));
    }
    out + "</footer>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foot_says_what_the_page_is_of_and_explains_its_terms_alone() {
        let of = Foot {
            command: "hqrn-job plan".into(),
            seed: Some(7),
            machines: vec![("ibm_<x>".into(), "2026-04-17".into())],
            inputs: vec![("a.json".into(), Some("ab12".into())), ("standard input".into(), None)],
        };
        let text = foot(&of, "gamma and nothing else");
        for part in [
            "hqrn-job plan, hqrn ",
            "seed 7",
            "ibm_&lt;x&gt;, figures of 2026-04-17",
            "a.json, SHA-256 <code>ab12",
            "not kept",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.contains("<dt>gamma</dt>") && text.matches("<dt>").count() == 1);
        assert!(!foot(&Foot::default(), "none").contains("Terms"));
    }
}
