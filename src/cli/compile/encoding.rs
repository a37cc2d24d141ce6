//! The options that say how weights become contractions.

use crate::cli::arguments::{Gamma, PhaseArg};
use crate::compiler::PhaseChoice;
use crate::encoding::{GammaRule, Phases};
use crate::network::{Block, Carrier, Network};
use clap::{Args, ValueEnum};

/// How weights become contractions.
#[derive(Args, Debug)]
#[command(next_help_heading = "Encoding")]
pub struct EncodingArgs {
    /// Which phases the entries of M have [default: those with which a sign takes the fewest shots times CX]
    #[arg(long, value_enum)]
    phases: Option<PhaseArg>,
    /// What the block is run on: phases other than nonnegative are free for diagonal states only
    #[arg(long, value_enum, default_value_t = Inputs::Diagonal)]
    inputs: Inputs,
    /// How the normalisation gamma is chosen [default: own]
    #[arg(long, value_enum)]
    gamma: Option<Gamma>,
    /// All choices as in the paper: nonnegative entries, one gamma, product formulas of the logarithm, string by string
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
}

/// A set of choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    Paper,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Inputs {
    /// Mixtures of basis states, as in a network of residual blocks
    Diagonal,
    /// Any density matrix: its off-diagonal terms see the phases of M, so they stay zero, and the rank stays full
    Quantum,
}

impl EncodingArgs {
    /// One gamma or two.
    pub fn gamma(&self) -> GammaRule {
        let default = if self.preset.is_some() { Gamma::Shared } else { Gamma::Own };
        self.gamma.unwrap_or(default).rule()
    }

    /// Whether a network can be run on what was asked for.
    pub fn check(&self, network: &Network) -> Result<(), String> {
        let refusal = |(k, block): (usize, &Block)| {
            let reason = block.form().refusal(Carrier::QuantumInputs)?;
            Some(format!("--inputs quantum needs weights: block {} is {reason}", k + 1))
        };
        let blocks = || network.blocks.iter().enumerate();
        if let (Inputs::Quantum, Some(problem)) = (self.inputs, blocks().find_map(refusal)) {
            return Err(problem);
        }
        self.gamma.map_or(Ok(()), |gamma| gamma.check(network))
    }

    /// Which phases.
    pub fn phases(&self) -> Result<PhaseChoice, String> {
        let chosen = match (self.phases, self.inputs, self.preset) {
            (Some(PhaseArg::Signs | PhaseArg::Complex), Inputs::Quantum, _) => {
                return Err("--inputs quantum needs --phases nonnegative: off-diagonal terms of the input see the \
                            phases of M, and with any others the block would compute something else than the paper's"
                    .into());
            }
            (Some(phases), ..) => PhaseChoice::Demanded(phases.phases()),
            (None, _, Some(Preset::Paper)) => PhaseChoice::Demanded(Phases::Nonnegative),
            (None, Inputs::Quantum, None) => PhaseChoice::Fixed(Phases::Nonnegative),
            (None, Inputs::Diagonal, None) => PhaseChoice::Cheapest,
        };
        Ok(chosen)
    }
}
