//! All parameters of a network in one list, and where each stands in it.

use super::{Affine, Block, Network};
use std::ops::Range;

/// Where the parameters of one layer stand: first what its map comes from, then its bias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Of a projection or head the weight, column by column; of a block what [`super::Form::parameters`] says.
    pub map: Range<usize>,
    /// The bias.
    pub bias: Range<usize>,
}

/// Where the parameters of a network stand: projection, blocks, head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// Of the projection, if there is one.
    pub projection: Option<Slot>,
    /// Of every block.
    pub blocks: Vec<Slot>,
    /// Of the head, if there is one.
    pub head: Option<Slot>,
}

impl Slots {
    /// Of all parameters of a network.
    pub fn of(network: &Network) -> Slots {
        let mut at = 0;
        let of_affine = |affine: &Affine, at: &mut usize| Slot::next(at, affine.weight.len(), affine.bias.len());
        let projection = network.projection().map(|projection| of_affine(projection, &mut at));
        let blocks = Slots::all(&network.blocks, &mut at);
        let head = network.head.as_ref().map(|head| of_affine(head, &mut at));
        Slots { projection, blocks, head }
    }

    /// Of those of some blocks alone.
    pub fn of_blocks(blocks: &[Block]) -> Slots {
        Slots { projection: None, blocks: Slots::all(blocks, &mut 0), head: None }
    }

    fn all(blocks: &[Block], at: &mut usize) -> Vec<Slot> {
        blocks.iter().map(|block| Slot::next(at, block.form().parameters().len(), block.bias().len())).collect()
    }

    /// How many parameters there are.
    pub fn count(&self) -> usize {
        let last = self.head.as_ref().or(self.blocks.last()).or(self.projection.as_ref());
        last.map_or(0, |slot| slot.bias.end)
    }
}

impl Slot {
    fn next(at: &mut usize, map: usize, bias: usize) -> Slot {
        let start = *at;
        *at += map + bias;
        Slot { map: start..start + map, bias: start + map..*at }
    }
}

impl Block {
    /// Its parameters: those of its form, then its bias.
    pub fn parameters(&self) -> Vec<f64> {
        let mut values = self.form().parameters();
        values.extend(self.bias());
        values
    }

    /// Puts parameters back.
    ///
    /// # Panics
    /// If there are not as many as [`Block::parameters`] has.
    pub fn set_parameters(&mut self, values: &[f64]) {
        let (form, bias) = values.split_at(values.len() - self.bias().len());
        self.set_form_parameters(form);
        self.bias_mut().copy_from_slice(bias);
    }
}

impl Network {
    /// All parameters, as [`Slots::of`] places them.
    pub fn parameters(&self) -> Vec<f64> {
        let of_affine = |affine: &Affine| [affine.weight.as_slice(), &affine.bias].concat();
        let layers = self.projection().map(of_affine).into_iter().chain(self.blocks.iter().map(Block::parameters));
        layers.chain(self.head.as_ref().map(of_affine)).flatten().collect()
    }

    /// Puts parameters back. What was expected of the network is so no more.
    ///
    /// # Panics
    /// If there are not as many as [`Network::parameters`] has.
    pub fn set_parameters(&mut self, values: &[f64]) {
        self.expect = None;
        let slots = Slots::of(self);
        assert_eq!(values.len(), slots.count(), "as many parameters as the network has");
        let set = |affine: &mut Affine, slot: &Slot| {
            affine.weight.as_mut_slice().copy_from_slice(&values[slot.map.clone()]);
            affine.bias.copy_from_slice(&values[slot.bias.clone()]);
        };
        let projection = self.input.as_mut().and_then(|input| input.projection.as_mut());
        projection.into_iter().zip(&slots.projection).for_each(|(affine, slot)| set(affine, slot));
        for (block, slot) in self.blocks.iter_mut().zip(&slots.blocks) {
            block.set_parameters(&values[slot.map.start..slot.bias.end]);
        }
        self.head.iter_mut().zip(&slots.head).for_each(|(affine, slot)| set(affine, slot));
    }
}
