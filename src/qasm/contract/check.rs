//! A contract against the registers of its program: what is out of range, used twice, or does not go together.

use super::*;
use crate::signs::Sign;

/// The largest block: whoever reads a program holds tables of this many rows and columns.
pub(super) const MAX_DIM: usize = 4096;

/// The most bits that a shot may have to read to count; the circuits for the largest block have fewer.
const MAX_ACCEPT: usize = 64;

impl Contract {
    /// What does not go with a segment.
    fn beside_segment(&self, segment: &SegmentTerms) -> Option<(&'static str, &'static str)> {
        let mut inputs = self.signs.present().map(|(_, read)| &read.input);
        if self.prepared.is_some() {
            return Some(("prepared", "given beside segment, whose input is called features"));
        }
        if self.columns.is_some() {
            return Some(("columns", "given beside segment, whose input is no basis state"));
        }
        if !self.tiles.is_empty() {
            return Some(("tiles", "given beside segment, which is there once"));
        }
        if self.split {
            return Some(("split", "a segment is one program"));
        }
        if self.signs.present().any(|(_, read)| read.phases.is_some()) {
            return Some(("segment", "given beside phases: its amplitudes have signs of their own"));
        }
        if self.signs.as_options().both().is_some_and(|Signs { plus, minus }| plus.gamma != minus.gamma) {
            return Some(("minus.gamma", "another than that of plus, whose circuit it is"));
        }
        match segment.sign {
            Some(sign) if inputs.any(|input| input.contains(&sign)) => Some(("segment.sign", "is an input as well")),
            Some(_) if segment.encoding == Spelling::OneHot => {
                let apart = self.signs.as_options().both().is_some_and(|Signs { plus, minus }| {
                    let silent =
                        |bits: &[usize], read: &SignContract| bits.iter().all(|b| read.accept.get(b) == Some(&0));
                    plus.input == minus.input && silent(&plus.output, minus) && silent(&minus.output, plus)
                });
                (!apart)
                    .then_some(("minus", "expected the input of plus, and that either's outputs read 0 for the other"))
            }
            Some(_) if !self.joint() => Some(("minus", "expected the circuit of plus, told apart by a bit")),
            None if self.signs.minus.is_some() => Some(("minus", "given without a reference that tells signs")),
            _ => None,
        }
    }

    pub(super) fn check(&self, qubits: usize, bits: usize) -> Result<(), ContractError> {
        let wrong = |place: &str, problem: String| Err(ContractError::Value { place: place.to_owned(), problem });
        if self.block == 0 {
            return wrong("block", "0: blocks count from 1".into());
        }
        if self.dim == 0 {
            return wrong("dim", "0: expected at least 1".into());
        }
        if self.dim > MAX_DIM {
            return wrong("dim", format!("{}: expected at most {MAX_DIM}", self.dim));
        }
        if let Some(problem) = self.prepared.as_ref().and_then(|p| p.problem(self.dim)) {
            return wrong("prepared", problem);
        }
        match (&self.segment, self.version) {
            (None, Contract::VERSION) => {}
            (None, version) => {
                return wrong("version", format!("{version}: expected {} without segment", Contract::VERSION));
            }
            (Some(_), Contract::VERSION) => {
                return wrong(
                    "segment",
                    format!("given in version 1, expected in version {} only", Contract::SEGMENT_VERSION),
                );
            }
            (Some(segment), _) => {
                if let Some((place, problem)) = segment.problem(self.dim, qubits) {
                    return wrong(&format!("segment.{place}"), problem);
                }
                if let Some((place, problem)) = self.beside_segment(segment) {
                    return wrong(place, problem.into());
                }
            }
        }
        if self.signs.present().next().is_none() {
            return wrong("plus", "plus and minus are both null: the program computes nothing".into());
        }
        for t in 0..self.tile_count() {
            self.check_signs(t, qubits, bits)?;
        }
        self.check_alike()?;
        self.check_apart()?;
        self.columns.as_ref().map_or(Ok(()), |columns| self.check_columns(columns))
    }

