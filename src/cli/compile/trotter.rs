//! The `--trotter-…` options of `hqrn-compile`.

use crate::synthesis::trotter::{Formula, Generator, Grouping, Target, TrotterOptions};
use clap::{Args, ValueEnum};

/// Options of `--method trotter`.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of --method trotter")]
pub struct TrotterArgs {
    /// Take the cheapest formula and number of steps whose measured spectral error is at most E (default: 1e-3)
    #[arg(long, value_name = "E", value_parser = error, conflicts_with = "trotter_steps")]
    trotter_error: Option<f64>,
    /// Order of the formula: 1, 2, 4, 6 or 8 (default: any with --trotter-error, 2 with --trotter-steps)
    #[arg(long, value_name = "K", value_parser = ["1", "2", "4", "6", "8"])]
    trotter_order: Option<String>,
    /// Number of steps, whatever the error
    #[arg(long, value_name = "R", value_parser = clap::value_parser!(u32).range(1..))]
    trotter_steps: Option<u32>,
    /// Family of formulas (default: any with --trotter-error, suzuki with --trotter-steps)
    #[arg(long, value_enum)]
    trotter_formula: Option<Family>,
    /// What is exponentiated
    #[arg(long, value_enum)]
    trotter_generator: Option<GeneratorArg>,
    /// What is exponentiated at once
    #[arg(long, value_enum)]
    trotter_grouping: Option<GroupingArg>,
    /// Leave out Pauli strings with smaller coefficients; the error counts them in (default: 0)
    #[arg(long, value_name = "C", value_parser = crate::cli::arguments::tolerance)]
    trotter_cutoff: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Family {
    /// Orders 1, 2 and Suzuki's five factors for 4, 6, 8
    Suzuki,
    /// Three factors, as the paper prints them, for 4, 6, 8: of second order whatever is asked
    Paper,
    /// Two stages, order 2
    Mclachlan,
    /// Four stages, order 4
    Omelyan,
    /// Six stages, order 4, or ten, order 6
    BlanesMoan,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GeneratorArg {
    /// U(M) = exp(-iH) X: half the strings, the smallest norm (default)
    OffDiagonal,
    /// U(M) = exp(-iH), as in the paper
    Logarithm,
    /// V and W† each, the rotations between them exactly
    Factors,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GroupingArg {
    /// Commuting classes, one CX a string (default)
    Classes,
    /// String by string in lexicographic order, as in textbooks
    Strings,
}

/// Below this the measured error is rounding.
const SMALLEST_ERROR: f64 = 1e-11;

fn error(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (SMALLEST_ERROR..=2.0).contains(&value) => Ok(value),
        _ => Err(format!("expected a spectral error from {SMALLEST_ERROR:e} to 2")),
    }
}

impl Family {
    fn formula(self, order: u8) -> Formula {
        match self {
            Family::Suzuki => Formula::Suzuki(order),
            Family::Paper => Formula::Paper(order),
            Family::Mclachlan => Formula::McLachlan,
            Family::Omelyan => Formula::Omelyan,
            Family::BlanesMoan => Formula::BlanesMoan(order),
        }
    }

    /// The orders that may be asked of it, the default first.
    fn orders(self) -> &'static [u8] {
        match self {
            Family::Suzuki => &[2, 1, 4, 6, 8],
            Family::Paper => &[4, 6, 8],
            Family::Mclachlan => &[2],
            Family::Omelyan => &[4],
            Family::BlanesMoan => &[4, 6],
        }
    }
}

impl TrotterArgs {
    /// The options as the library takes them; what is not said is as in the paper, or as costs least.
    pub fn options(&self, paper: bool) -> Result<TrotterOptions, String> {
        let order = self.trotter_order.as_ref().and_then(|k| k.parse::<u8>().ok());
        if let (Some(family), Some(order)) = (self.trotter_formula, order)
            && !family.orders().contains(&order)
        {
            let name = family.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
            let orders: Vec<String> = family.orders().iter().map(u8::to_string).collect();
            return Err(format!("--trotter-formula {name} has order {}, not {order}", orders.join(" or ")));
        }
        let target = match self.trotter_steps {
            Some(steps) => {
                let family = self.trotter_formula.unwrap_or(Family::Suzuki);
                let formula = family.formula(order.unwrap_or(family.orders()[0]));
                Target::Steps { formula, steps: steps as usize }
            }
            None => {
                let family = self.trotter_formula.or(paper.then_some(Family::Suzuki));
                Target::Error { at_most: self.trotter_error.unwrap_or(1e-3), formulas: candidates(family, order) }
            }
        };
        Ok(TrotterOptions {
            generator: match self.trotter_generator {
                None if paper => Generator::Logarithm,
                None | Some(GeneratorArg::OffDiagonal) => Generator::OffDiagonal,
                Some(GeneratorArg::Logarithm) => Generator::Logarithm,
                Some(GeneratorArg::Factors) => Generator::Factors,
            },
            grouping: match self.trotter_grouping {
                None if paper => Grouping::Strings,
                None | Some(GroupingArg::Classes) => Grouping::Classes,
                Some(GroupingArg::Strings) => Grouping::Strings,
            },
            cutoff: self.trotter_cutoff.unwrap_or(0.0),
            target,
        })
    }

    /// An error if any of these options is given.
    pub fn refuse_without_method(&self) -> Result<(), String> {
        let given = [
            ("error", self.trotter_error.is_some()),
            ("order", self.trotter_order.is_some()),
            ("steps", self.trotter_steps.is_some()),
            ("formula", self.trotter_formula.is_some()),
            ("generator", self.trotter_generator.is_some()),
            ("grouping", self.trotter_grouping.is_some()),
            ("cutoff", self.trotter_cutoff.is_some()),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("--trotter-{name} needs --method trotter")),
            None => Ok(()),
        }
    }
}

/// The formulas that family and order leave to choose from.
fn candidates(family: Option<Family>, order: Option<u8>) -> Vec<Formula> {
    match family {
        Some(family) => {
            let orders = family.orders().iter().filter(|k| order.is_none_or(|order| order == **k));
            orders.map(|k| family.formula(*k)).collect()
        }
        None if order == Some(8) => vec![Formula::Suzuki(8)],
        None => Formula::ALL.into_iter().filter(|f| order.is_none_or(|order| order == f.order())).collect(),
    }
}
