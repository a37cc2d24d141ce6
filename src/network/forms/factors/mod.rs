//! Blocks given by factors: `W = |A+ B+†|² - |A- B-†|²` elementwise, each factor N x r, so that each sign's amplitudes have
//! rank r whatever W has.

pub(super) mod factor;
mod slopes;

pub use factor::Factor;
pub use slopes::smooth_gamma;

use super::answers::{Amplitudes, Answers, Carrier, Definition, Written};
use super::search::{Demand, Search};
use crate::linalg::{Complex, Matrix, RealMatrix};
use crate::network::NetworkError;
use crate::network::rows::matrix;
use crate::signs::{Sign, Signs};
use serde::{Deserialize, Serialize};
use slopes::{charge_gamma, through_squares};
use std::borrow::Cow;

/// The factors of a block; a sign that is left out has no entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factors(pub Signs<Option<Factor>>);

impl Factors {
    /// W, N x N.
    ///
    /// # Panics
    /// If both signs are left out.
    pub fn weight(&self) -> RealMatrix {
        weight_of(&self.products())
    }

    /// `A B†` of each sign.
    fn products(&self) -> Signs<Option<Matrix>> {
        self.0.as_options().map_present(Factor::amplitudes)
    }

    /// A, then B of each sign.
    fn sides(&self) -> impl Iterator<Item = &Matrix> {
        self.0.present().flat_map(|(_, factor)| [&factor.left, &factor.right])
    }

    /// The same, to change them.
    fn sides_mut(&mut self) -> impl Iterator<Item = &mut Matrix> {
        self.0.present_mut().flat_map(|(_, factor)| [&mut factor.left, &mut factor.right])
    }
}

/// W from the amplitudes of plus and minus.
fn weight_of(amplitudes: &Signs<Option<Matrix>>) -> RealMatrix {
    let squares = |amplitudes: &Matrix| amplitudes.map(|z| z.norm_sqr());
    match (&amplitudes.plus, &amplitudes.minus) {
        (Some(plus), Some(minus)) => squares(plus) - squares(minus),
        (Some(plus), None) => squares(plus),
        (None, Some(minus)) => -squares(minus),
        (None, None) => panic!("a block has entries of one sign at least"),
    }
}

/// The entries of a complex matrix in a row, real parts before imaginary ones.
fn in_a_row(m: &Matrix) -> impl Iterator<Item = f64> {
    m.iter().map(|z| z.re).chain(m.iter().map(|z| z.im))
}

impl Answers for Factors {
    fn name(&self) -> &'static str {
        "factors"
    }

    fn weight(&self) -> Cow<'_, RealMatrix> {
        Cow::Owned(self.weight())
    }

    fn definition(&self) -> Definition<'_> {
        Definition::Products(&self.0)
    }

    fn amplitudes(&self) -> Amplitudes {
        Amplitudes::Scaled(self.products())
    }

    fn refusal(&self, carrier: Carrier) -> Option<String> {
        match carrier {
            Carrier::Tensors => Some("given by factors, which tensors cannot say: expected weights, or JSON".into()),
            Carrier::QuantumInputs => {
                Some("given by factors, whose low rank comes from phases that are free for diagonal states only".into())
            }
            Carrier::Compression => None,
        }
    }

    fn scale(&mut self, by: f64) {
        // |A B†|² grows by the fourth power.
        let root = Complex::from(by.powf(0.25));
        self.sides_mut().for_each(|side| *side *= root);
    }

    /// Of each sign A, then B, real parts before imaginary ones.
    fn parameters(&self) -> Vec<f64> {
        self.sides().flat_map(in_a_row).collect()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        let mut rest = values;
        for side in self.sides_mut() {
            let (re, others) = rest.split_at(side.len());
            let (im, others) = others.split_at(side.len());
            side.iter_mut().zip(re.iter().zip(im)).for_each(|(z, (re, im))| *z = Complex::new(*re, *im));
            rest = others;
        }
        assert!(rest.is_empty(), "as many values as the factors have");
    }

    fn search(&self) -> Box<dyn Search + '_> {
        let amplitudes = self.products();
        Box::new(FactorsSearch { factors: self, weight: weight_of(&amplitudes), amplitudes })
    }
}

