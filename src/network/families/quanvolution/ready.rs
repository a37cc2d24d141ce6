//! A layer ready to run on many images: forwards, and the way back.

use super::gate::{Gate, QUBITS};
use super::lanes::{ByProducts, LANES, Lanes, Waves};
use super::layer::Layer;
use super::observable::Observable;
use super::stream::{Shape, Stream};
use super::table::{Table, Term, terms};

/// A layer, put in closed form once for all patches of all images.
pub(super) struct Ready<'a> {
    pub layer: &'a Layer,
    way: Way,
    /// Where the pixels of every patch are in a channel, beyond its end where an odd side ends.
    places: Vec<[usize; QUBITS]>,
    read: Shape,
    made: Shape,
}

/// How a patch becomes a pixel of each channel.
enum Way {
    /// By the table of each channel; what those come from is kept for the way back.
    Closed { circuit: Vec<Gate>, observables: Vec<Observable>, terms: Vec<Vec<Term>> },
    /// By moving what each channel measures through the circuit, with the angles of the patch.
    Whole { circuit: Vec<Gate>, observables: Vec<Observable> },
}

/// What a layer saw of an image, as far as its way back needs it.
pub(super) enum Seen {
    /// For each channel, its patches.
    Waves(Vec<Waves>),
    /// The same where there is no closed form.
    Angles(Vec<[Lanes; QUBITS]>),
}

impl<'a> Ready<'a> {
    /// A layer that reads a stream and makes another.
    pub fn new(layer: &'a Layer, read: Shape, made: Shape) -> Ready<'a> {
        let way = match layer.ansatz.interleaved() {
            Some(circuit) => Way::Whole { circuit, observables: layer.observables() },
            None => {
                let (circuit, observables) = (layer.ansatz.gates(), layer.behind_encoding());
                let of = |(at_end, behind): (&Observable, &Observable)| terms(&Table::of(at_end), behind, &circuit);
                let terms = observables.iter().zip(&layer.observables()).map(of).collect();
                Way::Closed { circuit, observables, terms }
            }
        };
        let beyond = read.height * read.width;
        let one = |at: usize| {
            let places = Stream::patch(read, 0, at / made.width, at % made.width);
            places.map(|place| place.unwrap_or(beyond))
        };
        Ready { layer, way, places: (0..made.height * made.width).map(one).collect(), read, made }
    }

    fn all_angles(&self, patch: [f64; QUBITS]) -> Vec<f64> {
        [self.layer.ansatz.angles(), patch.to_vec()].concat()
    }

    /// What the layer makes of a stream, without its skips.
    pub fn forward(&self, stream: &Stream) -> (Stream, Seen) {
        let mut out = Stream::zeros(self.made);
        let mut seen = match self.way {
            Way::Closed { .. } => Seen::Waves(vec![]),
            Way::Whole { .. } => Seen::Angles(vec![]),
        };
        let (pixels, share) = (self.places.len(), 1.0 / self.read.channels as f64);
        for from in stream.pixels.chunks_exact(self.read.height * self.read.width) {
            for (number, places) in self.places.chunks(LANES).enumerate() {
                let mut angles = [[0.0; LANES]; QUBITS];
                for (p, places) in places.iter().enumerate() {
                    for (q, &place) in places.iter().enumerate() {
                        angles[q][p] = self.layer.scale * from.get(place).copied().unwrap_or(0.0);
                    }
                }
                let first = number * LANES;
                let mut add = |channel: usize, values: &Lanes| {
                    let into = &mut out.pixels[channel * pixels + first..][..places.len()];
                    into.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * share);
                };
                match (&self.way, &mut seen) {
                    (Way::Closed { terms, .. }, Seen::Waves(seen)) => {
                        let waves = Waves::of(&angles);
                        let products = waves.products();
                        terms.iter().enumerate().for_each(|(c, terms)| add(c, &products.values(terms)));
                        seen.push(waves);
                    }
                    (Way::Whole { circuit, observables }, Seen::Angles(seen)) => {
                        for (c, observable) in observables.iter().enumerate() {
                            let mut values = [0.0; LANES];
                            for (p, value) in values.iter_mut().enumerate().take(places.len()) {
                                let angles = self.all_angles(angles.map(|angle| angle[p]));
                                *value = observable.clone().before(circuit, &angles).at_zero();
                            }
                            add(c, &values);
                        }
                        seen.push(angles);
                    }
                    _ => unreachable!("what is seen is of the same way"),
                }
            }
        }
        (out, seen)
    }

