//! How files of counts write the bits of a shot, and which of them is bit 0.

use super::words::CountsError;
use crate::target::{BitOrder, Dialect};

/// How a file writes what a shot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// `011001`: either end can be bit 0.
    Words,
    /// `24`: a number of which the lowest bit can be the first or the last.
    Decimal,
    /// `0x18`, as Qiskit has it inside: the lowest bit is bit 0.
    Hex,
    /// `[0, 1, 1]`, `(0, 1, 1)` or `[Zero, One, One]`: item i is bit i.
    Lists,
}

impl Writing {
    /// The writing of these keys, which is the same for all; the first that is none for `bits` bits is refused.
    pub(super) fn of(keys: &[&str], bits: usize) -> Result<Writing, CountsError> {
        let one = |key: &str| {
            let key = key.trim();
            if key.starts_with("0x") || key.starts_with("0X") {
                Writing::Hex
            } else if key.starts_with(['[', '(']) {
                Writing::Lists
            } else {
                Writing::Words
            }
        };
        let first = keys.first().map_or(Writing::Words, |key| one(key));
        if let Some(other) = keys.iter().find(|key| one(key) != first) {
            return Err(CountsError(format!("'{}' and '{}': expected keys of one kind", keys[0], other)));
        }
        let is_word = |key: &&str| plain(key).len() == bits && plain(key).iter().all(|c| matches!(c, '0' | '1'));
        let is_number = |key: &&str| {
            let canonical = key.parse::<u128>().is_ok_and(|n| n.to_string() == **key);
            canonical && (bits >= 128 || key.parse::<u128>().is_ok_and(|n| n < 1 << bits))
        };
        if first == Writing::Words && !keys.iter().all(is_word) && keys.iter().all(is_number) {
            return Ok(Writing::Decimal);
        }
        Ok(first)
    }

    /// What messages and reports call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Writing::Words => "words of bits",
            Writing::Decimal => "decimal numbers",
            Writing::Hex => "hexadecimal numbers",
            Writing::Lists => "lists of bits",
        }
    }

    /// Which end is bit 0: what the writing itself says, what was asked for, or what the clients of a target do. What
    /// contradicts the first is refused, and so is what nobody says.
    pub(super) fn order(self, asked: Option<BitOrder>, dialect: &Dialect) -> Result<BitOrder, CountsError> {
        let (own, usual, ways) = match self {
            Writing::Hex => (Some(BitOrder::Last), None, ""),
            Writing::Lists => (Some(BitOrder::First), None, ""),
            Writing::Words => (None, dialect.words, "last as Qiskit writes, first as pytket, Braket and PennyLane do"),
            Writing::Decimal => {
                (None, dialect.numbers, "last if bit 0 is worth 1, as for IonQ, first if the last bit is, as for Cirq")
            }
        };
        match (own, asked) {
            (Some(own), Some(asked)) if own != asked => Err(CountsError(format!(
                "{}, which say themselves that bit 0 is {}: --order {} contradicts them",
                self.name(),
                if own == BitOrder::First { "the first item" } else { "the lowest bit" },
                asked.name()
            ))),
            _ => own.or(asked).or(usual).ok_or_else(|| {
                CountsError(format!("{}, whose order differs between clients: say --order {ways}", self.name()))
            }),
        }
    }

    /// What a key reads; bit i at index i.
    pub(super) fn word(self, key: &str, bits: usize, order: BitOrder) -> Result<Vec<bool>, CountsError> {
        // As it is written, bit 0 last but in lists.
        let mut word = match self {
            Writing::Words => plain(key).into_iter().map(|c| digit(key, &c.to_string())).collect::<Result<_, _>>()?,
            Writing::Lists => items(key)?,
            Writing::Hex => hex(key, bits)?,
            Writing::Decimal => {
                let number: u128 = key.parse().map_err(|_| CountsError(format!("'{key}': expected a number")))?;
                (0..bits).rev().map(|i| i < 128 && number >> i & 1 == 1).collect()
            }
        };
        if word.len() != bits {
            return Err(CountsError(format!("'{key}' has {} bits, the program reads {bits}", word.len())));
        }
        if order == BitOrder::Last {
            word.reverse();
        }
        Ok(word)
    }
}

/// The characters of a word; spaces between registers are passed over.
fn plain(key: &str) -> Vec<char> {
    key.chars().filter(|c| !c.is_whitespace()).collect()
}

fn digit(key: &str, text: &str) -> Result<bool, CountsError> {
    match text {
        "0" | "Zero" | "Result.Zero" | "false" | "False" => Ok(false),
        "1" | "One" | "Result.One" | "true" | "True" => Ok(true),
        other => Err(CountsError(format!("'{key}': '{other}', expected words of 0 and 1"))),
    }
}

/// The items of a list, in its order.
fn items(key: &str) -> Result<Vec<bool>, CountsError> {
    let inside = key.trim().trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let items = inside.split(',').map(str::trim);
    // Python writes a tuple of one with a comma behind it.
    items.filter(|item| !item.is_empty()).map(|item| digit(key, item)).collect()
}

