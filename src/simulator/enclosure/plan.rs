//! The way of a register through a circuit: qubits that nothing has touched yet, and those that have been read and must have a
//! value, take no part.

use super::columns::Columns;
use super::kernel::Kernel;
use super::operator::Operator;
use crate::simulator::readout::Reads;
use crate::simulator::{MAX_QUBITS, SimulationError};

/// What happens to the register, in order.
enum Move {
    /// A qubit joins it in |0>, as its highest bit.
    Enter,
    /// A block acts on these bits of it.
    Apply { block: usize, places: Vec<usize>, bits: usize },
    /// Only what has this value at this bit is kept, and the bit is gone.
    Leave { place: usize, value: bool },
}

/// The moves, from the input qubits on, least significant bit of m first.
pub(super) struct Plan {
    moves: Vec<Move>,
    /// The qubits that are left, low bit first.
    pub live: Vec<usize>,
    /// The most qubits at any time.
    pub most: usize,
}

impl Plan {
    /// The way through blocks in their order.
    ///
    /// # Errors
    /// If too many qubits would take part at a time.
    pub fn of(blocks: &[Operator], reads: &Reads) -> Result<Plan, SimulationError> {
        let mut plan = Plan { moves: vec![], live: reads.input.iter().map(|(_, q)| *q).collect(), most: 0 };
        plan.most = plan.live.len();
        let last_on = |qubit: usize| blocks.iter().rposition(|block| block.qubits.contains(&qubit));
        let mut wanted: Vec<(usize, bool, Option<usize>)> =
            reads.accept.iter().map(|&(qubit, value)| (qubit, value, last_on(qubit))).collect();
        for (number, block) in blocks.iter().enumerate() {
            let places = block.qubits.iter().map(|&q| plan.enter(q)).collect();
            plan.moves.push(Move::Apply { block: number, places, bits: plan.live.len() });
            wanted.retain(|&(qubit, value, last)| {
                let over = last == Some(number);
                if over {
                    plan.leave(qubit, value);
                }
                !over
            });
        }
        wanted.into_iter().for_each(|(qubit, value, _)| plan.leave(qubit, value));
        reads.output.iter().for_each(|&(_, qubit)| _ = plan.enter(qubit));
        if plan.most > MAX_QUBITS {
            return Err(SimulationError::TooManyQubits { qubits: plan.most });
        }
        Ok(plan)
    }

    /// The place of a qubit, which joins the register if it has not yet.
    fn enter(&mut self, qubit: usize) -> usize {
        if let Some(place) = self.live.iter().position(|q| *q == qubit) {
            return place;
        }
        self.live.push(qubit);
        self.most = self.most.max(self.live.len());
        self.moves.push(Move::Enter);
        self.live.len() - 1
    }

    fn leave(&mut self, qubit: usize, value: bool) {
        let place = self.enter(qubit);
        self.live.remove(place);
        self.moves.push(Move::Leave { place, value });
    }

    /// The columns that basis states of the input qubits become.
    pub fn run(&self, kernels: &[Kernel], inputs: usize, states: &[usize]) -> Columns {
        let columns = states.len();
        let mut register = Columns { re: vec![0.0; columns << inputs], im: vec![0.0; columns << inputs], columns };
        states.iter().enumerate().for_each(|(k, m)| register.re[m * columns + k] = 1.0);
        for one in &self.moves {
            match one {
                Move::Enter => {
                    let twice = 2 * register.re.len();
                    register.re.resize(twice, 0.0);
                    register.im.resize(twice, 0.0);
                }
                Move::Apply { block, places, bits } => register.apply(&kernels[*block], places, *bits),
                Move::Leave { place, value } => {
                    for part in [&mut register.re, &mut register.im] {
                        let kept =
                            part.chunks_exact(columns).enumerate().filter(|(row, _)| (row >> place & 1 == 1) == *value);
                        *part = kept.flat_map(|(_, row)| row).copied().collect();
                    }
                }
            }
        }
        register
    }
}
