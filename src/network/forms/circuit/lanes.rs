//! Numbers in wide registers, in either precision: what the loops over amplitudes are written in.

use crate::linalg::Real;
use pulp::Simd;

/// A precision that comes in wide registers.
pub trait Lanes: Real {
    /// As many numbers as a register holds.
    type Wide<S: Simd>: Copy;

    /// A list as registers.
    ///
    /// # Panics
    /// If its length is no multiple of the width.
    fn wide<S: Simd>(list: &mut [Self]) -> &mut [Self::Wide<S>];

    /// The same number everywhere.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Wide<S>;

    /// Sums, number by number.
    fn plus<S: Simd>(simd: S, a: Self::Wide<S>, b: Self::Wide<S>) -> Self::Wide<S>;

    /// Differences.
    fn minus<S: Simd>(simd: S, a: Self::Wide<S>, b: Self::Wide<S>) -> Self::Wide<S>;

    /// Products.
    fn times<S: Simd>(simd: S, a: Self::Wide<S>, b: Self::Wide<S>) -> Self::Wide<S>;
}

macro_rules! lanes {
    ($float:ty, $wide:ident, $list:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident) => {
        impl Lanes for $float {
            type Wide<S: Simd> = S::$wide;

            #[inline(always)]
            fn wide<S: Simd>(list: &mut [Self]) -> &mut [S::$wide] {
                let (wide, rest) = S::$list(list);
                assert!(rest.is_empty(), "whole registers");
                wide
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$wide {
                simd.$splat(value)
            }

            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: S::$wide, b: S::$wide) -> S::$wide {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn minus<S: Simd>(simd: S, a: S::$wide, b: S::$wide) -> S::$wide {
                simd.$sub(a, b)
            }

            #[inline(always)]
            fn times<S: Simd>(simd: S, a: S::$wide, b: S::$wide) -> S::$wide {
                simd.$mul(a, b)
            }
        }
    };
}

lanes!(f32, f32s, as_mut_simd_f32s, splat_f32s, add_f32s, sub_f32s, mul_f32s);
lanes!(f64, f64s, as_mut_simd_f64s, splat_f64s, add_f64s, sub_f64s, mul_f64s);