    /// The signs of copy t: places in the program that there are, enough of them and not too many.
    fn check_signs(&self, t: usize, qubits: usize, bits: usize) -> Result<(), ContractError> {
        if let Some(tile) = t.checked_sub(1).map(|t| &self.tiles[t]) {
            let odd = |sign: &Sign| self.signs[*sign].is_some() != tile.signs[*sign].is_some();
            if let Some(sign) = [Sign::Plus, Sign::Minus].iter().find(|sign| odd(sign)) {
                let problem = "expected where the program has that sign, and only there".into();
                return Err(ContractError::Value { place: format!("tiles[{}].{}", t - 1, sign.name()), problem });
            }
        }
        let own = self.tile(t);
        let prefix = t.checked_sub(1).map_or(String::new(), |t| format!("tiles[{t}]."));
        let wrong =
            |place: &str, problem: String| Err(ContractError::Value { place: format!("{prefix}{place}"), problem });
        for (sign, found) in own.signs.present() {
            let (name, SignContract { gamma, input, output, accept, error, phases }) = (sign.name(), found);
            if let Some(phases) = phases.as_ref().filter(|p| !matches!(p.as_str(), "signs" | "complex")) {
                return wrong(&format!("{name}.phases"), format!("'{phases}': expected signs or complex"));
            }
            if !(gamma.is_finite() && *gamma >= 0.0) {
                return wrong(&format!("{name}.gamma"), format!("{gamma}: expected a finite number, not negative"));
            }
            if let Some(error) = error.filter(|e| !(0.0..=2.0).contains(e)) {
                return wrong(&format!("{name}.error"), format!("{error}: expected a number from 0 to 2"));
            }
            if error.is_some() && self.method == "exact" && !self.written_for().is_discrete() {
                return wrong(&format!("{name}.error"), "given, but the method is exact".into());
            }
            let counted = if self.segment.is_some() { "labels" } else { "dim" };
            for (what, list, limit, kind, (called, states)) in [
                ("input", input, qubits, "qubit", ("dim", self.dim)),
                ("output", output, bits, "bit", (counted, self.rows())),
            ] {
                let place = format!("{name}.{what}");
                let holds = self.spelling().capacity(list.len());
                if holds < states {
                    return wrong(&place, format!("{} entries hold {holds} states: {called} is {states}", list.len()));
                }
                // One more entry doubles the work of whoever reads the program, for nothing.
                if !list.is_empty() && self.spelling().capacity(list.len() - 1) >= states {
                    return wrong(&place, format!("{} entries are more than {called} {states} needs", list.len()));
                }
                if let Some(i) = list.iter().find(|i| **i >= limit) {
                    return wrong(&place, format!("{kind} {i} does not exist: the program has {limit}"));
                }
                if list.iter().collect::<BTreeSet<_>>().len() != list.len() {
                    return wrong(&place, format!("a {kind} is listed twice"));
                }
            }
            if accept.len() > MAX_ACCEPT {
                let problem = format!("{} bits: expected at most {MAX_ACCEPT}", accept.len());
                return wrong(&format!("{name}.accept"), problem);
            }
            for (bit, value) in accept {
                let place = format!("{name}.accept");
                if *bit >= bits {
                    return wrong(&place, format!("bit {bit} does not exist: the program has {bits}"));
                }
                if *value > 1 {
                    return wrong(&place, format!("bit {bit} has value {value}: expected 0 or 1"));
                }
                if output.contains(bit) {
                    return wrong(&place, format!("bit {bit} is an output as well"));
                }
            }
        }
        Ok(())
    }

    /// Bits of a copy that are to those of the first as place to place: in the order of either list.
    fn check_alike(&self) -> Result<(), ContractError> {
        for t in 1..self.tile_count() {
            let own = self.tile(t);
            let wrong = |sign: Sign, problem: &str| {
                let place = format!("tiles[{}].{}", t - 1, sign.name());
                Err(ContractError::Value { place, problem: problem.into() })
            };
            let mut pairs = BTreeMap::new();
            for ((sign, first), (_, read)) in self.signs.present().zip(own.signs.present()) {
                if !first.accept.values().eq(read.accept.values()) {
                    return wrong(sign, "accept: other values, in the order of the bits, than those of the first copy");
                }
                let bits =
                    |read: &SignContract| [&read.output[..], &read.accept.keys().copied().collect::<Vec<_>>()].concat();
                let mut both = bits(first).into_iter().zip(bits(read));
                if both.any(|(bit, other)| *pairs.entry(bit).or_insert(other) != other) {
                    return wrong(sign, "a bit that both signs of the first copy read is two bits here");
                }
            }
        }
        Ok(())
    }

    /// Copies that share no qubit of an input and no bit.
    fn check_apart(&self) -> Result<(), ContractError> {
        let (mut qubits, mut bits) = (BTreeSet::new(), BTreeSet::new());
        for t in 0..self.tile_count() {
            let own = self.tile(t);
            let reads = || own.signs.present().map(|(_, read)| read);
            let inputs: BTreeSet<usize> = reads().flat_map(|read| read.input.iter().copied()).collect();
            let read: BTreeSet<usize> =
                reads().flat_map(|read| read.output.iter().chain(read.accept.keys()).copied()).collect();
            let shared = |what: &str, place: &usize| {
                let problem = format!("{what} {place} is of an earlier copy as well");
                Err(ContractError::Value { place: format!("tiles[{}]", t.saturating_sub(1)), problem })
            };
            if let Some(qubit) = inputs.iter().find(|qubit| !qubits.insert(**qubit)) {
                return shared("qubit", qubit);
            }
            if let Some(bit) = read.iter().find(|bit| !bits.insert(**bit)) {
                return shared("bit", bit);
            }
        }
        Ok(())
    }

    /// Inputs that are as many as the qubits of each sign, and say of no qubit two things.
    fn check_columns(&self, columns: &ColumnTerms) -> Result<(), ContractError> {
        let wrong = |place: &str, problem: String| Err(ContractError::Value { place: place.to_owned(), problem });
        if self.prepared.is_some() {
            return wrong("columns", "given beside prepared".into());
        }
        if let Some(problem) = self.signs.present().find_map(|(_, read)| columns.problem(read.input.len())) {
            return wrong("columns.angles", problem);
        }
        let mut chosen = BTreeMap::new();
        let clash =
            self.chosen_qubits().into_iter().find(|(qubit, input)| chosen.entry(*qubit).or_insert(*input) != input);
        let Some((qubit, _)) = clash else { return Ok(()) };
        wrong("columns", format!("qubit {qubit} has one place for plus and another for minus: no angle can choose it"))
    }
}
