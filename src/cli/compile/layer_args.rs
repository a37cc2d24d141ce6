//! The options of `hqrn-compile` that layers of quanvolutions have.

use clap::Args;
use std::path::PathBuf;

/// Options that only quanvolutions have.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Quanvolutions")]
pub struct LayerArgs {
    /// Patches a program, side by side [default: as many as the coupling map holds; one without a map]. Of residual blocks, copies of
    /// the circuits: with the figures of --machine a number, or for each the machine's qubits that those of a program on no machine
    /// lie on, as in "4 3 16 23; 95 99 115 114"
    #[arg(long, value_name = "T", value_parser = tiles)]
    pub tiles: Option<Tiles>,
    /// Write the circuit gate by gate, the chain of CX before the measurement included, which is read as parities otherwise
    #[arg(long)]
    pub keep_chain: bool,
    /// Compile the quantum head only, which takes --inputs fixed
    #[arg(long, conflicts_with_all = ["block", "tiles"])]
    pub head: bool,
    /// Prepare the image that a quantum head reads as a sum of R products of states of either half of its qubits, the nearest
    /// there is: the contract states what is lost
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u16).range(1..))]
    pub head_rank: Option<u16>,
    /// Say what fidelity to expect of a patch and of the head under a noise model: superconducting, trapped-ion, or a JSON file
    #[arg(long, value_name = "MODEL")]
    pub noise: Option<String>,
    /// With --inputs fixed, or for an amplitude network: which sample of --data, of its test rows where rows are marked so,
    /// counting from 1
    #[arg(long, visible_alias = "row", value_name = "K", requires = "data", value_parser = clap::value_parser!(u32).range(1..))]
    pub image: Option<u32>,
    /// With --inputs fixed: what the layer, or the head, reads, as it was measured, in place of what the network makes of the image: a JSON
    /// array of the pixels before the layer's scale, channel by channel and row by row
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    pub state: Option<PathBuf>,
}

/// What is there several times in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tiles {
    /// So many.
    Count(u16),
    /// These, each on these qubits.
    Layouts(Vec<Vec<usize>>),
}

fn tiles(text: &str) -> Result<Tiles, String> {
    let wrong = || "expected a number from 1 to 4096, or lists of qubits as in \"4 3 16; 5 6 7\"".to_owned();
    if let Ok(count) = text.trim().parse::<u16>() {
        return if (1..=4096).contains(&count) { Ok(Tiles::Count(count)) } else { Err(wrong()) };
    }
    let qubits = |list: &str| -> Result<Vec<usize>, String> {
        let words = list.split([' ', ',']).filter(|word| !word.is_empty());
        let found: Vec<usize> = words.map(|word| word.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
        if found.is_empty() || found.iter().any(|qubit| *qubit > MOST_QUBIT) { Err(wrong()) } else { Ok(found) }
    };
    let lists = text.trim().trim_end_matches(';').split(';');
    Ok(Tiles::Layouts(lists.map(qubits).collect::<Result<_, _>>()?))
}

/// The largest number of a qubit, as of coupling maps.
const MOST_QUBIT: usize = 9_999;

impl LayerArgs {
    /// The first that is given and that residual blocks have no use for.
    pub fn given_beside_tiles(&self) -> Option<&'static str> {
        LayerArgs { tiles: None, ..self.clone() }.given()
    }

    /// The first that is given, for networks that have no layers.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            ("--tiles", self.tiles.is_some()),
            ("--keep-chain", self.keep_chain),
            ("--head", self.head),
            ("--head-rank", self.head_rank.is_some()),
            ("--noise", self.noise.is_some()),
            ("--image", self.image.is_some()),
            ("--state", self.state.is_some()),
        ];
        given.iter().find(|(_, given)| *given).map(|(name, _)| *name)
    }
}
