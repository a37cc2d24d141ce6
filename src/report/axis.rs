//! Axes: where values go and which of them are written down.

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Evenly.
    Linear,
    /// By powers of ten.
    Log,
    /// Evenly, not from zero: for values that are all far from it.
    Near,
    /// Evenly, whole numbers alone being written down: epochs, blocks.
    Whole,
}

/// Divisions of an evenly divided axis, about.
const DIVISIONS: f64 = 5.0;

/// A round step that divides a range into about five: 1, 2 or 5 times a power of ten.
fn step(range: f64, whole: bool) -> f64 {
    let rough = range / DIVISIONS;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|s| *s >= rough * (1.0 - 1e-9));
    let step = step.unwrap_or(rough);
    if whole { step.max(1.0).round() } else { step }
}

/// 1, 2 and 5 times powers of ten between two values, ends included.
fn round_values(low: f64, high: f64) -> Vec<f64> {
    let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let all = powers.flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(e)));
    all.filter(|v| (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(v)).collect()
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
    /// An axis over `values` drawn between `from` and `to`. Where it is `rounded` it ends at values that are written down, a linear one at zero as well.
    pub(super) fn over(scale: Scale, values: impl Iterator<Item = f64>, rounded: bool, from: f64, to: f64) -> Axis {
        let usable = values.filter(|v| v.is_finite() && (scale != Scale::Log || *v > 0.0));
        let (low, high) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (mut low, mut high) = if low <= high { (low, high) } else { (0.1, 1.0) };
        if scale == Scale::Log {
            if rounded {
                (low, high) = Axis::rounded_powers(low, high);
            }
            if low >= high {
                (low, high) = (low / 2.0, high * 2.0);
            }
            return Axis { scale, low, high, from, to };
        }
        if scale == Scale::Linear && rounded {
            low = low.min(0.0);
        }
        if low >= high {
            (low, high) = match scale {
                // A single value stands in the middle, and is all that is written down.
                Scale::Whole => return Axis { scale, low: low - 0.5, high: low + 0.5, from, to },
                Scale::Near => (low - 1.0, high + 1.0),
                Scale::Linear | Scale::Log => (low, low + 1.0),
            };
        }
        // Ends that are rounded may ask for a larger step, to which they are rounded again.
        for _ in 0..3 * usize::from(rounded) {
            let step = step(high - low, scale == Scale::Whole);
            // What is 7 but for rounding ends at 7.
            (low, high) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        }
        Axis { scale, low, high, from, to }
    }

    /// The nearest round values outside: powers of ten where there are several, else 1, 2 or 5 times those.
    fn rounded_powers(low: f64, high: f64) -> (f64, f64) {
        if high / low > 50.0 {
            return (10f64.powf((low.log10() + 1e-9).floor()), 10f64.powf((high.log10() - 1e-9).ceil()));
        }
        let below = round_values(low / 10.0, low).last().copied();
        (below.unwrap_or(low), round_values(high, high * 10.0).first().copied().unwrap_or(high))
    }

    /// A linear axis with these ends.
    pub(super) fn between(low: f64, high: f64, from: f64, to: f64) -> Axis {
        Axis { scale: Scale::Linear, low, high, from, to }
    }

    /// The place of a value; what is off the axis is put at its end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear | Scale::Near | Scale::Whole => (value - self.low) / (self.high - self.low),
            Scale::Log if value <= 0.0 => 0.0,
            Scale::Log => (value / self.low).log10() / (self.high / self.low).log10(),
        };
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Values to write down: two to eight round ones, or the single whole one that there is.
    pub(super) fn ticks(&self) -> Vec<f64> {
        if self.scale != Scale::Log {
            let step = step(self.high - self.low, self.scale == Scale::Whole);
            let first = (self.low / step - 1e-9).ceil() as i64;
            return (first..).map(|k| k as f64 * step).take_while(|v| *v <= self.high + 1e-9 * step).collect();
        }
        let lowest = (self.low * (1.0 - 1e-9)).log10().ceil() as i32;
        let highest = (self.high * (1.0 + 1e-9)).log10().floor() as i32;
        if highest - lowest >= 2 {
            // Eight powers would stand too close to each other.
            let every = (highest - lowest) as usize / 7 + 1;
            return (lowest..=highest).step_by(every).map(|e| 10f64.powi(e)).collect();
        }
        let round = round_values(self.low, self.high);
        if round.len() >= 2 { round } else { vec![self.low, self.high] }
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
        assert_eq!(axis.ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let axis = Axis::over(Scale::Linear, [1.0, 300.0].into_iter(), false, 0.0, 100.0);
        assert_eq!(axis.ticks(), [100.0, 200.0, 300.0]);
        let ticks = |scale, low, high| Axis::over(scale, [low, high].into_iter(), true, 0.0, 100.0).ticks();
        // The highest value is between values that are written down, or one of them.
        assert_eq!(ticks(Scale::Near, 87.0, 99.9), [85.0, 90.0, 95.0, 100.0]);
        assert_eq!(ticks(Scale::Linear, 3.0, 60.0), [0.0, 20.0, 40.0, 60.0]);
        assert_eq!(ticks(Scale::Near, 9.0, 109.0), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(ticks(Scale::Whole, 1.0, 3.0), [1.0, 2.0, 3.0]);
        assert_eq!(ticks(Scale::Log, 1600.0, 9000.0), [1e3, 2e3, 5e3, 1e4]);
        assert_eq!(ticks(Scale::Log, 3.0, 4e3), [1.0, 10.0, 100.0, 1e3, 1e4]);
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
        for scale in [Scale::Linear, Scale::Log, Scale::Near, Scale::Whole] {
            for values in [vec![], vec![0.0], vec![5.0, 5.0], vec![f64::NAN]] {
                let axis = Axis::over(scale, values.iter().copied(), true, 0.0, 10.0);
                let least = if scale == Scale::Whole { 1 } else { 2 };
                assert!(axis.ticks().len() >= least && axis.place(5.0).is_finite(), "{scale:?} {values:?}");
            }
        }
        let alone = Axis::over(Scale::Whole, [5.0].into_iter(), false, 0.0, 10.0);
        assert_eq!((alone.ticks(), alone.place(5.0)), (vec![5.0], 5.0));
    }
}
