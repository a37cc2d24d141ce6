//! What exists once a sign: W_P counts as plus, W_N as minus, plus always comes first.
//!
//! `Signs<T>` has something for either sign; `Signs<Option<T>>` lacks what a sign without entries (W_N = 0) or the other
//! half of a split program does not have, and its [`present`](Signs::present) passes over it.

use std::ops::{Index, IndexMut};

/// One of the two signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// Of the entries that count as positive, W_P.
    Plus,
    /// Of those that count as negative, W_N.
    Minus,
}

impl Sign {
    /// Both, in order.
    pub const BOTH: Signs<Sign> = Signs { plus: Sign::Plus, minus: Sign::Minus };

    /// `plus` or `minus`.
    pub fn name(self) -> &'static str {
        match self {
            Sign::Plus => "plus",
            Sign::Minus => "minus",
        }
    }

    /// What it counts in W: 1 or -1.
    pub fn factor(self) -> f64 {
        match self {
            Sign::Plus => 1.0,
            Sign::Minus => -1.0,
        }
    }
}

/// One value a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signs<T> {
    /// Of W_P.
    pub plus: T,
    /// Of W_N.
    pub minus: T,
}

impl<T> Signs<T> {
    /// Both by reference.
    pub fn as_ref(&self) -> Signs<&T> {
        Signs { plus: &self.plus, minus: &self.minus }
    }

    /// Both by mutable reference.
    pub fn as_mut(&mut self) -> Signs<&mut T> {
        Signs { plus: &mut self.plus, minus: &mut self.minus }
    }

    /// The same of each, plus first.
    pub fn map<U>(self, mut of: impl FnMut(T) -> U) -> Signs<U> {
        Signs { plus: of(self.plus), minus: of(self.minus) }
    }

    /// The same of each, at once where there is a thread to spare.
    pub fn map_in_parallel<U: Send>(self, of: impl Fn(T) -> U + Sync) -> Signs<U>
    where
        T: Send,
    {
        let (plus, minus) = rayon::join(|| of(self.plus), || of(self.minus));
        Signs { plus, minus }
    }

    /// The same of each, plus first.
    ///
    /// # Errors
    /// The first.
    pub fn try_map<U, E>(self, of: impl FnMut(T) -> Result<U, E>) -> Result<Signs<U>, E> {
        self.map(of).transpose()
    }

    /// Pairs with what another has of the same sign.
    pub fn zip<U>(self, other: Signs<U>) -> Signs<(T, U)> {
        Signs { plus: (self.plus, other.plus), minus: (self.minus, other.minus) }
    }

    /// Both with their signs, plus first.
    pub fn iter(&self) -> impl Iterator<Item = (Sign, &T)> {
        self.as_ref().into_iter()
    }
}

impl<T, E> Signs<Result<T, E>> {
    /// Both, where neither is an error.
    ///
    /// # Errors
    /// The first.
    pub fn transpose(self) -> Result<Signs<T>, E> {
        Ok(Signs { plus: self.plus?, minus: self.minus? })
    }
}

impl<T> Signs<Option<T>> {
    /// Neither.
    pub const NONE: Signs<Option<T>> = Signs { plus: None, minus: None };

    /// Those that are there with their signs, plus first.
    pub fn present(&self) -> impl Iterator<Item = (Sign, &T)> {
        self.iter().filter_map(|(sign, value)| Some((sign, value.as_ref()?)))
    }

    /// The same to change them.
    pub fn present_mut(&mut self) -> impl Iterator<Item = (Sign, &mut T)> {
        self.as_mut().into_iter().filter_map(|(sign, value)| Some((sign, value.as_mut()?)))
    }

    /// References to what is there.
    pub fn as_options(&self) -> Signs<Option<&T>> {
        self.as_ref().map(Option::as_ref)
    }

    /// The same of each that is there, plus first.
    pub fn map_present<U>(self, mut of: impl FnMut(T) -> U) -> Signs<Option<U>> {
        self.map(|value| value.map(&mut of))
    }

