//! Lines that read back the same, and every value that is refused.

use super::*;

const GOOD: &str = r#"{"version":1,"network":"n","block":1,"dim":3,"method":"exact","plus":{"gamma":2.5,"input":[0,1],"output":[0,1],"accept":{"2":0}},"minus":null}"#;

#[test]
fn reads_and_writes_the_same_line() {
    let contract = Contract::from_json(GOOD, 3, 3).unwrap();
    assert_eq!(contract.to_json(), GOOD);
    assert_eq!(contract.signs.present().count(), 1);
}

#[test]
fn names_in_any_script_stay_on_one_ascii_line() {
    let mut contract = Contract::from_json(GOOD, 3, 3).unwrap();
    contract.network = "Ziffern \u{1F522} é\n\"quoted\"\u{7f}".into();
    let json = contract.to_json();
    assert!(json.is_ascii() && !json.contains(|c: char| c.is_ascii_control()), "{json}");
    assert_eq!(Contract::from_json(&json, 3, 3).unwrap(), contract);
}

#[test]
fn copies_are_read_like_the_first() {
    let good = GOOD.replace("\"method\":\"exact\",", "\"method\":\"exact\",\"tiles\":[{\"plus\":{\"input\":[4,3],\"output\":[5,3],\"accept\":{\"4\":0}},\"minus\":null}],");
    let contract = Contract::from_json(&good, 6, 6).unwrap();
    assert_eq!((contract.to_json(), contract.tile_count()), (good.clone(), 2));
    let (first, second) = (contract.tile(0), contract.tile(1));
    assert_eq!(first.to_json(), GOOD);
    assert_eq!(
        second.to_json(),
        GOOD.replace("[0,1],\"output\":[0,1]", "[4,3],\"output\":[5,3]").replace("\"2\"", "\"4\"")
    );
    for (from, to, expected) in [
        (
            "{\"4\":0}}",
            "{\"4\":1}}",
            "tiles[0].plus: accept: other values, in the order of the bits, than those of the first copy",
        ),
        ("\"output\":[5,3]", "\"output\":[5,9]", "tiles[0].plus.output: bit 9 does not exist: the program has 6"),
        ("\"output\":[5,3]", "\"output\":[5,1]", "tiles[0]: bit 1 is of an earlier copy as well"),
        ("\"input\":[4,3]", "\"input\":[1,3]", "tiles[0]: qubit 1 is of an earlier copy as well"),
        ("\"input\":[4,3]", "\"input\":[4]", "tiles[0].plus.input: 1 entries hold 2 states: dim is 3"),
        (
            "}},\"minus\":null}],",
            "}},\"minus\":{\"input\":[],\"output\":[],\"accept\":{}}}],",
            "tiles[0].minus: expected where the program has that sign, and only there",
        ),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        assert_eq!(Contract::from_json(&text, 6, 6).unwrap_err().to_string(), format!("contract: {expected}"));
    }
}

#[test]
fn every_wrong_value_is_named() {
    for (from, to, expected) in [
        (
            "\"version\":1",
            "\"version\":3,\"new\":0",
            "the contract line is not valid: version 3, this hqrn reads 1 to 2",
        ),
        ("\"version\":1", "\"version\":2", "contract: version: 2: expected 1 without segment"),
        ("\"block\":1", "\"block\":0", "contract: block: 0: blocks count from 1"),
        ("\"dim\":3", "\"dim\":5", "contract: plus.input: 2 entries hold 4 states: dim is 5"),
        ("\"dim\":3", "\"dim\":2", "contract: plus.input: 2 entries are more than dim 2 needs"),
        ("2.5", "-2.5", "contract: plus.gamma: -2.5: expected a finite number, not negative"),
        ("{\"2\":0}", "{\"2\":0},\"error\":2.5", "contract: plus.error: 2.5: expected a number from 0 to 2"),
        ("{\"2\":0}", "{\"2\":0},\"error\":0.5", "contract: plus.error: given, but the method is exact"),
        ("\"input\":[0,1]", "\"input\":[0,9]", "contract: plus.input: qubit 9 does not exist: the program has 3"),
        ("\"output\":[0,1]", "\"output\":[1,1]", "contract: plus.output: a bit is listed twice"),
        ("{\"2\":0}", "{\"7\":0}", "contract: plus.accept: bit 7 does not exist: the program has 3"),
        ("{\"2\":0}", "{\"2\":2}", "contract: plus.accept: bit 2 has value 2: expected 0 or 1"),
        ("{\"2\":0}", "{\"1\":0}", "contract: plus.accept: bit 1 is an output as well"),
    ] {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD);
        assert_eq!(Contract::from_json(&text, 3, 3).unwrap_err().to_string(), expected);
    }
    let bits: Vec<String> = (2..72).map(|bit| format!("\"{bit}\":0")).collect();
    let text = GOOD.replace("\"2\":0", &bits.join(","));
    let message = Contract::from_json(&text, 3, 80).unwrap_err().to_string();
    assert_eq!(message, "contract: plus.accept: 70 bits: expected at most 64");
    let text = GOOD.replace("\"dim\":3", "\"dim\":4097");
    let message = Contract::from_json(&text, 3, 3).unwrap_err().to_string();
    assert_eq!(message, "contract: dim: 4097: expected at most 4096");
    assert_eq!(check::MAX_DIM, crate::encoding::MAX_DIM);
    let unknown = GOOD.replace("\"method\"", "\"methods\"");
    let ContractError::Json { offset, message } = Contract::from_json(&unknown, 3, 3).unwrap_err() else { panic!() };
    assert!(message.contains("unknown field `methods`") && offset > 40, "{message} {offset}");
}
