use super::*;
use crate::target::Target;

fn read_for(text: &str, asked: Option<BitOrder>, target: &str) -> Result<CountsFile, String> {
    let dialect = &Target::named(target).unwrap().dialect;
    read_counts(text.as_bytes(), 3, asked, dialect).map_err(|error| error.to_string())
}

fn counts(of: &[(&str, u64)]) -> Counts {
    let mut counts = Counts::default();
    for (word, count) in of {
        counts.add(word.chars().map(|c| c == '1').collect(), *count).unwrap();
    }
    counts
}

/// Bit 0 alone was read 5 times, bits 1 and 2 twice.
#[test]
fn the_same_counts_from_every_client() {
    let expected = counts(&[("100", 5), ("011", 2)]);
    let words = r#""001": 5, "110": 2"#;
    for (text, target) in [
        (format!("{{{words}}}"), "portable"),
        (format!(r#"{{"counts": {{{words}}}, "shots": 7}}"#), "portable"),
        (r#"{"001": 5.0, "110": 2e0}"#.into(), "ibm"),
        (r#"{"0x1": 5, "0x6": 2}"#.into(), "qasm2"),
        (r#"{"backend_name": "aer_simulator", "results": [{"shots": 7, "data": {"counts": {"0x1": 5, "0x6": 2}}}]}"#.into(), "ibm"),
        (r#"["001", "110", "001", "001", "001", "110", "001"]"#.into(), "ibm"),
        ("[[1,0,0],[1,0,0],[0,1,1],[1,0,0],[1,0,0],[1,0,0],[0,1,1]]".into(), "pennylane"),
        (r#"[["One","Zero","Zero"],["One","Zero","Zero"],["Zero","One","One"],["One","Zero","Zero"],["One","Zero","Zero"],["One","Zero","Zero"],["Zero","One","One"]]"#.into(), "azure"),
        (r#"{"measurementCounts": {"100": 5, "011": 2}, "measuredQubits": [0, 1, 2], "measurements": []}"#.into(), "braket"),
        (r#"{"measurementCounts": {"001": 5, "110": 2}, "measuredQubits": [2, 1, 0]}"#.into(), "portable"),
        (r#"{"measurements": [[0,1,0],[0,1,0],[1,0,1],[0,1,0],[0,1,0],[0,1,0],[1,0,1]], "measuredQubits": [2, 0, 1]}"#.into(), "braket"),
        (r#"{"measurementProbabilities": {"100": 0.7142857142857143, "011": 0.2857142857142857}, "taskMetadata": {"shots": 7}, "measuredQubits": [0, 1, 2]}"#.into(), "braket"),
        (r#"{"measurements": null, "measurementProbabilities": {"100": 0.7142857142857143, "011": 0.2857142857142857}, "taskMetadata": {"shots": 7}, "measuredQubits": [0, 1, 2]}"#.into(), "braket"),
        (r#"{"Histogram": [{"Outcome": [1,0,0], "Count": 5}, {"Outcome": [0,1,1], "Display": "[0, 1, 1]", "Count": 2}], "Shots": []}"#.into(), "azure"),
        (r#"{"histogram": {"1": 0.714286, "6": 0.285714}, "shots": 7}"#.into(), "ionq"),
        (r#"{"1": 5, "6": 2}"#.into(), "ionq"),
        (r#"{"[1, 0, 0]": 5, "[0, 1, 1]": 2}"#.into(), "azure"),
        (r#"{"DataFormat": "microsoft.quantum-results.v2", "Results": [{"Histogram": [{"Outcome": [1,0,0], "Display": "[1, 0, 0]", "Count": 5}, {"Outcome": [0,1,1], "Count": 2}]}]}"#.into(), "azure"),
        (r#"{"bits": [["c",[0]],["c",[1]],["c",[2]]], "counts": [{"outcome": {"width": 3, "array": [[128]]}, "count": 5}, {"outcome": {"width": 3, "array": [[96]]}, "count": 2}]}"#.into(), "qasm2"),
        (r#"{"bits": [["c",[2]],["c",[1]],["c",[0]]], "counts": [{"outcome": {"width": 3, "array": [[32]]}, "count": 5}, {"outcome": {"width": 3, "array": [[192]]}, "count": 2}]}"#.into(), "qasm2"),
        (r#"{"qubits": [], "bits": [["c",[0]],["c",[1]],["c",[2]]], "shots": {"width": 3, "array": [[128],[128],[96],[128],[128],[128],[96]]}}"#.into(), "qasm2"),
        // Five shots of bit 0, then two of bits 1 and 2.
        (r#"{"cirq_type": "ResultDict", "records": {"c_0": {"packed_digits": "f8", "binary": true, "dtype": "bool", "shape": [7,1,1]}, "c_1": {"packed_digits": "06", "binary": true, "shape": [7,1,1]}, "c_2": {"packed_digits": "06", "binary": true, "shape": [7,1,1]}}}"#.into(), "portable"),
    ] {
        let found = read_for(&text, None, target).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(found.counts, expected, "{text}");
    }
    let spaced = read_for(r#"{"0 01": 5, "1 10": 2}"#, None, "portable").unwrap();
    assert_eq!((spaced.counts, spaced.written, spaced.order), (expected, "words of bits", BitOrder::Last));
}

#[test]
fn what_is_no_counts_is_named() {
    let last = Some(BitOrder::Last);
    for (text, asked, target, expected) in [
        (r#"{"01": 1}"#, None, "ibm", "'01' has 2 bits, the program reads 3"),
        (r#"{"012": 1}"#, None, "ibm", "'012': '2', expected words of 0 and 1"),
        (r#"{"011": -1}"#, None, "ibm", "'011': -1, expected a whole number"),
        (r#"{"011": "5"}"#, None, "ibm", "'011': \"5\", expected a whole number"),
        (r#"{"011": 1.01, "100": -0.01}"#, None, "ibm", "quasi-probabilities, which are no counts any more"),
        (
            r#"{"Histogram": ["[0, 1, 1]", 0.5, "[1, 0, 0]", 0.5]}"#,
            None,
            "azure",
            "probabilities without the number of shots",
        ),
        (r#"{"011": 40.5}"#, None, "ibm", "'011': 40.5, expected a whole number"),
        (r#"{"011": 1e16}"#, None, "ibm", "'011': 1e+16, expected a whole number"),
        (r#"{"011": 640, "010": 40, "011": 360}"#, None, "ibm", "011: this key is there twice at line 1 column 29"),
        (r#"{"011": 9223372036854775808, "010": 9223372036854775808}"#, None, "ibm", "more than 2^53 shots"),
        (r#"{"011": 9007199254740992, "010": 1}"#, None, "ibm", "more than 2^53 shots"),
        (r#"{"011": 18446744073709551615}"#, None, "ibm", "more than 2^53 shots"),
        ("{}", None, "ibm", "no shots"),
        ("[]", None, "ibm", "no shots"),
        (r#"{"011": 0}"#, None, "ibm", "no shots"),
        ("7", None, "ibm", "expected counts like {\"0110\": 12}"),
        ("[7]", None, "ibm", "[0]: 7, expected what a shot read"),
        (r#"{"011": 0.75, "010": 0.25}"#, None, "ibm", "probabilities without the number of shots"),
        (r#"{"011": 1.02, "010": -0.02}"#, None, "ibm", "quasi-probabilities"),
        (r#"{"quasi_dists": [{"3": 1.0}], "metadata": []}"#, None, "ibm", "quasi-probabilities"),
        (
            r#"{"results": [{"data": {"counts": {"0x1": 1}}}, {"data": {"counts": {"0x1": 1}}}]}"#,
            None,
            "ibm",
            "results of 2 circuits",
        ),
        (r#"{"results": [{"data": {}}]}"#, None, "ibm", "results[0].data has no counts"),
        (
            r#"{"Histogram": ["[1,0,0]", 0.5, "[0,1,1]", 0.5]}"#,
            None,
            "azure",
            "probabilities without the number of shots",
        ),
        (
            r#"{"histogram": {"1": 0.123, "6": 0.877}, "shots": 7}"#,
            None,
            "ionq",
            "'1': 0.123, expected a share of 7 shots",
        ),
        (
            r#"{"measurementCounts": {"100": 5}, "measuredQubits": [0, 1]}"#,
            None,
            "braket",
            "measuredQubits: [0,1], the program",
        ),
        (r#"{"measurementCounts": {"100": 5}}"#, last, "braket", "this client's words have bit 0 first: --order last"),
        (
            r#"{"bits": [["c",[0]],["c",[0]],["c",[2]]], "counts": []}"#,
            None,
            "qasm2",
            "bits: expected the program's 3, each",
        ),
        (
            r#"{"bits": [["c",[0]],["c",[1]],["c",[2]]], "counts": [{"outcome": {"width": 9, "array": [[1]]}, "count": 1}]}"#,
            None,
            "qasm2",
            "expected pytket's outcomes of width 3",
        ),
        (
            r#"{"cirq_type": "ResultDict", "records": {"c_0": {"packed_digits": "f8", "binary": true, "shape": [7,1,1]}}}"#,
            None,
            "portable",
            "records: nothing of bit 1",
        ),
        (
            r#"{"cirq_type": "ResultDict", "records": {"c_0": {"packed_digits": "f", "binary": true, "shape": [7,1,1]}}}"#,
            None,
            "portable",
            "records: 'c_0': expected bits packed",
        ),
        (
            r#"{"cirq_type": "ResultDict", "records": {"c_0": {"packed_digits": "f8", "binary": true, "shape": [700,1,1]}}}"#,
            None,
            "portable",
            "records: 'c_0': not one of",
        ),
        (r#"{"shots": 20000, "counts": {"001": 5, "110": 2}}"#, None, "ibm", "counts of 7 shots, the file says 20000"),
        (
            r#"{"shots": 1000, "probabilities": {"1": 0.45, "6": 0.05}}"#,
            None,
            "ionq",
            "counts of 500 shots, the file says 1000",
        ),
        (
            r#"{"measurementProbabilities": {"100": 0.4}, "taskMetadata": {"shots": 1000}}"#,
            None,
            "braket",
            "counts of 400 shots",
        ),
        (
            r#"{"results": [{"shots": 4000, "data": {"counts": {"0x1": 5}}}]}"#,
            None,
            "ibm",
            "counts of 5 shots, the file says 4000",
        ),
        (
            r#"{"results": [{"success": false, "shots": 5, "data": {"counts": {"0x1": 5}}}]}"#,
            None,
            "ibm",
            "results[0] says that",
        ),
        (
            r#"{"results": [{"header": {"memory_slots": 12}, "data": {"counts": {"0x1": 5}}}]}"#,
            None,
            "ibm",
            "results[0] has 12 bits",
        ),
        (
            r#"{"cirq_type": "ResultDict", "records": {"c_0": {"packed_digits": "f8", "binary": true, "shape": [7,1,1]}, "d_0": {"packed_digits": "f8", "binary": true, "shape": [7,1,1]}}}"#,
            None,
            "portable",
            "records: 'd_0': bit 0 is there twice",
        ),
        (r#"{"cirq_type": "Circuit"}"#, None, "portable", "no records: expected cirq.to_json of a result"),
        (r#"{"001": 5}"#, None, "qasm2", "words of bits, whose order differs between clients: say --order"),
    ] {
        let message = read_for(text, asked, target).expect_err(text);
        assert!(message.starts_with(expected), "{text}: {message}");
    }
}
