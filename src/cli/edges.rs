//! What `--edges` names: pairs of qubits that circuits for both signs join.

use super::inputs::read_coupling;
use crate::target::Edges;
use std::path::PathBuf;

/// Those that have names.
const NAMED: [(&str, Edges); 4] =
    [("line", Edges::Line), ("heavy-hex", Edges::HeavyHex), ("square", Edges::Square), ("all", Edges::All)];

/// The coupling map that is named, where it is one.
pub fn edges_file(named: &str) -> Option<PathBuf> {
    NAMED.iter().all(|(name, _)| *name != named).then(|| PathBuf::from(named))
}

/// The edges of that name, or of a coupling map.
pub fn edges(named: &str) -> Result<Edges, String> {
    if let Some((_, edges)) = NAMED.into_iter().find(|(name, _)| *name == named) {
        return Ok(edges);
    }
    let wrong = |error| format!("--edges {error}; or line, heavy-hex, square or all");
    Ok(Edges::Of(read_coupling(named.as_ref()).map_err(wrong)?))
}