/// The digits of a hexadecimal number as bits, the highest first, as many as the program reads.
fn hex(key: &str, bits: usize) -> Result<Vec<bool>, CountsError> {
    let mut found = vec![];
    for c in key.trim()[2..].chars() {
        let nibble = c.to_digit(16).ok_or_else(|| CountsError(format!("'{key}': '{c}' is no hexadecimal digit")))?;
        found.extend((0..4).rev().map(|i| nibble >> i & 1 == 1));
    }
    let (needed, shown) = (found.iter().rev().rposition(|bit| *bit).map_or(0, |i| i + 1), found.len());
    if shown == 0 || needed > bits {
        return Err(CountsError(format!("'{key}' has {needed} bits, the program reads {bits}")));
    }
    Ok((0..bits).rev().map(|i| i < shown && found[shown - 1 - i]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;

    fn read(keys: &[&str], bits: usize, asked: Option<BitOrder>, target: &str) -> Result<Vec<String>, String> {
        let dialect = &Target::named(target).unwrap().dialect;
        let found = || {
            let writing = Writing::of(keys, bits)?;
            let order = writing.order(asked, dialect)?;
            keys.iter().map(|key| writing.word(key, bits, order)).collect::<Result<Vec<_>, _>>()
        };
        let shown = |word: Vec<bool>| word.into_iter().map(|bit| if bit { '1' } else { '0' }).collect();
        found().map(|words| words.into_iter().map(shown).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn the_same_shot_in_every_writing() {
        let (first, last) = (Some(BitOrder::First), Some(BitOrder::Last));
        for (keys, asked, target) in [
            (&["001", "110"][..], None, "portable"),
            (&["0 01", "1 10"], None, "ibm"),
            (&["100", "011"], None, "braket"),
            (&["100", "011"], None, "pennylane"),
            (&["100", "011"], first, "qasm2"),
            (&["001", "110"], last, "qasm2"),
            (&["0x1", "0x6"], None, "portable"),
            (&["0x01", "0X06"], None, "qasm2"),
            (&["1", "6"], None, "ionq"),
            (&["1", "6"], last, "portable"),
            (&["4", "3"], first, "portable"),
            (&["[1, 0, 0]", "[0, 1, 1]"], None, "azure"),
            (&["[One, Zero, Zero]", "[Zero, One, One]"], None, "portable"),
            (&["(1, 0, 0)", "(0,1,1)"], first, "qasm2"),
        ] {
            assert_eq!(read(keys, 3, asked, target), Ok(vec!["100".into(), "011".into()]), "{keys:?} {target}");
        }
        // A word that could be a number is a word where all of them are.
        assert_eq!(read(&["10", "11"], 2, None, "ionq"), Ok(vec!["01".into(), "11".into()]));
        assert_eq!(read(&["1", "0"], 1, None, "qasm2").unwrap_err().split(':').next(), Some(AMBIGUOUS_WORDS));
        assert_eq!(read(&["(1,)"], 1, None, "qasm2"), Ok(vec!["1".into()]));
    }

    const AMBIGUOUS_WORDS: &str = "words of bits, whose order differs between clients";

    #[test]
    fn what_nobody_says_is_asked_and_what_cannot_be_is_refused() {
        let last = Some(BitOrder::Last);
        for (keys, bits, asked, target, expected) in [
            (&["001"][..], 3, None, "qasm2", AMBIGUOUS_WORDS),
            (&["5", "12"], 4, None, "portable", "decimal numbers, whose order differs between clients"),
            (&["5", "12"], 4, None, "braket", "decimal numbers, whose order differs between clients"),
            (&["[1, 0]"], 2, last, "portable", "lists of bits, which say themselves that bit 0 is the first item"),
            (&["0x2"], 2, Some(BitOrder::First), "braket", "hexadecimal numbers, which say themselves"),
            (&["0x1", "001"], 3, None, "portable", "'0x1' and '001': expected keys of one kind"),
            (&["0x8"], 3, None, "portable", "'0x8' has 4 bits, the program reads 3"),
            (&["0x"], 3, None, "portable", "'0x' has 0 bits, the program reads 3"),
            (&["0xg"], 3, None, "portable", "'0xg': 'g' is no hexadecimal digit"),
            (&["01"], 3, None, "portable", "'01' has 2 bits, the program reads 3"),
            (&["8", "3"], 3, last, "portable", "'8': '8', expected words of 0 and 1"),
            (&["012"], 3, None, "portable", "'012': '2', expected words of 0 and 1"),
            (&["[0, 2]"], 2, None, "portable", "'[0, 2]': '2', expected words of 0 and 1"),
            (&["[0, 1]"], 3, None, "portable", "'[0, 1]' has 2 bits, the program reads 3"),
        ] {
            let message = read(keys, bits, asked, target).unwrap_err();
            assert!(message.starts_with(expected), "{keys:?}: {message}");
        }
    }
}
