//! What the contract says of further copies of a block's circuits in one program (docs/method.md, section 10).

use crate::signs::Signs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One more copy of the circuits, on qubits of its own, that the same shots run: where its signs are read. Gamma, phases and
/// errors are those of the first copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TileLine", into = "TileLine")]
pub struct TileTerms {
    /// The places of each sign, of those that the program has.
    pub signs: Signs<Option<Places>>,
}

/// Where a sign of a copy goes in and comes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// The qubits that hold the basis state m, least significant first.
    pub input: Vec<usize>,
    /// The bits that spell n, least significant first.
    pub output: Vec<usize>,
    /// The values that bits must have for a shot to count.
    pub accept: BTreeMap<usize, u8>,
}

/// The same as it stands in the line, with a key for each sign.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Tile", deny_unknown_fields)]
struct TileLine {
    plus: Option<Places>,
    minus: Option<Places>,
}

impl From<TileLine> for TileTerms {
    fn from(TileLine { plus, minus }: TileLine) -> TileTerms {
        TileTerms { signs: Signs { plus, minus } }
    }
}

impl From<TileTerms> for TileLine {
    fn from(TileTerms { signs: Signs { plus, minus } }: TileTerms) -> TileLine {
        TileLine { plus, minus }
    }
}
