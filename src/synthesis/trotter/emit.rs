//! Scheduled exponentials as gates: one CX a Pauli rotation for classes, ladders for single strings.
//!
//! ```text
//! class x, highest flip q:   q ──●──●── H ── R ─⊕─ R ─⊕─ R … H ──●──●──     the CX on the left and right gather the
//!                          j∈x ──⊕──┼────────── │ ─── │ ────────┼──⊕──     flips of x on q, those in the middle
//!                          k∈x ─────⊕────────── ● ─── ● ────────⊕─────     walk the signs z along a Gray code
//! ```
//!
//! Neighbouring classes with the same q differ by one gathering CX, and a walk may begin where the last one ended,
//! since CZ(k, q) passes CX(q, j) (leaving a Z on q if j = k). So 2^(n-1) strings cost 2^(n-1) CX, closing included.

use super::pauli::PauliString;
use super::terms::{Grouping, Term, sign_of};
use crate::circuit::{Circuit, Gate};

/// Appends `exp(-i time term)` for every entry of the schedule.
pub(super) fn append(terms: &[Term], schedule: &[(usize, f64)], grouping: Grouping, circuit: &mut Circuit) {
    match grouping {
        Grouping::Strings => {
            for &(term, time) in schedule {
                terms[term].strings.iter().for_each(|string| ladder(string, time, circuit));
            }
        }
        Grouping::Classes => {
            let mut walker = Walker { circuit, held: None };
            for &(term, time) in schedule {
                walker.term(&terms[term], time);
            }
            walker.close();
        }
    }
}

/// The textbook circuit of `exp(-i time c P)`: letters turned to Z, a ladder of CX, Rz, and back.
fn ladder(string: &PauliString, time: f64, circuit: &mut Circuit) {
    let bits: Vec<usize> = set_bits(string.x | string.z).collect();
    let Some(last) = bits.last() else { return };
    let turn = |back: bool, circuit: &mut Circuit| {
        for &q in bits.iter().filter(|q| string.x >> **q & 1 == 1) {
            let y = string.z >> q & 1 == 1;
            if y && !back {
                circuit.push(Gate::Sdg, &[q]);
            }
            circuit.push(Gate::H, &[q]);
            if y && back {
                circuit.push(Gate::S, &[q]);
            }
        }
    };
    turn(false, circuit);
    for pair in bits.windows(2) {
        circuit.push(Gate::Cx, pair);
    }
    circuit.push(Gate::Rz(2.0 * time * string.coefficient), &[*last]);
    for pair in bits.windows(2).rev() {
        circuit.push(Gate::Cx, pair);
    }
    turn(true, circuit);
}

/// Writes classes one after the other, closing brackets only where the next one needs that.
struct Walker<'a> {
    circuit: &'a mut Circuit,
    held: Option<Held>,
}

/// Open brackets around the next rotation.
#[derive(Clone, Copy)]
struct Held {
    /// The qubit that is rotated.
    qubit: usize,
    /// CX from `qubit` onto these are to be undone.
    gathered: usize,
    /// CZ between `qubit` and these are to be undone, before the CX.
    signs: usize,
}

impl Walker<'_> {
    fn term(&mut self, term: &Term, time: f64) {
        if term.x == 0 {
            self.close();
            return self.diagonal(term, time);
        }
        let qubit = term.x.ilog2() as usize;
        let others = term.x & !(1 << qubit);
        let mut held = match self.held {
            Some(held) if held.qubit == qubit => held,
            _ => {
                self.close();
                Held { qubit, gathered: 0, signs: 0 }
            }
        };
        let moved = held.gathered ^ others;
        set_bits(moved).for_each(|j| self.cx(qubit, j));
        if (moved & held.signs).count_ones() % 2 == 1 {
            self.circuit.push(Gate::Z, &[qubit]);
        }
        held.gathered = others;
        let mut walk: Vec<(usize, f64)> = in_gray_order(&term.strings, qubit)
            .map(|s| (s.z & !(1 << qubit), 2.0 * time * s.coefficient * sign_of(s)))
            .collect();
        let distance = |end: Option<&(usize, f64)>| end.map_or(0, |(z, _)| (z ^ held.signs).count_ones());
        if distance(walk.last()) < distance(walk.first()) {
            walk.reverse();
        }
        // Between two H every CZ is a CX onto the qubit, Ry(β) is Ry(-β) and Rx(β) is Rz(β).
        self.circuit.push(Gate::H, &[qubit]);
        for (signs, angle) in walk {
            set_bits(signs ^ held.signs).for_each(|k| self.cx(k, qubit));
            held.signs = signs;
            self.circuit.push(if term.odd { Gate::Ry(-angle) } else { Gate::Rz(angle) }, &[qubit]);
        }
        self.circuit.push(Gate::H, &[qubit]);
        self.held = Some(held);
    }

    fn close(&mut self) {
        let Some(Held { qubit, gathered, signs }) = self.held.take() else { return };
        if signs != 0 {
            self.circuit.push(Gate::H, &[qubit]);
            set_bits(signs).for_each(|k| self.cx(k, qubit));
            self.circuit.push(Gate::H, &[qubit]);
        }
        set_bits(gathered).for_each(|j| self.cx(qubit, j));
    }

    /// Strings of Z only, by their highest qubit, which holds the parity of the others along a Gray code.
    fn diagonal(&mut self, term: &Term, time: f64) {
        let highest = term.strings.iter().map(|s| s.z.ilog2() as usize).max().unwrap_or(0);
        for qubit in 0..=highest {
            let strings: Vec<PauliString> =
                term.strings.iter().filter(|s| s.z.ilog2() as usize == qubit).copied().collect();
            let mut parity = 0;
            for string in in_gray_order(&strings, qubit) {
                let others = string.z & !(1 << qubit);
                set_bits(parity ^ others).for_each(|k| self.cx(k, qubit));
                parity = others;
                self.circuit.push(Gate::Rz(2.0 * time * string.coefficient), &[qubit]);
            }
            set_bits(parity).for_each(|k| self.cx(k, qubit));
        }
    }

    fn cx(&mut self, control: usize, target: usize) {
        self.circuit.push(Gate::Cx, &[control, target]);
    }
}

