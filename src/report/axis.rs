//! Axes: where values go and which of them are written down.

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Evenly.
    Linear,
    /// By powers of ten.
    Log,
    /// Evenly, from a little below the lowest value: for values that are all far from zero.
    Near,
}

/// A range of values and its place on the page.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    scale: Scale,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis over `values` drawn between `from` and `to`; a linear one starts at zero if `from_zero`.
    pub(super) fn over(scale: Scale, values: impl Iterator<Item = f64>, from_zero: bool, from: f64, to: f64) -> Axis {
        let usable = values.filter(|v| v.is_finite() && (scale != Scale::Log || *v > 0.0));
        let (low, high) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (mut low, mut high) = if low <= high { (low, high) } else { (0.1, 1.0) };
        match scale {
            Scale::Linear => {
                if from_zero {
                    low = 0.0;
                    high *= 1.05;
                }
                if low >= high {
                    high = low + 1.0;
                }
            }
            Scale::Near => {
                low -= 0.1 * (high - low);
                if low >= high {
                    (low, high) = (low - 1.0, high + 1.0);
                }
            }
            Scale::Log => {
                if from_zero {
                    (low, high) = (10f64.powf(low.log10().floor()), 10f64.powf(high.log10().ceil()));
                }
                if low >= high {
                    (low, high) = (low / 2.0, high * 2.0);
                }
            }
        }
        Axis { scale, low, high, from, to }
    }

    /// A linear axis with these ends.
    pub(super) fn between(low: f64, high: f64, from: f64, to: f64) -> Axis {
        Axis { scale: Scale::Linear, low, high, from, to }
    }

    /// The place of a value; what is off the axis is put at its end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear | Scale::Near => (value - self.low) / (self.high - self.low),
            Scale::Log if value <= 0.0 => 0.0,
            Scale::Log => (value / self.low).log10() / (self.high / self.low).log10(),
        };
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Values to write down: three to seven round ones.
    pub(super) fn ticks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear | Scale::Near => {
                let rough = (self.high - self.low) / 5.0;
                let power = 10f64.powf(rough.log10().floor());
                let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
                let first = (self.low / step).ceil() as i64;
                (first..).map(|k| k as f64 * step).take_while(|v| *v <= self.high * (1.0 + 1e-12)).collect()
            }
            Scale::Log => {
                let decades: Vec<f64> = (self.low.log10().ceil() as i32..=self.high.log10().floor() as i32)
                    .map(|e| 10f64.powi(e))
                    .collect();
                if decades.len() >= 2 { decades } else { vec![self.low, self.high] }
            }
        }
    }
}

/// A number as short as it can be read: `0.25`, `1e4`.
pub(super) fn short(value: f64) -> String {
    // 1000 beside 1e4 on one axis would look like a slip.
    if value != 0.0 && (!(1e-3..1e4).contains(&value.abs()) || value == 1e3) {
        let text = format!("{value:.1e}");
        return text.replace(".0e", "e");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let axis = Axis::over(Scale::Linear, [3.0, 97.0].into_iter(), true, 0.0, 100.0);
        assert_eq!(axis.ticks(), [0.0, 50.0, 100.0]);
        let axis = Axis::over(Scale::Linear, [1.0, 300.0].into_iter(), false, 0.0, 100.0);
        assert_eq!(axis.ticks(), [100.0, 200.0, 300.0]);
        let axis = Axis::over(Scale::Log, [1e3, 1e6].into_iter(), false, 0.0, 90.0);
        assert_eq!(axis.ticks().iter().map(|t| short(*t)).collect::<Vec<_>>(), ["1e3", "1e4", "1e5", "1e6"]);
        assert!((axis.place(1e5) - 60.0).abs() < 1e-9);
        assert_eq!((axis.place(0.0), axis.place(1e9)), (0.0, 90.0));
        assert_eq!(
            (short(0.25), short(0.0), short(12.5), short(2.5e-5)),
            ("0.25".into(), "0".into(), "12.5".into(), "2.5e-5".into())
        );
    }

    #[test]
    fn nothing_or_one_value_still_makes_an_axis() {
        for scale in [Scale::Linear, Scale::Log] {
            for values in [vec![], vec![0.0], vec![5.0, 5.0], vec![f64::NAN]] {
                let axis = Axis::over(scale, values.iter().copied(), true, 0.0, 10.0);
                assert!(axis.ticks().len() >= 2 && axis.place(5.0).is_finite(), "{scale:?} {values:?}");
            }
        }
    }
}
