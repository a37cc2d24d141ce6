//! Whether counts can be those of these programs at all: another order of bits, exchanged files, another input.

use super::estimate::{Estimate, sum_estimates};
use super::words::Counts;
use crate::network::Block;
use crate::qasm::Program;
use std::fmt;

/// Share of W y that must be missing before anything is said.
const FAR: f64 = 0.05;

/// How much nearer another reading must be to be worth a word.
const NEARER: f64 = 4.0;

/// Counts whose W y is far from what the weights and the input say.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Doubt {
    /// `|W y found - W y|₁ / |W y|₁`
    pub distance: f64,
    /// The share that the shots explain.
    pub expected: f64,
    /// A reading that comes much nearer.
    pub better: Option<Better>,
}

/// Another reading of the same counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// With the other end of every word as bit 0.
    Reversed,
    /// With the files of the two halves exchanged.
    Exchanged,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Doubt { distance, expected, .. } = self;
        write!(f, "W y is {distance:.2} |W y| away from what the weights say, shots explain {expected:.2}: ")?;
        f.write_str(match self.better {
            Some(Better::Reversed) => "with the other --order it fits",
            Some(Better::Exchanged) => "with the two files of counts exchanged it fits",
            None => "heavy noise, or counts of another program, input or order of bits",
        })
    }
}

impl Doubt {
    /// Whether the shots alone do not explain the distance.
    pub fn is_one(&self) -> bool {
        self.distance > FAR.max(5.0 * self.expected)
    }
}

/// How far counts of programs that ran on state y are from what the weights say; `None` where W y is zero.
pub fn doubt(parts: &[(&Program, &Counts)], block: &Block, y: &[f64]) -> Option<Doubt> {
    let product = block.weight() * nalgebra::DVector::from_column_slice(y);
    let length: f64 = product.iter().map(|p| p.abs()).sum();
    if length <= 0.0 || length.is_nan() {
        return None;
    }
    let far = |parts: &[(&Program, &Counts)]| {
        let found = sum_estimates(parts, product.len());
        let off: f64 = found.iter().zip(&product).map(|(f, p)| (f.value - p).abs()).sum();
        (off / length, found)
    };
    let (distance, found) = far(parts);
    let expected = found.iter().map(|Estimate { error, .. }| error).sum::<f64>() / length;
    let doubt = Doubt { distance, expected, better: None };
    if !doubt.is_one() {
        return Some(doubt);
    }
    let reversed: Vec<Counts> = parts.iter().map(|(_, counts)| counts.reversed()).collect();
    let reversed: Vec<(&Program, &Counts)> = parts.iter().zip(&reversed).map(|((p, _), c)| (*p, c)).collect();
    let fits = |parts: &[(&Program, &Counts)]| far(parts).0 < distance / NEARER;
    let better = match parts {
        _ if fits(&reversed) => Some(Better::Reversed),
        [(one, of_one), (two, of_two)] if fits(&[(one, of_two), (two, of_one)]) => Some(Better::Exchanged),
        _ => None,
    };
    Some(Doubt { better, ..doubt })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{CompileOptions, compile_block};
    use crate::network::read_bytes;
    use crate::qasm;
    use crate::run::read_counts;
    use crate::target::{BitOrder, Dialect};

    /// W = [[0, 2], [1, 0]] - [[0, 0], [0, 3]], in halves: gamma+ 2 and gamma- 3, both exact on one qubit and an ancilla.
    #[test]
    fn what_is_exchanged_or_reversed_is_seen() {
        let network = read_bytes(b"[[0, 2], [1, -3]]", "n").unwrap();
        let options = CompileOptions::default().with_split(true);
        let compiled = compile_block(&network, 1, &options).unwrap();
        let programs: Vec<Program> = compiled.iter().map(|p| qasm::read(&p.text).unwrap()).collect();
        let y = [0.0, 1.0];
        // From basis state 1 the plus half spells 0 always, the minus half 1 always; accepted as the contract has it.
        let word = |program: &Program, n: usize| {
            let (_, sign) = program.contract.signs.present().next().unwrap();
            let mut word = vec!['0'; program.circuit.bit_count()];
            word[sign.output[0]] = if n == 1 { '1' } else { '0' };
            sign.accept.iter().for_each(|(bit, value)| word[*bit] = if *value == 1 { '1' } else { '0' });
            word.into_iter().collect::<String>()
        };
        let read = |program: &Program, text: &str, order| {
            let text = format!("{{\"{text}\": 1000}}");
            read_counts(text.as_bytes(), program.circuit.bit_count(), Some(order), &Dialect::OPENQASM_3).unwrap().counts
        };
        let texts = [word(&programs[0], 0), word(&programs[1], 1)];
        let right: Vec<Counts> = programs.iter().zip(&texts).map(|(p, text)| read(p, text, BitOrder::First)).collect();
        let parts = |counts: &[&Counts]| -> Option<Doubt> {
            let parts: Vec<(&Program, &Counts)> = programs.iter().zip(counts.iter().copied()).collect();
            doubt(&parts, &network.blocks[0], &y)
        };
        assert!(!parts(&[&right[0], &right[1]]).unwrap().is_one());
        if texts[0].len() == texts[1].len() {
            let exchanged = parts(&[&right[1], &right[0]]).unwrap();
            assert!(exchanged.distance > 0.5, "{exchanged:?}");
        }
        let wrong: Vec<Counts> = right.iter().map(Counts::reversed).collect();
        if let Some(found) = parts(&[&wrong[0], &wrong[1]]).filter(Doubt::is_one) {
            assert_eq!(found.better, Some(Better::Reversed));
            assert!(found.to_string().ends_with("with the other --order it fits"), "{found}");
        }
    }
}
