//! Which programs belong together: all of a block, whole or in halves, or one of them for each basis state.

use super::comparison::VerifyError;
use crate::qasm::{Prepared, Program};
use crate::signs::Sign;
use std::collections::BTreeMap;

/// Sorts programs by block and checks that each block has either one whole program or both halves of a split one; of programs
/// that prepare a basis state, so many for each state that there is any of. Returns the indices of its programs for each
/// block number.
///
/// # Errors
/// If a half is missing, a sign is there twice, or a block has programs that prepare an input and others that do not.
pub fn group_by_block(programs: &[Program]) -> Result<BTreeMap<usize, Vec<usize>>, VerifyError> {
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    for (i, program) in programs.iter().enumerate() {
        groups.entry(program.contract.block).or_default().push(i);
    }
    for (&block, group) in &groups {
        for set in sets(programs, group).values() {
            if let Some(problem) = problem(programs, set) {
                return Err(VerifyError::Parts { block, programs: set.clone(), problem });
            }
        }
    }
    Ok(groups)
}

/// The programs of a block by the basis state that they prepare; all of them together unless each prepares one.
fn sets(programs: &[Program], group: &[usize]) -> BTreeMap<Option<usize>, Vec<usize>> {
    let column = |i: usize| match programs[i].contract.prepared {
        Some(Prepared::Basis(m)) => Some(m),
        _ => None,
    };
    let each = group.iter().all(|&i| column(i).is_some());
    let mut sets = BTreeMap::<Option<usize>, Vec<usize>>::new();
    group.iter().for_each(|&i| sets.entry(if each { column(i) } else { None }).or_default().push(i));
    sets
}

/// What keeps programs from being those of one block, or of one column of it.
fn problem(programs: &[Program], set: &[usize]) -> Option<&'static str> {
    let contracts = || set.iter().map(|&i| &programs[i].contract);
    if contracts().any(|c| !c.split) {
        let columns = contracts().any(|c| matches!(c.prepared, Some(Prepared::Basis(_))));
        return match (set.len(), columns) {
            (1, _) => None,
            (_, true) if contracts().all(|c| c.prepared.is_some()) => {
                Some("more than one program of a basis state was given, though one alone is the whole block")
            }
            _ => Some("more than one program was given, though one alone is the whole block"),
        };
    }
    let there = Sign::BOTH.map(|sign| contracts().filter(|c| c.signs[sign].is_some()).count());
    match (there.plus, there.minus) {
        (1, 1) => None,
        (1, 0) => Some("this is the plus half of a split program, the minus half is missing"),
        (0, 1) => Some("this is the minus half of a split program, the plus half is missing"),
        _ => Some("the same half of a split program was given twice"),
    }
}
