//! A layer to programs: as many patches side by side as the machine holds.

use super::options::LayerOptions;
use super::tile::Tile;
use crate::circuit::{Circuit, Template};
use crate::lowering::{LoweringError, disjoint_chains};
use crate::network::quanvolution::Layer;
use crate::qasm::{LayerContract, LayerProgram, MAX_DEGREE, PATCH, PatchContract, Pixels, write_layer};
use crate::target::{Coupling, Target};
use std::collections::BTreeMap;

/// What the pixels of a layer's patches are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Patches<'a> {
    /// Inputs: one program for all patches of all images.
    Inputs,
    /// These angles in radians, a patch each: as many programs as they take.
    Fixed(&'a [[f64; PATCH]]),
}

/// A layer that cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LayerError {
    /// The text has no inputs.
    #[error("{target} has no inputs: fix them, --inputs fixed")]
    NoInputs {
        /// The target.
        target: &'static str,
    },
    /// More patches than there is room for.
    #[error("{wanted} tiles: the machine holds {has} of four qubits in a chain")]
    NoRoom {
        /// How many were asked for.
        wanted: usize,
        /// How many there are.
        has: usize,
    },
    /// More than a register may have.
    #[error("{wanted} tiles: expected 1 to {most}")]
    Tiles {
        /// How many were asked for.
        wanted: usize,
        /// How many there may be.
        most: usize,
    },
    /// Encoded too often.
    #[error("the pixels are encoded {degree} times: at most {MAX_DEGREE} can be proven")]
    Degree {
        /// How often.
        degree: usize,
    },
    /// An angle that is not finite.
    #[error("patch {patch}: a pixel is {angle}, expected a finite angle")]
    Angle {
        /// Which patch, from 0.
        patch: usize,
        /// The angle.
        angle: f64,
    },
    /// The machine cannot have the circuit.
    #[error(transparent)]
    Lowering(#[from] LoweringError),
}

/// The most tiles of a program without a coupling map.
const MOST_TILES: usize = 4096;

/// Compiles layer `number` (from 1) of a network: texts, one where pixels are inputs, or one for each set of patches.
///
/// Tile t takes inputs `x4t` to `x4t+3`, is measured into bits 4t to 4t + 3, and where there is a coupling map lies on a
/// chain of the machine.
///
/// # Errors
/// A text without inputs, no room for so many tiles, gates that the machine cannot have, angles that are not finite.
pub fn compile_layer(
    network: &str,
    number: usize,
    layer: &Layer,
    patches: Patches<'_>,
    options: &LayerOptions,
) -> Result<Vec<String>, LayerError> {
    let target = options.machine.target;
    let degree = layer.ansatz.rounds().len();
    if patches == Patches::Inputs && !target.dialect.inputs {
        return Err(LayerError::NoInputs { target: target.name });
    }
    if patches == Patches::Inputs && degree > MAX_DEGREE {
        return Err(LayerError::Degree { degree });
    }
    let places = places(options)?;
    let mut tiles = Tiles { layer, options, made: BTreeMap::new() };
    let contract = |patches| LayerContract {
        version: 2,
        network: network.to_owned(),
        quanvolution: number,
        degree: 0,
        target: (target != Target::portable()).then(|| target.name.to_owned()),
        physical: options.machine.coupling.is_some(),
        patches,
    };
    let width = options.machine.coupling.as_ref().map_or(PATCH * places.len(), Coupling::width);
    match patches {
        Patches::Inputs => {
            let names = (0..PATCH * places.len()).map(|i| format!("x{i}")).collect();
            let bits = PATCH * places.len();
            let mut template = Template::new(Circuit::with_bits(width, bits), names);
            let mut held = vec![];
            for (t, place) in places.iter().enumerate() {
                let tile = tiles.tile(place, None)?;
                let pixels = Pixels::Inputs(std::array::from_fn(|i| template.inputs()[PATCH * t + i].clone()));
                held.push(put(&tile, t, place, pixels, &mut template));
            }
            let contract = LayerContract { degree, ..contract(held) };
            Ok(vec![write_layer(&LayerProgram { template, contract })])
        }
        Patches::Fixed(all) => {
            let numbered: Vec<(usize, [f64; PATCH])> = all.iter().copied().enumerate().collect();
            let mut texts = vec![];
            for chunk in numbered.chunks(places.len()) {
                let width = if options.machine.coupling.is_some() { width } else { PATCH * chunk.len() };
                let circuit = Circuit::with_bits(width, PATCH * chunk.len());
                let mut template = Template::new(circuit, vec![]);
                let mut held = vec![];
                for (t, (&(patch, angles), place)) in chunk.iter().zip(&places).enumerate() {
                    if let Some(&angle) = angles.iter().find(|angle| !angle.is_finite()) {
                        return Err(LayerError::Angle { patch, angle });
                    }
                    let tile = tiles.tile(place, Some(angles))?;
                    held.push(put(&tile, t, place, Pixels::Fixed { patch, angles }, &mut template));
                }
                texts.push(write_layer(&LayerProgram { template, contract: contract(held) }));
            }
            Ok(texts)
        }
    }
}