/// Strings sorted so that their signs on the qubits other than `qubit` follow a Gray code.
fn in_gray_order(strings: &[PauliString], qubit: usize) -> impl Iterator<Item = &PauliString> {
    let mut sorted: Vec<&PauliString> = strings.iter().collect();
    sorted.sort_by_key(|s| {
        let low = s.z & ((1 << qubit) - 1);
        let high = s.z >> (qubit + 1) << qubit;
        gray_index(low | high)
    });
    sorted.into_iter()
}

/// Where a code word stands in the reflected Gray code: `i ^ (i >> 1) = code`.
fn gray_index(code: usize) -> usize {
    let (mut index, mut shift) = (code, 1);
    while shift < usize::BITS {
        index ^= index >> shift;
        shift *= 2;
    }
    index
}

fn set_bits(mask: usize) -> impl Iterator<Item = usize> {
    (0..usize::BITS as usize).filter(move |b| mask >> b & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Cost;
    use crate::linalg::{Complex, Matrix, max_difference};
    use crate::linalg::{random_orthogonal, random_unitary};
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use crate::synthesis::trotter::pauli::PauliSum;
    use crate::synthesis::trotter::terms::terms_of;
    use rand::RngExt;

    /// Emits a random schedule and compares it with the product of exponentials.
    fn check(sum: &PauliSum, grouping: Grouping, seed: u64) -> (usize, usize) {
        let mut rng = rng(seed);
        let terms = terms_of(sum, grouping);
        let there_and_back = (0..terms.len()).chain((0..terms.len()).rev());
        let schedule: Vec<(usize, f64)> = there_and_back.map(|i| (i, rng.random_range(-1.0..1.0))).collect();
        let side = 1 << sum.qubits();
        let mut exact = Matrix::identity(side, side);
        schedule.iter().for_each(|&(i, time)| terms[i].exponentiate(time, &mut exact));
        let mut circuit = Circuit::new(sum.qubits());
        append(&terms, &schedule, grouping, &mut circuit);
        let error = max_difference(&unitary_of(&circuit), &exact);
        assert!(error < 1e-12, "{} qubits, {grouping:?}: {error:e}", sum.qubits());
        let rotations = schedule.iter().map(|&(i, _)| terms[i].strings.len()).sum();
        (rotations, Cost::of(&circuit).two_qubit_gates)
    }

    #[test]
    fn circuits_are_the_products_of_their_exponentials() {
        let mut rng = rng(5);
        for qubits in 1..6 {
            let side = 1 << qubits;
            let u = random_unitary(side, &mut rng);
            let mut sum = PauliSum::of_hermitian(&(&u + u.adjoint()));
            check(&sum, Grouping::Classes, 1);
            check(&sum, Grouping::Strings, 2);
            // With gaps in every Gray code.
            let largest = sum.strings().map(|s| s.coefficient.abs()).fold(0.0, f64::max);
            sum.truncate(largest / 2.0);
            check(&sum, Grouping::Classes, 3);
            check(&sum, Grouping::Strings, 4);
        }
    }

    #[test]
    fn a_real_generator_costs_one_cx_a_rotation() {
        let mut rng = rng(6);
        for qubits in 2..6 {
            let o = random_orthogonal(1 << qubits, &mut rng);
            let sum = PauliSum::of_hermitian(&(&o - o.transpose()).map(|a| Complex::new(0.0, a)));
            let (rotations, cx) = check(&sum, Grouping::Classes, 7);
            // A few more where the rotated qubit changes.
            assert!(cx <= rotations + 4 * qubits, "{qubits} qubits: {cx} CX for {rotations} rotations");
            assert!(check(&sum, Grouping::Strings, 8).1 > rotations);
        }
    }
}
