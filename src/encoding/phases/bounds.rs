//! What gamma cannot get below, whatever the phases.

use crate::linalg::RealMatrix;

/// gamma*, below which no phases get: the largest row or column sum of a matrix without negative entries.
pub fn gamma_bound(weight: &RealMatrix) -> f64 {
    let rows = weight.row_iter().map(|row| row.sum()).fold(0.0, f64::max);
    weight.column_iter().map(|column| column.sum()).fold(rows, f64::max)
}

/// What the gamma of one circuit for both signs cannot get below: the largest sum of moduli of a column of W, since that is
/// all that shots from one basis state can say.
pub fn joint_gamma_bound(weight: &RealMatrix) -> f64 {
    weight.column_iter().map(|column| column.iter().map(|w| w.abs()).sum()).fold(0.0, f64::max)
}

/// Rows and columns that [`least_gamma`] starts from, those with the largest sums.
const CENTRES: usize = 3;

/// Steps of its ascent.
const ASCENT: usize = 200;

/// A bound on gamma that no phases of the entries of `root` get below, at least gamma*; it looks at how rows overlap.
///
/// Where one product `|M_in M_kn|` outweighs all others of two rows, no phases make them orthogonal: `|G_ik|` of the Gram
/// matrix is at least the largest product less the others, and at most their sum g_ik. Of a vector of moduli v the phases
/// can be chosen so that its terms with one row, the centre, are positive; so `λ(G) >= Σ v_i² g_ii + 2 v_c Σ v_k |G_ck| -
/// 2 Σ v_k v_l g_kl` for every v >= 0, of which an ascent finds a good one.
pub fn least_gamma(root: &RealMatrix) -> f64 {
    let largest = root.amax();
    if largest == 0.0 {
        return 0.0;
    }
    let scaled = root / largest;
    over_rows(&scaled).max(over_rows(&scaled.transpose())) * largest * largest
}

fn over_rows(m: &RealMatrix) -> f64 {
    let gram = m * m.transpose();
    let mut centres: Vec<usize> = (0..m.nrows()).collect();
    centres.sort_by(|a, b| gram[(*b, *b)].total_cmp(&gram[(*a, *a)]));
    let around = |&centre: &usize| {
        let mut least = -&gram;
        least.set_diagonal(&gram.diagonal());
        for k in (0..m.nrows()).filter(|k| *k != centre) {
            let most = (0..m.ncols()).map(|n| m[(centre, n)] * m[(k, n)]).fold(0.0, f64::max);
            let overlap = (2.0 * most - gram[(centre, k)]).max(0.0);
            (least[(centre, k)], least[(k, centre)]) = (overlap, overlap);
        }
        let mut v = RealMatrix::from_element(m.nrows(), 1, 1e-2);
        v[centre] = 1.0;
        for _ in 0..ASCENT {
            v += &least * &v / gram[(centre, centre)].max(f64::MIN_POSITIVE);
            v.apply(|x| *x = x.max(0.0));
            v /= v.norm();
        }
        v.dot(&(&least * &v)).max(gram[(centre, centre)])
    };
    centres.iter().take(CENTRES).map(around).fold(0.0, f64::max)
}
