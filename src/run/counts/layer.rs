//! What counts say of a layer of quanvolutions: `<Z>` of every patch and the stream behind the layer, with error bars; and
//! whether they can be those of its programs at all.

use super::estimate::Estimate;
use super::words::Counts;
use crate::network::quanvolution::{Quanvolution, Stream};
use crate::qasm::{LayerProgram, PATCH, Pixels};
use std::fmt;

/// Mean distance of `<Z>` below which nothing is said.
const FAR: f64 = 0.05;

/// How much nearer another reading must be to be worth a word.
const NEARER: f64 = 4.0;

/// A run of a program: what came back. Runs of a program with inputs are in the order of the patches, as many a run as it
/// holds.
pub type LayerRun<'a> = (&'a LayerProgram, &'a Counts);

/// Runs that are not those of one layer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LayerCountsError {
    /// Programs with inputs and without, or several with inputs.
    #[error("expected the programs of fixed pixels of one image, or one program with inputs")]
    Mixed,
    /// More or fewer runs than take all patches.
    #[error("{runs} tables of counts of {tiles} patches each: the layer sees {patches}, which take {wanted}")]
    Runs {
        /// How many there are.
        runs: usize,
        /// Patches a run.
        tiles: usize,
        /// Patches of the layer.
        patches: usize,
        /// How many runs take them.
        wanted: usize,
    },
    /// A patch that the layer does not see.
    #[error("run {run} is of patch {patch}: the layer sees {patches}, numbered from 0")]
    NoPatch {
        /// The run, from 0.
        run: usize,
        /// The patch.
        patch: usize,
        /// Patches of the layer.
        patches: usize,
    },
    /// The same patch twice.
    #[error("run {run} is of patch {patch}, of which there are counts already")]
    Twice {
        /// The run, from 0.
        run: usize,
        /// The patch.
        patch: usize,
    },
    /// Pixels of the program are not those of the stream.
    #[error("run {run}: patch {patch} was run at {found} radians, the stream that goes in says {wanted}")]
    Angle {
        /// The run, from 0.
        run: usize,
        /// The patch.
        patch: usize,
        /// What the program has.
        found: f64,
        /// What the stream says.
        wanted: f64,
    },
}

/// What counts say of a patch.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatchEstimate {
    /// Which patch of the stream that goes in, from 0: channel by channel and row by row.
    pub patch: usize,
    /// Shots of its run.
    pub shots: u64,
    /// `<Z>` of its four qubits.
    pub z: [Estimate; PATCH],
    /// What the layer reads of them, a channel each.
    pub y: Vec<Estimate>,
    /// The angles that it was run at, where the program says them.
    #[serde(skip)]
    angles: Option<[f64; PATCH]>,
}

/// A stream that was measured.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StreamEstimate {
    /// Channels.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Pixels of a row.
    pub width: usize,
    /// Channel by channel and row by row; error bars are those of this layer's shots.
    pub pixels: Vec<Estimate>,
}

impl StreamEstimate {
    /// The pixels by themselves.
    pub fn stream(&self) -> Stream {
        let &StreamEstimate { channels, height, width, .. } = self;
        let shape = crate::network::quanvolution::Shape { channels, height, width };
        Stream { shape, pixels: self.pixels.iter().map(|pixel| pixel.value).collect() }
    }
}

