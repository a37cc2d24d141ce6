//! A patch of a program by itself: the gates that are joined to it, its inputs among those of the program, and what of its
//! shots is `<Z>` of which qubit.

use crate::circuit::{Circuit, Template, components};
use crate::qasm::{LayerProgram, PATCH, PatchContract};
use crate::simulator::{Readout, SimulationError, mean_parity};

/// Which qubits gates join to which: found once for all patches of a program.
pub struct Pieces {
    pieces: Vec<Vec<usize>>,
    /// The piece of each qubit.
    of: Vec<usize>,
}

impl Pieces {
    /// Of a circuit.
    pub fn of(circuit: &Circuit) -> Pieces {
        let mut of = vec![0; circuit.qubit_count()];
        let pieces = components(circuit);
        pieces.iter().enumerate().for_each(|(k, piece)| piece.iter().for_each(|&q| of[q] = k));
        Pieces { pieces, of }
    }
}

/// What a program does to the qubits that a patch's bits are measured on, and to all that gates join to them.
pub struct PatchPart<'a> {
    /// The gates, with all inputs of the program.
    pub template: Template,
    patch: &'a PatchContract,
    /// The bits that are read, each once.
    bits: Vec<usize>,
}

impl<'a> PatchPart<'a> {
    /// Of a patch of this program, whose pieces these are.
    ///
    /// # Errors
    /// If a bit that is read is never written.
    pub fn of(
        program: &LayerProgram,
        patch: &'a PatchContract,
        pieces: &Pieces,
    ) -> Result<PatchPart<'a>, SimulationError> {
        let mut bits: Vec<usize> = patch.output.iter().flatten().copied().collect();
        bits.sort_unstable();
        bits.dedup();
        let piece = |&bit: &usize| {
            let qubit = program.template.circuit().writer_of(bit);
            qubit.map(|qubit| pieces.of[qubit]).ok_or(SimulationError::UnwrittenBit { bit })
        };
        let mut joined = bits.iter().map(piece).collect::<Result<Vec<_>, _>>()?;
        joined.sort_unstable();
        joined.dedup();
        let mut qubits: Vec<usize> = joined.iter().flat_map(|&piece| pieces.pieces[piece].clone()).collect();
        qubits.sort_unstable();
        Ok(PatchPart { template: program.template.part(&qubits), patch, bits })
    }

    /// Where the patch's own inputs are among those of the program.
    ///
    /// # Panics
    /// If the program has no inputs of these names.
    pub fn places(&self, names: &[String; PATCH]) -> [usize; PATCH] {
        let all = self.template.inputs();
        let place = |name: &String| all.iter().position(|input| input == name).expect("contracts are checked");
        std::array::from_fn(|i| place(&names[i]))
    }

    /// An input of another patch that is the angle of a gate here.
    pub fn foreign(&self, own: &[usize; PATCH]) -> Option<&str> {
        let occurrences = self.template.occurrences();
        let other = (0..occurrences.len()).find(|input| occurrences[*input] > 0 && !own.contains(input))?;
        Some(&self.template.inputs()[other])
    }

    /// The circuit at these values of its own inputs; all others have the value `others`.
    pub fn bind(&self, own: &[usize; PATCH], point: &[f64; PATCH], others: f64) -> Circuit {
        let mut values = vec![others; self.template.inputs().len()];
        own.iter().zip(point).for_each(|(&input, &x)| values[input] = x);
        self.template.bind(&values)
    }

    /// What is read: the words of all bits.
    pub fn readout(&self) -> Readout {
        Readout { input: vec![], output: self.bits.clone(), accept: vec![] }
    }

    /// For each of the four `<Z>` the bits of a word whose parity is its sign.
    pub fn masks(&self) -> [usize; PATCH] {
        std::array::from_fn(|j| {
            let listed = |(i, bit): (usize, &usize)| self.patch.output[j].contains(bit).then_some(1usize << i);
            self.bits.iter().enumerate().filter_map(listed).sum()
        })
    }

    /// The four `<Z>` of words with these probabilities.
    pub fn means(&self, words: &[f64]) -> [f64; PATCH] {
        self.masks().map(|mask| mean_parity(words, mask))
    }
}