    /// As many zeros as [`Ready::backward`] adds to.
    pub fn no_slopes(&self) -> Vec<f64> {
        match &self.way {
            Way::Closed { terms, .. } => vec![0.0; LANES * terms.iter().map(Vec::len).sum::<usize>()],
            Way::Whole { .. } => vec![0.0; self.layer.ansatz.angles().len()],
        }
    }

    /// Adds the derivatives by the layer, and those by the stream it read where they are wanted, from those by what it made.
    pub fn backward(&self, seen: &Seen, by: &Stream, slopes: &mut [f64], mut into: Option<&mut Stream>) {
        let (pixels, share) = (self.places.len(), 1.0 / self.read.channels as f64);
        let size = self.read.height * self.read.width;
        let blocks = pixels.div_ceil(LANES);
        for block in 0..self.read.channels * blocks {
            let (from, first) = (block / blocks, block % blocks * LANES);
            let places = &self.places[first..pixels.min(first + LANES)];
            let by_channel = |channel: usize| {
                let mut lanes = [0.0; LANES];
                let from = &by.pixels[channel * pixels + first..][..places.len()];
                lanes.iter_mut().zip(from).for_each(|(lane, by)| *lane = share * by);
                lanes
            };
            let found = match (&self.way, seen) {
                (Way::Closed { terms, .. }, Seen::Waves(seen)) => {
                    let products = seen[block].products();
                    let mut rest = slopes.as_chunks_mut::<LANES>().0;
                    let mut back = ByProducts::zeros();
                    for (channel, terms) in terms.iter().enumerate() {
                        let (own, others) = rest.split_at_mut(terms.len());
                        rest = others;
                        let by = by_channel(channel);
                        products.add_slopes(terms, &by, own);
                        if into.is_some() {
                            products.add_back(terms, &by, &mut back);
                        }
                    }
                    into.is_some().then(|| products.by_angles(&back))
                }
                (Way::Whole { circuit, observables }, Seen::Angles(seen)) => {
                    let mut found = [[0.0; LANES]; QUBITS];
                    for (channel, observable) in observables.iter().enumerate() {
                        let by = by_channel(channel);
                        for p in 0..places.len() {
                            let angles = self.all_angles(seen[block].map(|angle| angle[p]));
                            let mut all = vec![0.0; angles.len()];
                            let end = observable.clone().before(circuit, &angles);
                            end.add_slopes(Observable::zero_state().scaled(by[p]), circuit, &angles, &mut all);
                            slopes.iter_mut().zip(&all).for_each(|(sum, part)| *sum += part);
                            (0..QUBITS).for_each(|q| found[q][p] += all[slopes.len() + q]);
                        }
                    }
                    Some(found)
                }
                _ => unreachable!("what was seen is of the same way"),
            };
            let (Some(found), Some(into)) = (found, into.as_deref_mut()) else { continue };
            let into = &mut into.pixels[from * size..][..size];
            for (p, places) in places.iter().enumerate() {
                for (q, &place) in places.iter().enumerate() {
                    if let Some(pixel) = into.get_mut(place) {
                        *pixel += self.layer.scale * found[q][p];
                    }
                }
            }
        }
    }

    /// The derivatives by the layer's angles, row by row.
    pub fn by_angles(&self, slopes: Vec<f64>) -> Vec<f64> {
        let Way::Closed { circuit, observables, terms } = &self.way else { return slopes };
        let angles = self.layer.ansatz.angles();
        let mut by_angles = vec![0.0; angles.len()];
        let mut sums = slopes.as_chunks::<LANES>().0.iter().map(|lanes| lanes.iter().sum::<f64>());
        for (end, terms) in observables.iter().zip(terms) {
            let mut by = [0.0; 81];
            terms.iter().zip(&mut sums).for_each(|(term, sum)| by[9 * term.row + term.column] = sum);
            end.clone().add_slopes(Observable::of_coefficients(&by), circuit, &angles, &mut by_angles);
        }
        by_angles
    }
}