/// The patches that runs of layer `k` (from 0) measured, in the order of their numbers.
///
/// # Errors
/// Runs of several programs with inputs, or not as many as take all patches; of fixed pixels, a patch twice or one that is not
/// there.
///
/// # Panics
/// If a word is shorter than its program's bits, or there is no such layer.
pub fn estimate_patches(
    network: &Quanvolution,
    k: usize,
    runs: &[LayerRun<'_>],
) -> Result<Vec<PatchEstimate>, LayerCountsError> {
    let patches = network.patch_count(k);
    let fixed = runs.iter().filter(|(program, _)| program.contract.is_fixed()).count();
    let one = runs.windows(2).all(|pair| pair[0].0.contract == pair[1].0.contract);
    if fixed != runs.len() && (fixed > 0 || !one) {
        return Err(LayerCountsError::Mixed);
    }
    let tiles = runs.first().map_or(1, |(program, _)| program.contract.patches.len());
    let wanted = patches.div_ceil(tiles);
    if fixed == 0 && runs.len() != wanted {
        return Err(LayerCountsError::Runs { runs: runs.len(), tiles, patches, wanted });
    }
    let mut found: Vec<Option<PatchEstimate>> = vec![None; patches];
    for (run, (program, counts)) in runs.iter().enumerate() {
        for (t, tile) in program.contract.patches.iter().enumerate() {
            let (patch, angles) = match tile.pixels {
                Pixels::Fixed { patch, angles } => (patch, Some(angles)),
                Pixels::Inputs(_) => (run * tiles + t, None),
            };
            // The last run of a program with inputs may have tiles to spare.
            if angles.is_none() && patch >= patches {
                continue;
            }
            let place = found.get_mut(patch).ok_or(LayerCountsError::NoPatch { run, patch, patches })?;
            let read = network.layers[k].read;
            let single = |j: usize| std::array::from_fn(|i| f64::from(u8::from(i == j)));
            let estimate = PatchEstimate {
                patch,
                shots: counts.shots(),
                z: std::array::from_fn(|j| mean(counts, &tile.output, single(j))),
                y: (0..read.channels()).map(|c| mean(counts, &tile.output, read.weights(c))).collect(),
                angles,
            };
            if place.replace(estimate).is_some() {
                return Err(LayerCountsError::Twice { run, patch });
            }
        }
    }
    Ok(found.into_iter().flatten().collect())
}

/// The mean over shots of a weighted sum of four parities, and its standard deviation: they come from the same shots.
fn mean(counts: &Counts, output: &[Vec<usize>], weights: [f64; PATCH]) -> Estimate {
    let (mut sum, mut square) = (0.0, 0.0);
    for (word, count) in counts.words() {
        let sign = |bits: &Vec<usize>| if bits.iter().filter(|bit| word[**bit]).count() % 2 == 0 { 1.0 } else { -1.0 };
        let worth: f64 = output.iter().zip(weights).map(|(bits, weight)| weight * sign(bits)).sum();
        sum += worth * *count as f64;
        square += worth * worth * *count as f64;
    }
    let most: f64 = weights.iter().map(|w| w.abs()).sum();
    Estimate::of_worth(sum, square, counts.shots() as f64, [-most, most])
}

/// The stream that went into layer `k` (from 0), if the programs' own pixels say all of it.
pub fn stream_of_programs(network: &Quanvolution, k: usize, patches: &[PatchEstimate]) -> Option<Stream> {
    let scale = network.layers[k].scale;
    if patches.len() != network.patch_count(k) || scale == 0.0 {
        return None;
    }
    let shape = network.shapes().1[k];
    let mut stream = Stream::zeros(shape);
    let (rows, columns) = shape.patches();
    for patch in patches {
        let (channel, at) = (patch.patch / (rows * columns), patch.patch % (rows * columns));
        let places = Stream::patch(shape, channel, at / columns, at % columns);
        for (place, angle) in places.into_iter().zip(patch.angles?) {
            place.into_iter().for_each(|place| stream.pixels[place] = angle / scale);
        }
    }
    Some(stream)
}

/// Holds the pixels of programs against the stream that is said to have gone in.
///
/// # Errors
/// The first patch that was run at another angle.
pub fn check_angles(
    network: &Quanvolution,
    k: usize,
    runs: &[LayerRun<'_>],
    read: &Stream,
) -> Result<(), LayerCountsError> {
    let all = network.layers[k].patches(read);
    for (run, (program, _)) in runs.iter().enumerate() {
        for tile in &program.contract.patches {
            let Pixels::Fixed { patch, angles } = tile.pixels else { continue };
            let pairs = angles.into_iter().zip(all[patch]);
            let other = pairs.into_iter().find(|(found, wanted)| (found - wanted).abs() > 1e-6 * wanted.abs().max(1.0));
            if let Some((found, wanted)) = other {
                return Err(LayerCountsError::Angle { run, patch, found, wanted });
            }
        }
    }
    Ok(())
}

/// The stream behind layer `k` (from 0), from all its patches and the streams before it, of which those of its skips are
/// there.
///
/// # Panics
/// If patches are missing, or the stream of a skip.
pub fn estimate_stream(
    network: &Quanvolution,
    k: usize,
    patches: &[PatchEstimate],
    before: &[Stream],
) -> StreamEstimate {
    assert_eq!(patches.len(), network.patch_count(k), "every patch was measured");
    let values = network.behind(k, &network.made(k, |channel, patch| patches[patch].y[channel].value), before);
    // The mean over channels divides once more.
    let share = 1.0 / network.shapes().1[k].channels as f64;
    let variances = network.made(k, |channel, patch| share * patches[patch].y[channel].error.powi(2));
    let silent: Vec<Stream> = before.iter().map(|stream| Stream::zeros(stream.shape)).collect();
    let variances = network.behind(k, &variances, &silent);
    let pairs = values.pixels.iter().zip(&variances.pixels);
    let shape = values.shape;
    StreamEstimate {
        channels: shape.channels,
        height: shape.height,
        width: shape.width,
        pixels: pairs.map(|(&value, variance)| Estimate { value, error: variance.sqrt() }).collect(),
    }
}

/// Counts whose `<Z>` are far from what the weights say.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LayerDoubt {
    /// The mean of `|<Z> found - <Z>|` over all qubits of all patches.
    pub distance: f64,
    /// The mean that shots explain.
    pub expected: f64,
    /// How many there are.
    pub values: usize,
    /// Whether it fits with the other end of every word as bit 0.
    pub reversed: bool,
}

impl fmt::Display for LayerDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LayerDoubt { distance, expected, .. } = self;
        write!(f, "<Z> is {distance:.2} away from what the weights say in the mean, shots explain {expected:.2}: ")?;
        f.write_str(if self.reversed {
            "with the other --order it fits"
        } else {
            "heavy noise, or counts of another program, input or order of bits or files"
        })
    }
}