    /// The same of each that is there, plus first.
    ///
    /// # Errors
    /// The first.
    pub fn try_map_present<U, E>(self, mut of: impl FnMut(T) -> Result<U, E>) -> Result<Signs<Option<U>>, E> {
        self.try_map(|value| value.map(&mut of).transpose())
    }

    /// Both, if both are there.
    pub fn both(self) -> Option<Signs<T>> {
        Some(Signs { plus: self.plus?, minus: self.minus? })
    }
}

impl<T> IntoIterator for Signs<T> {
    type Item = (Sign, T);
    type IntoIter = std::array::IntoIter<(Sign, T), 2>;

    fn into_iter(self) -> Self::IntoIter {
        [(Sign::Plus, self.plus), (Sign::Minus, self.minus)].into_iter()
    }
}

impl<T> Index<Sign> for Signs<T> {
    type Output = T;

    fn index(&self, sign: Sign) -> &T {
        match sign {
            Sign::Plus => &self.plus,
            Sign::Minus => &self.minus,
        }
    }
}

impl<T> IndexMut<Sign> for Signs<T> {
    fn index_mut(&mut self, sign: Sign) -> &mut T {
        match sign {
            Sign::Plus => &mut self.plus,
            Sign::Minus => &mut self.minus,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_comes_first_and_what_is_missing_stays_missing() {
        let names: Vec<&str> = Sign::BOTH.into_iter().map(|(sign, again)| (sign.name(), again).0).collect();
        assert_eq!(names, ["plus", "minus"]);
        let numbers = Signs { plus: 3.0, minus: 5.0 };
        let signed: f64 = numbers.iter().map(|(sign, x)| sign.factor() * x).sum();
        assert_eq!(signed, -2.0);
        let (mut order, pairs) = (vec![], numbers.zip(Sign::BOTH));
        let doubled = pairs.map(|(x, sign)| {
            order.push(sign);
            2.0 * x
        });
        assert_eq!((doubled, order), (Signs { plus: 6.0, minus: 10.0 }, vec![Sign::Plus, Sign::Minus]));
        assert_eq!(numbers.map_in_parallel(|x| 2.0 * x), doubled);

        let mut half = Signs { plus: None, minus: Some(7) };
        half.present_mut().for_each(|(_, x)| *x += 1);
        assert_eq!(half.present().collect::<Vec<_>>(), [(Sign::Minus, &8)]);
        assert_eq!((half.map_present(|x| x + 1), half.both()), (Signs { plus: None, minus: Some(9) }, None));
        half[Sign::Plus] = Some(1);
        assert_eq!((half[Sign::Plus], half.both()), (Some(1), Some(Signs { plus: 1, minus: 8 })));
        assert_eq!(half.as_options().plus, Some(&1));
    }

    #[test]
    fn the_first_error_is_the_one_reported() {
        let bad = |x: i32| if x < 0 { Err(x) } else { Ok(x) };
        assert_eq!(Signs { plus: -1, minus: -2 }.try_map(bad), Err(-1));
        assert_eq!(Signs { plus: 1, minus: 2 }.try_map(bad), Ok(Signs { plus: 1, minus: 2 }));
        assert_eq!(Signs { plus: None, minus: Some(-2) }.try_map_present(bad), Err(-2));
        assert_eq!(Signs { plus: Some(4), minus: None }.try_map_present(bad), Ok(Signs { plus: Some(4), minus: None }));
    }

    #[test]
    fn either_sign_is_written_by_name() {
        let text = r#"{"plus":1.5,"minus":null}"#;
        let read: Signs<Option<f64>> = serde_json::from_str(text).unwrap();
        assert_eq!(
            (read, serde_json::to_string(&read).unwrap()),
            (Signs { plus: Some(1.5), minus: None }, text.into())
        );
        assert!(serde_json::from_str::<Signs<Option<f64>>>(r#"{"plus":1,"minus":1,"joint":1}"#).is_err());
    }
}
