//! Which qubits of a block's circuit are joined: those that neighbour each other on a machine, so that no gate is routed.

use super::coupling::Coupling;
use super::patch::Patch;
use std::fmt;

/// The pairs of qubits that a block's circuit may join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edges {
    /// Qubits in a row, which every machine has.
    Line,
    /// A qubit with three neighbours and the arms behind them, as on IBM's heavy-hex lattices; a tree.
    HeavyHex,
    /// As compact a piece of a square grid as there is.
    Square,
    /// Every pair.
    All,
    /// Part of a machine.
    Of(Coupling),
}

/// Edges that a block's circuit has no place on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdgesError {
    /// Too few qubits.
    #[error("{there} qubits: a block's circuit takes {needed} that are joined")]
    TooFew {
        /// Qubits that there are.
        there: usize,
        /// Qubits of a block.
        needed: usize,
    },
    /// Enough qubits, but nowhere enough of them joined.
    #[error("its qubits are joined in parts of at most {largest}: a block's circuit takes {needed} that are joined")]
    Apart {
        /// Qubits of the largest part.
        largest: usize,
        /// Qubits of a block.
        needed: usize,
    },
}

impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Edges::Line => "line",
            Edges::HeavyHex => "heavy-hex",
            Edges::Square => "square",
            Edges::All => "all",
            Edges::Of(_) => "given",
        })
    }
}

impl Edges {
    /// Pairs to be joined in turn, over and over, round by round of disjoint ones; the last qubit is that of the sign, which
    /// sits where it is nearest to all others, and the others are the register in the order of their places. On a line of
    /// seven: places 0 1 2 s 3 4 5, rounds `(01)(23)(45)` and `(12)(34)(56)` of places.
    ///
    /// # Errors
    /// If a machine has not so many joined qubits.
    pub fn order(&self, qubits: usize) -> Result<Vec<(usize, usize)>, EdgesError> {
        let patch = match self {
            Edges::Line => Patch::new(qubits, (1..qubits).map(|i| (i - 1, i))),
            Edges::HeavyHex => Patch::new(qubits, (1..qubits).map(|i| (inner(i), i))),
            Edges::Square => Patch::new(qubits, grid(qubits)),
            Edges::All => return Ok(all_pairs(qubits).collect()),
            Edges::Of(coupling) => Patch::of(coupling, qubits).map_err(|largest| match coupling.qubits() {
                there if there < qubits => EdgesError::TooFew { there, needed: qubits },
                _ => EdgesError::Apart { largest, needed: qubits },
            })?,
        };
        let centre = patch.centre();
        let number = |place: usize| match place {
            _ if place == centre => qubits - 1,
            _ => place - usize::from(place > centre),
        };
        Ok(patch.rounds().concat().into_iter().map(|(a, b)| (number(a), number(b))).collect())
    }
}

/// The neighbour of qubit i nearer to the centre 0 of a heavy-hex lattice: three around it, one behind each, two behind each
/// of these. Rings of twelve close beyond so many qubits as blocks have.
fn inner(i: usize) -> usize {
    match i {
        1..=3 => 0,
        4..=6 => i - 3,
        _ => 4 + (i - 7) / 2,
    }
}

/// All pairs of so many qubits, round by round of disjoint ones, as in a tournament: one player stays, the others move round the table. An odd number of players has a free seat.
pub fn all_pairs(players: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let seats = players + players % 2;
    let round = move |round: usize| {
        let seat = move |i: usize| if i == 0 { 0 } else { 1 + (i - 1 + round) % (seats - 1) };
        (0..seats / 2).map(move |i| (seat(i), seat(seats - 1 - i)))
    };
    (0..seats - 1).flat_map(round).filter(move |(a, b)| a.max(b) < &players)
}

/// Neighbours on a grid that is as wide as high, or nearly.
fn grid(qubits: usize) -> Vec<(usize, usize)> {
    let width = (1..=qubits).find(|w| w * w >= qubits).unwrap_or(1);
    let beside = (0..qubits).filter(|i| i % width > 0).map(|i| (i - 1, i));
    beside.chain((width..qubits).map(|i| (i - width, i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn ends(order: &[(usize, usize)]) -> Vec<usize> {
        let mut degrees = [0; 16];
        order.iter().flat_map(|&(a, b)| [a, b]).for_each(|q| degrees[q] += 1);
        degrees.to_vec()
    }

    #[test]
    fn a_line_has_the_sign_in_the_middle() {
        let order = Edges::Line.order(7).unwrap();
        assert_eq!(order, [(0, 1), (2, 6), (3, 4), (1, 2), (6, 3), (4, 5)]);
        assert_eq!(Edges::Line.order(2).unwrap(), [(1, 0)]);
        assert_eq!(Edges::Line.order(1).unwrap(), []);
    }

    #[test]
    fn every_kind_joins_all_qubits_once_in_disjoint_rounds() {
        let ring = Coupling::new(None, &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (7, 8)]).unwrap();
        for qubits in 2..=11 {
            let tree = qubits - 1;
            let expected = [
                (Edges::Line, Ok(tree)),
                (Edges::HeavyHex, Ok(tree)),
                (Edges::Square, Ok([0, 0, 1, 2, 4, 5, 7, 8, 10, 12, 13, 15][qubits])),
                (Edges::All, Ok(qubits * tree / 2)),
                (Edges::Of(ring.clone()), if qubits <= 6 { Ok(tree + qubits / 6) } else { Err(()) }),
            ];
            for (edges, count) in expected {
                let order = edges.order(qubits).map_err(|_| ());
                assert_eq!(order.as_ref().map(Vec::len).map_err(|_| ()), count, "{edges} {qubits}");
                let Ok(order) = order else { continue };
                let different: BTreeSet<(usize, usize)> = order.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
                assert_eq!(different.len(), order.len());
                let degrees = ends(&order);
                assert!(degrees[..qubits].iter().all(|d| *d > 0) && degrees[qubits..].iter().all(|d| *d == 0));
            }
        }
        // The qubit of the sign has the three neighbours.
        assert_eq!(ends(&Edges::HeavyHex.order(7).unwrap())[..7], [2, 2, 2, 1, 1, 1, 3]);
    }

    #[test]
    fn everybody_meets_everybody_once() {
        for players in 2..9 {
            let pairs: Vec<(usize, usize)> = all_pairs(players).collect();
            let met: BTreeSet<(usize, usize)> = pairs.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
            assert_eq!((pairs.len(), met.len()), (players * (players - 1) / 2, players * (players - 1) / 2));
            // Nobody plays twice in a round.
            for round in pairs.chunks(players / 2) {
                let seated: BTreeSet<usize> = round.iter().flat_map(|&(a, b)| [a, b]).collect();
                assert_eq!(seated.len(), 2 * round.len());
            }
        }
    }

    #[test]
    fn machines_without_a_place_are_named() {
        let apart = Coupling::new(None, &[(0, 1), (1, 2), (3, 4)]).unwrap();
        let message = |qubits| Edges::Of(apart.clone()).order(qubits).unwrap_err().to_string();
        assert_eq!(
            message(4),
            "its qubits are joined in parts of at most 3: a block's circuit takes 4 that are joined"
        );
        assert_eq!(message(7), "5 qubits: a block's circuit takes 7 that are joined");
    }
}