/// Factors, multiplied.
struct FactorsSearch<'a> {
    factors: &'a Factors,
    amplitudes: Signs<Option<Matrix>>,
    weight: RealMatrix,
}

impl Search for FactorsSearch<'_> {
    fn map(&self) -> &RealMatrix {
        &self.weight
    }

    /// Gamma by its smooth bound.
    fn variance(&self) -> Option<RealMatrix> {
        let mut sum = RealMatrix::zeros(self.weight.nrows(), self.weight.ncols());
        for ((_, factor), (_, amplitudes)) in self.factors.0.present().zip(self.amplitudes.present()) {
            sum += amplitudes.map(|z| z.norm_sqr()) * smooth_gamma(factor).0;
        }
        Some(sum)
    }

    fn slopes(self: Box<Self>, demand: &Demand<'_>) -> (f64, Vec<f64>) {
        let through = |((sign, factor), (_, amplitudes)): ((Sign, &Factor), (Sign, &Matrix))| {
            through_squares(factor, amplitudes, &(demand.by_map * sign.factor()))
        };
        let mut parts: Vec<(Matrix, Matrix)> =
            self.factors.0.present().zip(self.amplitudes.present()).map(through).collect();
        let factors = self.factors.0.present().map(|(_, factor)| factor);
        let charge = charge_gamma(factors, demand.gamma_weight, demand.bounds, &mut parts);
        (charge, parts.iter().flat_map(|(left, right)| [left, right]).flat_map(in_a_row).collect())
    }
}

/// W = |A+ B+†|² - |A- B-†|² elementwise; a sign without entries is left out.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct FactorsFile {
    /// Of the positive part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plus: Option<FactorFile>,
    /// Of the negative part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minus: Option<FactorFile>,
}

/// Complex numbers are pairs [re, im].
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct FactorFile {
    /// A: N rows of r entries.
    a: Vec<Vec<[f64; 2]>>,
    /// B: N rows of r entries.
    b: Vec<Vec<[f64; 2]>>,
}

impl FactorFile {
    fn of(factor: &Factor) -> FactorFile {
        let rows = |m: &Matrix| m.row_iter().map(|row| row.iter().map(|z| [z.re, z.im]).collect()).collect();
        FactorFile { a: rows(&factor.left), b: rows(&factor.right) }
    }

    fn read(&self, place: &str) -> Result<Factor, NetworkError> {
        let side = |rows: &[Vec<[f64; 2]>], name: &str| {
            let part = |i: usize| rows.iter().map(|row| row.iter().map(|z| z[i]).collect()).collect::<Vec<Vec<f64>>>();
            let place = format!("{place}.{name}");
            Ok::<_, NetworkError>(matrix(&part(0), &place)?.zip_map(&matrix(&part(1), &place)?, Complex::new))
        };
        let (left, right) = (side(&self.a, "a")?, side(&self.b, "b")?);
        if left.shape() != right.shape() {
            let (a, b) = (left.shape(), right.shape());
            let problem = format!("a is {} x {}, b is {} x {}: expected the same", a.0, a.1, b.0, b.1);
            return Err(NetworkError::value(place, problem));
        }
        Ok(Factor { left, right })
    }
}

impl Written for Factors {
    type Piece = FactorsFile;

    fn read(given: &FactorsFile, _: Option<f64>, place: &str) -> Result<Factors, NetworkError> {
        let sign = |file: &Option<FactorFile>, name: &str| {
            file.as_ref().map(|file| file.read(&format!("{place}factors.{name}"))).transpose()
        };
        let factors = Factors(Signs { plus: sign(&given.plus, "plus")?, minus: sign(&given.minus, "minus")? });
        let sides: Vec<usize> = factors.0.present().map(|(_, factor)| factor.left.nrows()).collect();
        if sides.is_empty() || sides[0] != sides[sides.len() - 1] {
            let problem = format!("{} signs of {sides:?} rows: expected at least one, all of N rows", sides.len());
            return Err(NetworkError::value(format!("{place}factors"), problem));
        }
        Ok(factors)
    }

    fn piece(&self) -> FactorsFile {
        let Signs { plus, minus } = self.0.as_options().map_present(FactorFile::of);
        FactorsFile { plus, minus }
    }
}
