//! General density matrices through a circuit: `p_n = Σ <s| A ρ A† |s>` over the accepted basis states s that spell n.

use super::error::{MAX_QUBITS, SimulationError, check_table};
use super::fusion::fuse_circuit;
use super::readout::{Readout, Reads, read_qubits};
use super::state::States;
use crate::circuit::Circuit;
use crate::linalg::{Complex, Matrix, RealMatrix, multiply, response};

/// What a circuit does to states of its input qubits, up to the outcomes that are rejected.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptedOperator {
    /// A: a row for each accepted basis state, a column for each state of the input qubits.
    amplitudes: Matrix,
    /// What each row spells.
    spelt: Vec<usize>,
    outputs: usize,
}

impl AcceptedOperator {
    /// Simulates all inputs of a circuit, phases included.
    ///
    /// # Errors
    /// If the parts that are read have more than [`MAX_QUBITS`] qubits together, the amplitudes for all inputs are too
    /// many, or a bit is never written.
    pub fn of(circuit: &Circuit, readout: &Readout) -> Result<AcceptedOperator, SimulationError> {
        let part = read_qubits(circuit, readout)?;
        if part.len() > MAX_QUBITS {
            return Err(SimulationError::TooManyQubits { qubits: part.len() });
        }
        check_table(part.len(), 1 << readout.input.len())?;
        let reads = Reads::of_part(circuit, readout, &part)?;
        let place = |m: usize| reads.input.iter().map(|&(i, place)| (m >> i & 1) << place).sum::<usize>();
        let inputs: Vec<usize> = (0..1usize << readout.input.len()).map(place).collect();
        let mut states = States::basis(part.len(), &inputs);
        fuse_circuit(circuit, &part).iter().for_each(|block| states.apply(block));
        let accepted: Vec<usize> = (0..1usize << part.len()).filter(|&s| reads.accepted(s)).collect();
        let amplitudes = Matrix::from_fn(accepted.len(), states.columns(), |i, j| states.row(accepted[i])[j]);
        let spelt = accepted.iter().map(|&s| reads.spelt(s)).collect();
        Ok(AcceptedOperator { amplitudes, spelt, outputs: readout.output.len() })
    }

    /// The operator of a contraction: all its rows are accepted, row n spells n.
    ///
    /// # Panics
    /// If the number of rows is not a power of two.
    pub fn of_matrix(m: Matrix) -> AcceptedOperator {
        assert!(m.nrows().is_power_of_two(), "rows are what some bits spell");
        let (spelt, outputs) = ((0..m.nrows()).collect(), m.nrows().trailing_zeros() as usize);
        AcceptedOperator { amplitudes: m, spelt, outputs }
    }

    /// What is accepted: what it spells, and its amplitude behind each state of the input qubits.
    pub fn rows(&self) -> impl Iterator<Item = (usize, Vec<Complex>)> {
        let rows = self.amplitudes.row_iter().map(|row| row.iter().copied().collect());
        self.spelt.iter().copied().zip(rows)
    }

    /// p as a linear map of the coordinates of states of the first `dim` basis states: 2^(output bits) rows, dim² columns
    /// ([`crate::linalg::coordinates`]).
    ///
    /// # Panics
    /// If the input qubits have fewer basis states.
    pub fn response(&self, dim: usize) -> RealMatrix {
        let rows = response(&self.amplitudes.columns(0, dim).into_owned());
        let mut map = RealMatrix::zeros(1 << self.outputs, rows.ncols());
        for (row, &n) in rows.row_iter().zip(&self.spelt) {
            let mut sum = map.row_mut(n);
            sum += row;
        }
        map
    }

    /// `p_n`, n < 2^(output bits), for a density matrix of the input qubits.
    ///
    /// # Panics
    /// If `rho` has another size.
    pub fn probabilities(&self, rho: &Matrix) -> Vec<f64> {
        let image = multiply(&self.amplitudes, rho);
        let mut p = vec![0.0; 1 << self.outputs];
        for (i, &n) in self.spelt.iter().enumerate() {
            // <s| A ρ A† |s>, whose imaginary part is rounding.
            let value: f64 =
                image.row(i).iter().zip(self.amplitudes.row(i).iter()).map(|(x, a)| (x * a.conj()).re).sum();
            p[n] += value.max(0.0);
        }
        p
    }
}