/// Where the tiles of a program lie.
fn places(options: &LayerOptions) -> Result<Vec<[usize; PATCH]>, LayerError> {
    let Some(coupling) = &options.machine.coupling else {
        let wanted = options.tiles.unwrap_or(1);
        if !(1..=MOST_TILES).contains(&wanted) {
            return Err(LayerError::Tiles { wanted, most: MOST_TILES });
        }
        return Ok((0..wanted).map(|t| std::array::from_fn(|q| PATCH * t + q)).collect());
    };
    let mut chains = disjoint_chains(coupling);
    let wanted = options.tiles.unwrap_or(chains.len().max(1));
    if wanted == 0 || wanted > chains.len() {
        return Err(LayerError::NoRoom { wanted, has: chains.len() });
    }
    chains.truncate(wanted);
    Ok(chains)
}

/// Puts a tile where it belongs.
fn put(tile: &Tile, t: usize, place: &[usize; PATCH], pixels: Pixels, template: &mut Template) -> PatchContract {
    template.append(&tile.template, place, PATCH * t);
    for bit in 0..PATCH {
        let qubit = tile.template.circuit().writer_of(bit).expect("a tile measures every qubit");
        template.measure(place[qubit], PATCH * t + bit).expect("tiles are apart");
    }
    PatchContract {
        qubits: tile.start.map(|q| place[q]),
        pixels,
        output: tile.output.iter().map(|bits| bits.iter().map(|bit| PATCH * t + bit).collect()).collect(),
    }
}

/// Which of four qubits a machine joins, first to second.
type Joined = Vec<(usize, usize)>;

/// Tiles with inputs that were made already: those on qubits that are joined alike are alike.
struct Tiles<'a> {
    layer: &'a Layer,
    options: &'a LayerOptions,
    made: BTreeMap<Option<Joined>, Tile>,
}

impl Tiles<'_> {
    fn tile(&mut self, place: &[usize; PATCH], pixels: Option<[f64; PATCH]>) -> Result<Tile, LoweringError> {
        let joined = self.options.machine.coupling.as_ref().map(|coupling| {
            let pairs = (0..PATCH).flat_map(|a| (0..PATCH).map(move |b| (a, b)));
            pairs.filter(|&(a, b)| coupling.has(place[a], place[b])).collect::<Joined>()
        });
        if let (None, Some(made)) = (pixels, self.made.get(&joined)) {
            return Ok(made.clone());
        }
        let coupling =
            joined.as_ref().map(|pairs| Coupling::new(Some(PATCH), pairs).expect("a chain joins its four qubits"));
        let tile = Tile::new(self.layer, pixels, coupling, self.options)?;
        if pixels.is_none() {
            self.made.insert(joined, tile.clone());
        }
        Ok(tile)
    }
}
