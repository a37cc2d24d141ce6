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
    /// What a block is run on, since phases other than nonnegative are free for diagonal states only, or where a layer has its
    /// pixels from [default: diagonal for residual blocks, parameters for quanvolutions]
    #[arg(long, value_enum)]
    inputs: Option<Inputs>,
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

/// What programs are run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Inputs {
    /// Mixtures of basis states, as in a network of residual blocks
    Diagonal,
    /// Basis states, chosen by inputs of the program: measured once each, they answer every diagonal state. Where the target's text
    /// has no inputs, a program for each basis state
    Columns,
    /// Any density matrix: its off-diagonal terms see the phases of M, so they stay zero, and the rank stays full
    Quantum,
    /// Quanvolutions: inputs of the program, so that one is enough for all patches of all images
    Parameters,
    /// Quanvolutions: numbers in the program, of one image
    Fixed,
}

impl EncodingArgs {
    /// One gamma or two.
    pub fn gamma(&self) -> GammaRule {
        let default = if self.preset.is_some() { Gamma::Shared } else { Gamma::Own };
        self.gamma.unwrap_or(default).rule()
    }

    /// Where pixels come from, or what blocks are run on, where it is said.
    pub fn inputs(&self) -> Option<Inputs> {
        self.inputs
    }

    /// The first option that is given and that layers would ignore.
    pub fn given_for_blocks(&self) -> Option<&'static str> {
        let given = [
            ("--phases", self.phases.is_some()),
            ("--gamma", self.gamma.is_some()),
            ("--preset", self.preset.is_some()),
            ("--inputs diagonal", self.inputs == Some(Inputs::Diagonal)),
            ("--inputs columns", self.inputs == Some(Inputs::Columns)),
            ("--inputs quantum", self.inputs == Some(Inputs::Quantum)),
        ];
        given.iter().find(|(_, given)| *given).map(|(name, _)| *name)
    }

    /// The same that blocks would ignore.
    pub fn given_for_layers(&self) -> Option<&'static str> {
        match self.inputs? {
            Inputs::Parameters => Some("--inputs parameters"),
            Inputs::Fixed => Some("--inputs fixed"),
            Inputs::Diagonal | Inputs::Columns | Inputs::Quantum => None,
        }
    }

    /// Whether a network can be run on what was asked for.
    pub fn check(&self, network: &Network) -> Result<(), String> {
        let refusal = |(k, block): (usize, &Block)| {
            let reason = block.form().refusal(Carrier::QuantumInputs)?;
            Some(format!("--inputs quantum needs weights: block {} is {reason}", k + 1))
        };
        let blocks = || network.blocks.iter().enumerate();
        if let (Some(Inputs::Quantum), Some(problem)) = (self.inputs, blocks().find_map(refusal)) {
            return Err(problem);
        }
        self.gamma.map_or(Ok(()), |gamma| gamma.check(network))
    }

    /// Which phases.
    pub fn phases(&self) -> Result<PhaseChoice, String> {
        let chosen = match (self.phases, self.inputs, self.preset) {
            (Some(PhaseArg::Signs | PhaseArg::Complex), Some(Inputs::Quantum), _) => {
                return Err("--inputs quantum needs --phases nonnegative: off-diagonal terms of the input see the \
                            phases of M, and with any others the block would compute something else than the paper's"
                    .into());
            }
            (Some(phases), ..) => PhaseChoice::Demanded(phases.phases()),
            (None, _, Some(Preset::Paper)) => PhaseChoice::Demanded(Phases::Nonnegative),
            (None, Some(Inputs::Quantum), None) => PhaseChoice::Fixed(Phases::Nonnegative),
            (None, _, None) => PhaseChoice::Cheapest,
        };
        Ok(chosen)
    }
}
