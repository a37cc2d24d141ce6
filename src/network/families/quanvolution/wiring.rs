//! Residual wirings by the names that the paper has for them (its Table 2 and Figs. 3, 7, 8 and 11).

/// Wirings with a name: for each layer the streams that are added to what it makes.
const NAMED: [(&str, &[&[usize]]); 9] = [
    ("one", &[&[]]),
    ("none", &[&[], &[]]),
    ("X+O1", &[&[0], &[]]),
    ("O1+O2", &[&[], &[1]]),
    ("X+O2", &[&[], &[0]]),
    ("(X+O1)+O2", &[&[0], &[1]]),
    ("three", &[&[], &[], &[]]),
    ("(O1+O2)+O3", &[&[], &[1], &[2]]),
    ("((X+O1)+O2)+O3", &[&[0], &[1], &[2]]),
];

/// The names, in the order of the paper.
pub fn wiring_names() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(name, _)| *name)
}

/// The skips of a wiring by its name, whatever its spaces; a list for each layer.
pub fn wiring(name: &str) -> Option<Vec<Vec<usize>>> {
    let bare: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let (_, skips) = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(&bare))?;
    Some(skips.iter().map(|skip| skip.to_vec()).collect())
}

/// What the paper calls a wiring, or its lists, like `[[0],[],[2]]`.
pub fn wiring_name(skips: &[Vec<usize>]) -> String {
    let known =
        NAMED.iter().find(|(_, known)| known.len() == skips.len() && known.iter().zip(skips).all(|(a, b)| a == b));
    known.map_or_else(|| format!("{skips:?}").replace(' ', ""), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_skips_are_the_same_wirings() {
        for name in wiring_names() {
            assert_eq!(wiring_name(&wiring(name).unwrap()), name);
        }
        assert_eq!(wiring(" (x + O1) + o2 "), Some(vec![vec![0], vec![1]]));
        assert_eq!(wiring("O2+O1"), None);
        assert_eq!(wiring_name(&[vec![0], vec![], vec![0, 2]]), "[[0],[],[0,2]]");
    }
}
