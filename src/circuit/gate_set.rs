//! Sets of gates, such as those that a machine has.

use super::GateKind;

/// A set of gates, whatever their angles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GateSet {
    /// Bit i stands for the i-th gate of the table.
    bits: u64,
}

const _: () = assert!(GateKind::ALL.len() <= u64::BITS as usize, "a gate set is as wide as the table");

impl GateSet {
    /// No gates.
    pub const EMPTY: GateSet = GateSet { bits: 0 };

    /// The gates of a list.
    pub const fn of(kinds: &[GateKind]) -> GateSet {
        let mut bits = 0;
        // Iterators are not for constants.
        let mut i = 0;
        while i < kinds.len() {
            bits |= 1 << kinds[i] as u64;
            i += 1;
        }
        GateSet { bits }
    }

    /// The gates of both sets.
    pub const fn with(self, other: GateSet) -> GateSet {
        GateSet { bits: self.bits | other.bits }
    }

    /// The gates of this set that are not in the other.
    pub const fn without(self, other: GateSet) -> GateSet {
        GateSet { bits: self.bits & !other.bits }
    }

    /// Whether the gate is in the set.
    pub const fn contains(self, kind: GateKind) -> bool {
        self.bits >> kind as u64 & 1 == 1
    }

    /// The gates, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = GateKind> {
        GateKind::ALL.into_iter().filter(move |&kind| self.contains(kind))
    }
}

impl FromIterator<GateKind> for GateSet {
    fn from_iter<I: IntoIterator<Item = GateKind>>(kinds: I) -> GateSet {
        kinds.into_iter().fold(GateSet::EMPTY, |set, kind| set.with(GateSet::of(&[kind])))
    }
}

/// The names, for messages: `x, h, cx`.
impl std::fmt::Display for GateSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.iter().map(GateKind::name).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        const PAIR: GateSet = GateSet::of(&[GateKind::Cx, GateKind::H]);
        assert_eq!((PAIR.contains(GateKind::H), PAIR.contains(GateKind::X)), (true, false));
        assert_eq!(PAIR.to_string(), "h, cx");
        assert_eq!(PAIR.without(GateSet::of(&[GateKind::H])).iter().collect::<Vec<_>>(), [GateKind::Cx]);
        let all: GateSet = GateKind::ALL.into_iter().collect();
        assert_eq!((all.iter().count(), all.with(PAIR)), (GateKind::ALL.len(), all));
        assert_eq!(GateSet::EMPTY.to_string(), "");
    }
}
