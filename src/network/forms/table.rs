//! The table of forms: from its rows come [`Form`], the keys of a block in a weights file, and who answers for what.

use super::answers::{Answers, Written};
use super::circuit::{CircuitFile, Variational};
use super::factors::{Factors, FactorsFile};
use super::unitaries::{Unitaries, UnitaryFile};
use crate::linalg::RealMatrix;
use crate::network::{Activation, NetworkError};
use serde::{Deserialize, Serialize};

macro_rules! forms {
    ($($(#[$doc:meta])* $key:ident: $form:ident($data:ty, $piece:ty);)*) => {
        /// How a block is given.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Form {
            $($(#[$doc])* $form($data),)*
        }

        impl Form {
            pub(super) fn answers(&self) -> &dyn Answers {
                match self { $(Form::$form(form) => form,)* }
            }

            pub(super) fn answers_mut(&mut self) -> &mut dyn Answers {
                match self { $(Form::$form(form) => form,)* }
            }
        }

        $(impl From<$data> for Form {
            fn from(form: $data) -> Form {
                Form::$form(form)
            }
        })*

        #[derive(Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub(in crate::network) struct BlockFile {
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            $key: Option<$piece>,)*
            /// What scales the difference of the probabilities of unitaries or of a circuit; only and always beside them.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
            gamma: Option<f64>,
            /// One entry a row of the weight; zero if left out.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub bias: Option<Vec<f64>>,
            /// Share of the old state in the new, strictly between 0 and 1.
            #[serde(default = "half")]
            #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1)))]
            pub alpha: f64,
            /// The nonlinearity.
            #[serde(default)]
            pub activation: Activation,
        }

        impl BlockFile {
            /// The keys that say how a block is given.
            pub const KEYS: &[&str] = &[$(stringify!($key)),*];

            /// The form as the file has it, and what stands beside it.
            pub fn of(form: &Form, bias: &[f64], alpha: f64, activation: Activation) -> BlockFile {
                BlockFile {
                    $($key: if let Form::$form(form) = form { Some(form.piece()) } else { None },)*
                    gamma: form.gamma(),
                    bias: Some(bias.to_vec()),
                    alpha,
                    activation,
                }
            }

            /// The last form that is given, and the names of all that are.
            fn given(&self, place: &str) -> Result<(Option<Form>, Vec<&'static str>), NetworkError> {
                let (mut form, mut given) = (None, vec![]);
                $(if let Some(piece) = &self.$key {
                    form = Some(Form::$form(Written::read(piece, self.gamma, place)?));
                    given.push(stringify!($key));
                })*
                Ok((form, given))
            }
        }
    };
}

forms! {
    /// Rows, `weight[out][in]`, as in torch.nn.Linear.weight.
    weight: Weight(RealMatrix, Vec<Vec<f64>>);
    /// In place of a weight: factors of low rank.
    factors: Factors(Factors, FactorsFile);
    /// In place of a weight: two-qubit unitaries, for states that need not be diagonal.
    unitary: Unitaries(Unitaries, UnitaryFile);
    /// In place of a weight: a variational circuit, which computes both signs.
    circuit: Circuit(Variational, CircuitFile);
}

impl BlockFile {
    /// The form that is given; `place` is where the block stands, and ends with a dot unless it is empty.
    pub fn form(&self, place: &str) -> Result<Form, NetworkError> {
        let form = match self.given(place)? {
            (Some(form), given) if given.len() == 1 => form,
            (_, given) => {
                let problem = if given.is_empty() { "missing".to_owned() } else { given.join(" and ") };
                let (last, others) = Self::KEYS.split_last().expect("there are forms");
                let problem = format!("{problem}: expected one of {} and {last}", others.join(", "));
                return Err(NetworkError::value(format!("{place}weight"), problem));
            }
        };
        if self.gamma.is_some() && form.gamma().is_none() {
            let problem = "given without unitary or circuit: gamma of weights is found";
            return Err(NetworkError::value(format!("{place}gamma"), problem));
        }
        Ok(form)
    }
}

fn half() -> f64 {
    0.5
}