impl LayerDoubt {
    /// Whether the shots alone do not explain the distance: five standard deviations of a mean of so many.
    pub fn is_one(&self) -> bool {
        self.distance > FAR.max(self.expected * (1.0 + 5.0 / (self.values as f64).sqrt()))
    }
}

/// How far the runs of layer `k` (from 0) on a stream are from what the weights say.
///
/// # Panics
/// If runs are none that [`estimate_patches`] takes.
pub fn layer_doubt(network: &Quanvolution, k: usize, runs: &[LayerRun<'_>], read: &Stream) -> LayerDoubt {
    let all = network.layers[k].patches(read);
    let far = |runs: &[LayerRun<'_>]| {
        let found = estimate_patches(network, k, runs).expect("runs that were estimated");
        let wanted: Vec<[f64; PATCH]> = found.iter().map(|patch| all[patch.patch]).collect();
        let wanted = network.layers[k].expectations(&wanted);
        let (mut distance, mut expected) = (0.0, 0.0);
        for (patch, wanted) in found.iter().zip(&wanted) {
            for (z, wanted) in patch.z.iter().zip(wanted) {
                distance += (z.value - wanted).abs();
                // The mean distance of a normal estimate is √(2/π) of its standard deviation.
                expected +=
                    (std::f64::consts::FRAC_2_PI * (1.0 - wanted * wanted).max(0.0) / patch.shots as f64).sqrt();
            }
        }
        let values = PATCH * found.len();
        let [distance, expected] = [distance, expected].map(|sum| sum / values as f64);
        LayerDoubt { distance, expected, values, reversed: false }
    };
    let doubt = far(runs);
    if !doubt.is_one() {
        return doubt;
    }
    let reversed: Vec<Counts> = runs.iter().map(|(_, counts)| counts.reversed()).collect();
    let reversed: Vec<LayerRun<'_>> = runs.iter().zip(&reversed).map(|((program, _), c)| (*program, c)).collect();
    let other = far(&reversed);
    LayerDoubt { reversed: !other.is_one() || other.distance < doubt.distance / NEARER, ..doubt }
}

#[cfg(test)]
mod tests;
