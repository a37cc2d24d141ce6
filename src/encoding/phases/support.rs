//! The entries whose phases matter: trained weights are mostly zeros and dust.

use crate::linalg::{Complex, Matrix, RealMatrix};

/// The smallest entries of W that together are at most this share of gamma* keep phase zero: what they add to M has a
/// norm of at most the root of that, so gamma moves by 2e-4 at the very most.
const DUST: f64 = 1e-8;

/// The entries of `sqrt(W)` that a search gives phases to, gathered in the rows and columns that have any.
pub(super) struct Support {
    /// Rows of the gathered matrix, never more than its columns: a tall one is transposed.
    pub rows: usize,
    /// Its columns.
    pub columns: usize,
    /// Where each entry is in the gathered matrix, column by column, and its modulus.
    pub entries: Vec<(usize, f64)>,
    /// Where each entry is in the whole one.
    places: Vec<usize>,
}

impl Support {
    /// Of a matrix with an entry above zero; `bound` is its gamma*.
    pub fn of(root: &RealMatrix, bound: f64) -> Support {
        let mut by_size: Vec<usize> = (0..root.len()).filter(|&place| root[place] > 0.0).collect();
        by_size.sort_by(|&a, &b| root[a].total_cmp(&root[b]));
        let mut sum = 0.0;
        let dust = |&&place: &&usize| {
            sum += root[place] * root[place];
            sum <= DUST * bound
        };
        let dust = by_size.iter().take_while(dust).count();
        let mut places = by_size.split_off(dust);
        places.sort_unstable();
        let (row, column) = (|place: usize| place % root.nrows(), |place: usize| place / root.nrows());
        let (row_numbers, rows) = numbered(places.iter().map(|&p| row(p)), root.nrows());
        let (column_numbers, columns) = numbered(places.iter().map(|&p| column(p)), root.ncols());
        let gathered = |&place: &usize| {
            let (i, j) = (row_numbers[row(place)], column_numbers[column(place)]);
            (if rows <= columns { i + rows * j } else { j + columns * i }, root[place])
        };
        let entries = places.iter().map(gathered).collect();
        Support { rows: rows.min(columns), columns: rows.max(columns), entries, places }
    }

    /// The gathered matrix with these factors on its entries, in their order.
    pub fn gathered(&self, factors: &[Complex]) -> Matrix {
        let mut m = Matrix::zeros(self.rows, self.columns);
        self.entries.iter().zip(factors).for_each(|((place, modulus), factor)| m[*place] = factor * *modulus);
        m
    }

    /// The same where all factors are real.
    pub fn gathered_real(&self, factors: &[f64]) -> RealMatrix {
        let mut m = RealMatrix::zeros(self.rows, self.columns);
        self.entries.iter().zip(factors).for_each(|((place, modulus), factor)| m[*place] = factor * modulus);
        m
    }

    /// Each factor with the place of its entry in the whole matrix, column by column.
    pub fn placed<T: Copy>(&self, factors: &[T]) -> impl Iterator<Item = (usize, T)> {
        self.places.iter().copied().zip(factors.iter().copied())
    }
}

/// Numbers those of `all` lines that occur, in order; returns the number of each line and how many there are.
fn numbered(lines: impl Iterator<Item = usize>, all: usize) -> (Vec<usize>, usize) {
    let mut occurs = vec![false; all];
    lines.for_each(|line| occurs[line] = true);
    let mut count = 0;
    let number = |occurs: bool| {
        count += usize::from(occurs);
        count.saturating_sub(1)
    };
    (occurs.into_iter().map(number).collect(), count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::gamma_bound;
    use crate::linalg::{spectral_norm, svd};

    #[test]
    fn what_is_left_out_does_not_move_the_norm() {
        // A tall matrix: two rows and a column of dust, one row of zeros.
        let w = RealMatrix::from_fn(7, 4, |i, j| match (i, j) {
            (3, _) => 0.0,
            (1 | 5, _) | (_, 2) => 1e-11 * (i + j + 1) as f64,
            _ => 0.1 + ((3 * i + j) % 5) as f64,
        });
        let root = w.map(f64::sqrt);
        let support = Support::of(&root, gamma_bound(&w));
        assert_eq!((support.rows, support.columns, support.entries.len()), (3, 4, 12));
        let signs: Vec<f64> = (0..12).map(|i| if i % 3 == 0 { -1.0 } else { 1.0 }).collect();
        let mut whole = root.clone();
        support.placed(&signs).for_each(|(place, sign)| whole[place] *= sign);
        let (norm, gathered) = (spectral_norm(&whole), spectral_norm(&support.gathered_real(&signs)));
        assert!((norm * norm / (gathered * gathered) - 1.0).abs() < 2e-4, "{norm} {gathered}");
        let complex: Vec<Complex> = signs.iter().map(|s| Complex::I * *s).collect();
        assert!((svd(&support.gathered(&complex)).sigma[0] - gathered).abs() < 1e-13);
        assert!(support.placed(&signs).all(|(place, _)| w[place] >= 0.1));
    }
}
