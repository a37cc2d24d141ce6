//! Families of networks: what `"family"` names in a weights file of version 2. Version 1 knows one, `residual`.
//!
//! A family is a row of [`FAMILIES`] and a file that reads its networks. What commands ask of a network they ask of
//! [`Network`]: its forward pass and labels, its blocks' programs and what those must equal, its parameters.

pub mod quanvolution;
pub(super) mod residual;

use super::{Network, NetworkError};

/// A family of networks.
pub(super) struct Family {
    /// What files call it.
    pub name: &'static str,
    /// Reads a file of any version that has the family; the name is for networks that do not name themselves. Not yet
    /// checked across fields.
    pub read: fn(text: &[u8], name: &str) -> Result<Network, NetworkError>,
}

/// The family of files that name none.
pub(super) const RESIDUAL: Family = Family { name: residual::NAME, read: residual::read };

/// All families.
const FAMILIES: &[Family] = &[RESIDUAL];

/// The family of this name.
///
/// # Errors
/// If there is none, with the names of those that there are.
pub(super) fn named(name: &str) -> Result<&'static Family, NetworkError> {
    let known = || FAMILIES.iter().map(|family| family.name).collect::<Vec<_>>().join(", ");
    let unknown = || NetworkError::value("family", format!("'{}', this hqrn knows {}", name.escape_debug(), known()));
    FAMILIES.iter().find(|family| family.name == name).ok_or_else(unknown)
}
