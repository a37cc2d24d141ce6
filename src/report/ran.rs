//! What of a network was run, in words.

/// What was run on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The network's name.
    pub network: String,
    /// The data file's name.
    pub data: String,
    /// What of the network is run.
    pub parts: Ran,
}

/// What of a network is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// Residual blocks.
    Blocks {
        /// How many.
        blocks: usize,
        /// Their dimension.
        dim: usize,
    },
    /// Quanvolutions, patch by patch.
    Patches {
        /// How many layers.
        layers: usize,
        /// Patches of all layers, an image.
        circuits: u64,
    },
    /// Segments of an amplitude network.
    Segments {
        /// How many.
        segments: usize,
        /// Entries of an input.
        dim: usize,
    },
    /// Quanvolutions, by the settings that say all of a layer.
    Settings {
        /// How many layers.
        layers: usize,
        /// Settings of all layers, for all images together.
        circuits: u64,
    },
}

impl Ran {
    pub(super) fn title(self) -> String {
        match self {
            Ran::Blocks { blocks, dim } => format!("{blocks} quantum residual blocks of {dim} x {dim}"),
            Ran::Segments { segments: 1, dim } => format!("an amplitude network of {dim} inputs, one program"),
            Ran::Segments { segments, dim } => format!("an amplitude network of {dim} inputs, {segments} programs"),
            Ran::Patches { layers: 1, .. } | Ran::Settings { layers: 1, .. } => "a quanvolution".into(),
            Ran::Patches { layers, .. } | Ran::Settings { layers, .. } => format!("{layers} quanvolutions"),
        }
    }

    /// What shots are of.
    pub(super) fn shots(self) -> &'static str {
        match self {
            Ran::Blocks { .. } => "shots a sign and block",
            Ran::Segments { .. } => "shots a program",
            Ran::Patches { .. } => "shots a patch",
            Ran::Settings { .. } => "shots a setting",
        }
    }

    /// The same in a sentence.
    pub(super) fn sentence(self) -> String {
        match self {
            Ran::Blocks { .. } => "Shots are for p+ and again for p- of every block.".into(),
            Ran::Segments { .. } => "Shots are for each program, both signs from the same ones.".into(),
            Ran::Patches { circuits, .. } => {
                format!("Shots are for each of the {circuits} patches of an image, all layers together.")
            }
            Ran::Settings { circuits, .. } => {
                format!(
                    "Shots are for each of {circuits} settings of the pixels, which say everything of the layers, once for all images."
                )
            }
        }
    }

    /// What the numbers of a budget are, in words.
    pub(super) fn cost(self) -> &'static str {
        match self {
            Ran::Blocks { .. } => {
                "A shot of a block runs the circuits of both signs side by side. Copies are those of the first state, 4 Ns, \
                 whatever the depth."
            }
            Ran::Segments { .. } => "CX are those behind the input, which takes more.",
            Ran::Patches { .. } => "CX are those of one patch of each layer.",
            Ran::Settings { .. } => "CX are those of one patch of each layer; shots are shared by all samples.",
        }
    }
}
