//! Whole networks at once: every block compiled, every program compared, on all cores.

use super::comparison::{Check, Verification, VerifyError};
use super::options::CompileOptions;
use super::proof::{Proof, prove_block};
use super::report::{BlockReport, ReportError, compile_and_measure};
use super::sort::group_by_block;
use super::verify::verify_block;
use crate::network::{Block, Network};
use crate::qasm::Program;
use rayon::prelude::*;

/// Compiles every block, first to last, reads each text back and compares what it computes with the weights, as closely as
/// [`Check::default`] says.
///
/// # Errors
/// If a block cannot be compiled, or its text not be simulated. A verification that fails is no error: ask
/// [`BlockReport::holds`].
pub fn compile(network: &Network, options: &CompileOptions) -> Result<Vec<BlockReport>, ReportError> {
    let check = Check::default();
    let numbers: Vec<usize> = (1..=network.blocks.len()).collect();
    numbers.into_par_iter().map(|number| compile_and_measure(network, number, options, Some(&check))).collect()
}

/// Compares programs with the blocks that their contracts name, in the order of the blocks.
///
/// # Errors
/// If the halves of a split block are not both there, a block is not in the network or has another size, or a program cannot
/// be simulated. A verification that fails is no error: ask [`Verification::holds`].
pub fn verify(programs: &[Program], network: &Network, check: &Check) -> Result<Vec<Verification>, VerifyError> {
    each_block(programs, network, |members, block| verify_block(members, block, check).map(|(found, _)| found))
}

/// Proves how far programs are from the blocks that their contracts name, at most, in the order of the blocks.
///
/// # Errors
/// As [`verify()`], and for a gate or an angle of which no proof is known.
pub fn prove(programs: &[Program], network: &Network) -> Result<Vec<Proof>, VerifyError> {
    each_block(programs, network, prove_block)
}

fn each_block<T: Send>(
    programs: &[Program],
    network: &Network,
    of: impl Fn(&[&Program], &Block) -> Result<T, VerifyError> + Sync,
) -> Result<Vec<T>, VerifyError> {
    let groups: Vec<(usize, Vec<usize>)> = group_by_block(programs)?.into_iter().collect();
    let of_block = |(block, members): (usize, Vec<usize>)| {
        let blocks = network.blocks.len();
        let weights = block.checked_sub(1).and_then(|k| network.blocks.get(k));
        let weights = weights.ok_or(VerifyError::NoSuchBlock { block, blocks })?;
        let members: Vec<&Program> = members.iter().map(|&i| &programs[i]).collect();
        of(&members, weights)
    };
    groups.into_par_iter().map(of_block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::read_bytes;

    const TWO: &str = r#"{"format":"hqrn-weights","version":1,"name":"two","blocks":[
        {"weight":[[1,-2],[0.5,3]]},{"weight":[[0,1],[-1,0]]}]}"#;

    #[test]
    fn networks_are_compiled_and_verified_whole() {
        let network = read_bytes(TWO.as_bytes(), "two").unwrap();
        for split in [false, true] {
            let blocks = compile(&network, &CompileOptions::default().with_split(split)).unwrap();
            assert!(blocks.len() == 2 && blocks.iter().all(BlockReport::holds));
            let programs: Vec<Program> = blocks.iter().flat_map(|block| block.read_back.clone()).collect();
            assert_eq!(programs.len(), if split { 4 } else { 2 });
            let verified = verify(&programs, &network, &Check::default()).unwrap();
            assert!(verified.len() == 2 && verified.iter().all(Verification::holds));
        }
    }

    #[test]
    fn another_network_does_not_hold_and_a_smaller_one_has_no_such_block() {
        let network = read_bytes(TWO.as_bytes(), "two").unwrap();
        let blocks = compile(&network, &CompileOptions::default()).unwrap();
        let programs: Vec<Program> = blocks.iter().flat_map(|block| block.read_back.clone()).collect();
        let other = read_bytes(TWO.replace("[0.5,3]", "[0.5,2]").as_bytes(), "two").unwrap();
        let verified = verify(&programs, &other, &Check::default()).unwrap();
        assert_eq!(verified.iter().map(Verification::holds).collect::<Vec<_>>(), [false, true]);
        let single = read_bytes(b"[[1,-2],[0.5,3]]", "single").unwrap();
        let error = verify(&programs, &single, &Check::default()).unwrap_err();
        assert_eq!(error.to_string(), "the program is of block 2, the weights have 1");
    }
}
