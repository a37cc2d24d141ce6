//! What a layer may make of its sums.

/// The nonlinearity of a layer, entry by entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// z: the layers on both sides are one linear map.
    #[default]
    Identity,
    /// z, and 0.01 z below 0.
    LeakyRelu,
    /// max(z, 0)
    Relu,
    /// tanh z
    Tanh,
}

/// The slope of the leaky rectifier below 0.
const LEAK: f64 = 0.01;

impl Hidden {
    /// Of one entry.
    pub fn of(self, z: f64) -> f64 {
        match self {
            Hidden::Identity => z,
            Hidden::LeakyRelu if z < 0.0 => LEAK * z,
            Hidden::Relu if z < 0.0 => 0.0,
            Hidden::LeakyRelu | Hidden::Relu => z,
            Hidden::Tanh => z.tanh(),
        }
    }

    /// The slope, given what [`Hidden::of`] made of z.
    pub fn slope(self, value: f64) -> f64 {
        match self {
            Hidden::Identity => 1.0,
            Hidden::LeakyRelu if value < 0.0 => LEAK,
            Hidden::Relu if value <= 0.0 => 0.0,
            Hidden::LeakyRelu | Hidden::Relu => 1.0,
            Hidden::Tanh => 1.0 - value * value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_the_values() {
        for hidden in [Hidden::Identity, Hidden::LeakyRelu, Hidden::Relu, Hidden::Tanh] {
            for z in [-2.0, -0.3, 0.4, 1.7] {
                let slope = (hidden.of(z + 1e-6) - hidden.of(z - 1e-6)) / 2e-6;
                approx::assert_abs_diff_eq!(hidden.slope(hidden.of(z)), slope, epsilon = 1e-9);
            }
        }
    }
}
