//! Seeded randomness: the crate's one generator, and the streams that share a seed.

use rand::SeedableRng;

/// The generator used throughout: portable, so that one seed gives the same bytes on every platform.
pub type Rng = rand_pcg::Pcg64;

/// A generator from a seed.
pub fn rng(seed: u64) -> Rng {
    Rng::seed_from_u64(seed)
}

/// The generator of item `index` among many that share a seed; independent of those of other items and seeds.
pub fn stream(seed: u64, index: u64) -> Rng {
    // The finaliser of SplitMix64: without it seed 1, item 0 would be seed 0, item 1.
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    rng((x ^ (x >> 31)).wrapping_add(index))
}
