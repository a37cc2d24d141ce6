//! W as its file defines it, enclosed: entries, products of factors, or what circuits do.

use crate::linalg::{Complex, RealMatrix};
use crate::network::{Block, Definition, Factor, JointCircuit};
use crate::signs::Sign;
use crate::simulator::{Enclosure, Readout, SimulationError, enclose};

/// W, or for a block of two-qubit unitaries the map of a density matrix's coordinates.
pub(super) fn wanted(block: &Block) -> Result<Enclosure, SimulationError> {
    match block.form().definition() {
        Definition::Entries(weight) => Ok(Enclosure::read(weight)),
        Definition::Products(signs) => {
            let mut total = Enclosure::zeros(block.weight().nrows(), block.weight().ncols());
            signs.present().for_each(|(sign, factor)| total.add(&squared(factor), sign.factor()));
            Ok(total)
        }
        Definition::Joint(JointCircuit { mut circuit, output, sign: flag, gamma }) => {
            circuit = circuit.measured();
            let inputs: Vec<usize> = (0..block.dim()).collect();
            let spelt = output.len();
            let readout = Readout { input: output.clone(), output: [output, vec![flag]].concat(), accept: vec![] };
            let amplitudes = enclose(&circuit, &readout, &inputs)?;
            let mut total = Enclosure::zeros(1 << spelt, inputs.len());
            for (sign, value) in [(Sign::Plus, false), (Sign::Minus, true)] {
                total.add(&amplitudes.reading(&[(spelt, value)], spelt).probabilities(), sign.factor() * gamma);
            }
            Ok(total)
        }
        Definition::Pair { circuits, gamma } => {
            let mut total = Enclosure::zeros(4, 16);
            for (sign, circuit) in circuits {
                let readout = Readout { input: vec![0, 1], output: vec![0, 1], accept: vec![] };
                let found = enclose(&circuit.measured(), &readout, &[0, 1, 2, 3])?;
                total.add(&found.response(), sign.factor() * gamma);
            }
            Ok(total)
        }
    }
}

/// `|A B†|²` elementwise. Of a sum of r products of decimals, real and imaginary parts are off by (r + 5) u of the sum of the
/// moduli at most, the sum itself by √2 of that; its square is rounded three times.
fn squared(factor: &Factor) -> Enclosure {
    let (left, right) = (&factor.left, &factor.right);
    let mut squares = Enclosure::zeros(left.nrows(), right.nrows());
    for n in 0..left.nrows() {
        for m in 0..right.nrows() {
            let (mut sum, mut moduli) = (Complex::ZERO, 0.0);
            for k in 0..factor.rank() {
                let (a, b) = (left[(n, k)], right[(m, k)]);
                sum += a * b.conj();
                moduli += a.norm() * b.norm();
            }
            let off = (factor.rank() as f64 + 5.0) * f64::EPSILON * moduli + f64::MIN_POSITIVE;
            let radius = 2.0 * sum.norm() * off + off * off + 2.0 * f64::EPSILON * sum.norm_sqr();
            squares.middle[(n, m)] = sum.norm_sqr();
            squares.radius[(n, m)] = Enclosure::above(radius);
        }
    }
    squares
}

/// W y for a state whose entries are decimals: N products of two, added up.
pub(super) fn applied(weight: &Enclosure, y: &[f64]) -> Enclosure {
    let y = RealMatrix::from_column_slice(y.len(), 1, y).rows(0, weight.middle.ncols()).into_owned();
    let off = (y.nrows() as f64 + 3.0) * f64::EPSILON;
    let moduli = weight.middle.abs() * y.abs();
    Enclosure { middle: &weight.middle * &y, radius: (&weight.radius * y.abs() + moduli * off).map(Enclosure::above) }
}
