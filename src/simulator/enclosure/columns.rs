//! Vectors side by side, and kernels applied to them in an order of sums that does not depend on the processor.

use super::kernel::{GROUP, Kernel, Term};
use super::operator::MAX_SIDE;
use pulp::{Arch, NullaryFnOnce};

/// Columns that go through together.
const LANES: usize = 8;

/// Vectors side by side: the entries of one row of all of them are neighbours.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub re: Vec<f64>,
    pub im: Vec<f64>,
    pub columns: usize,
}

impl Columns {
    /// Applies a kernel whose qubit i is bit `places[i]` of the index of rows, which has `bits` bits.
    pub fn apply(&mut self, kernel: &Kernel, places: &[usize], bits: usize) {
        let mut offsets = [0; MAX_SIDE];
        for (i, place) in places.iter().enumerate() {
            (0..1 << i).for_each(|s| offsets[s | 1 << i] = offsets[s] | 1 << place);
        }
        let offsets = &offsets[..1 << places.len()];
        // Compiled once for each width of registers, which changes no rounding: nothing is contracted.
        Arch::new().dispatch(Application { columns: self, kernel, offsets, rows: 1 << bits });
    }
}

/// A kernel that is applied to columns.
struct Application<'a> {
    columns: &'a mut Columns,
    kernel: &'a Kernel,
    /// The rows that it joins, counted from a base.
    offsets: &'a [usize],
    rows: usize,
}

/// Rows before a kernel is applied, W numbers each.
struct Before {
    re: [f64; MAX_SIDE * LANES],
    im: [f64; MAX_SIDE * LANES],
}

impl NullaryFnOnce for Application<'_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let mut before = Before { re: [0.0; MAX_SIDE * LANES], im: [0.0; MAX_SIDE * LANES] };
        let (columns, mask) = (self.columns.columns, self.offsets[self.offsets.len() - 1]);
        for base in 0..self.rows {
            if base & mask != 0 {
                continue;
            }
            let mut at = 0;
            while at + LANES <= columns {
                self.step::<LANES>(base, at, &mut before);
                at += LANES;
            }
            while at + 2 <= columns {
                self.step::<2>(base, at, &mut before);
                at += 2;
            }
            if at < columns {
                self.step::<1>(base, at, &mut before);
            }
        }
    }
}

impl Application<'_> {
    /// W columns from number `at` on, in the rows from `base` on.
    #[inline(always)]
    fn step<const W: usize>(&mut self, base: usize, at: usize, before: &mut Before) {
        let Columns { re, im, columns } = &mut *self.columns;
        for (j, offset) in self.offsets.iter().enumerate() {
            let start = (base + offset) * *columns + at;
            before.re[j * W..(j + 1) * W].copy_from_slice(&re[start..start + W]);
            before.im[j * W..(j + 1) * W].copy_from_slice(&im[start..start + W]);
        }
        for (i, offset) in self.offsets.iter().enumerate() {
            let mut total = Lane::<W>::ZERO;
            for (g, group) in self.kernel.row(i).chunks(GROUP).enumerate() {
                let mut sum = Lane::product(&group[0], before);
                for term in &group[1..] {
                    sum.add(Lane::product(term, before));
                }
                if g == 0 {
                    total = sum;
                } else {
                    total.add(sum);
                }
            }
            let start = (base + offset) * *columns + at;
            re[start..start + W].copy_from_slice(&total.re);
            im[start..start + W].copy_from_slice(&total.im);
        }
    }
}

/// W complex numbers.
#[derive(Clone, Copy)]
struct Lane<const W: usize> {
    re: [f64; W],
    im: [f64; W],
}

impl<const W: usize> Lane<W> {
    const ZERO: Lane<W> = Lane { re: [0.0; W], im: [0.0; W] };

    /// A term of W sums.
    #[inline(always)]
    fn product(term: &Term, before: &Before) -> Lane<W> {
        let (re, im) = (&before.re[term.column * W..][..W], &before.im[term.column * W..][..W]);
        let mut out = Lane::ZERO;
        for l in 0..W {
            out.re[l] = term.re * re[l] - term.im * im[l];
            out.im[l] = term.re * im[l] + term.im * re[l];
        }
        out
    }

    #[inline(always)]
    fn add(&mut self, more: Lane<W>) {
        for l in 0..W {
            self.re[l] += more.re[l];
            self.im[l] += more.im[l];
        }
    }
}
