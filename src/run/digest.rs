//! Digests of what determines a point of a sweep: the same on every platform and in every version.

use crate::data::Samples;

/// FNV-1a, 64 bits; std's hashers do not promise to stay what they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digest(u64);

impl Digest {
    /// Of inputs and labels.
    pub fn of(samples: &Samples) -> Digest {
        let mut digest = Digest(0xcbf2_9ce4_8422_2325);
        for (i, input) in samples.inputs.iter().enumerate() {
            input.iter().for_each(|x| digest.feed(&x.to_le_bytes()));
            let label = samples.labels.as_ref().map_or(usize::MAX, |labels| labels[i]);
            digest.feed(&(label as u64).to_le_bytes());
            samples.families.iter().for_each(|families| digest.feed(families[i].as_bytes()));
        }
        if samples.density {
            digest.feed(b"density matrices");
        }
        digest
    }

    /// Takes more in.
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The key of a point with that much more in it.
    pub fn key(mut self, last: &str) -> String {
        self.feed(last.as_bytes());
        format!("{:016x}", self.0)
    }
}
