//! What the first line of a table says: how cells are separated, and what each column is.

/// Names of a column of labels, in lower case.
const LABELS: [&str; 4] = ["label", "labels", "class", "target"];

/// What the columns of a table are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Between cells: a comma, a semicolon or a tab.
    pub separator: u8,
    /// Names of the columns; empty where the first line is a sample already.
    pub names: Vec<String>,
    /// Whether all names are numbers that count from 0, as frames without names have them, and as samples can be, too.
    pub counted: bool,
    /// The column of labels.
    pub label: Option<usize>,
    /// The column that says of which split a row is.
    pub split: Option<usize>,
}

impl Head {
    /// Of a table with this first line.
    ///
    /// # Errors
    /// If the line is neither names nor a sample, or has columns that cannot be told apart.
    pub fn of(line: &str) -> Result<Head, String> {
        // A decimal comma is common where semicolons or tabs stand between cells.
        let separator = [b'\t', b';'].into_iter().find(|s| line.contains(char::from(*s))).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(line.as_bytes());
        let cells = reader.records().next().transpose().map_err(|error| error.to_string())?.unwrap_or_default();
        let names: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        let numbers: Vec<Option<f64>> = names.iter().map(|name| number(name, separator)).collect();
        let found = numbers.iter().flatten().count();
        // Frames without names of their own number their columns: 0, 1, 2, ...
        let counted = numbers.iter().flatten().enumerate().all(|(i, n)| *n == i as f64) && found > 1;
        let labels: Vec<usize> = columns(&names, &LABELS);
        let splits: Vec<usize> = columns(&names, &["split"]);
        if found == names.len() && found > 0 && !counted {
            return Ok(Head { separator, names: vec![], counted: false, label: None, split: None });
        }
        if found > 0 && !counted && labels.is_empty() && splits.is_empty() {
            let (known, other) = (numbers.iter().position(Option::is_some), numbers.iter().position(Option::is_none));
            let [number, word] = [known, other].map(|column| names[column.unwrap_or_default()].as_str());
            return Err(format!(
                "line 1 has '{number}' and '{word}': expected names of columns, 'label' for the classes"
            ));
        }
        let unnamed = names.iter().position(|name| name.is_empty() || name.starts_with("Unnamed: "));
        if let (Some(column), true) = (unnamed, names.len() > 1) {
            let column = column + 1;
            return Err(format!("column {column} has no name, like an index that was saved along: save without it"));
        }
        let twice = names.iter().enumerate().find(|(i, name)| names[..*i].contains(name));
        if let Some((_, name)) = twice {
            return Err(format!("two columns are called '{name}'"));
        }
        for found in [&labels, &splits] {
            if let [one, two, ..] = found[..] {
                return Err(format!("columns '{}' and '{}': expected one of them", names[one], names[two]));
            }
        }
        let counted = counted && found == names.len();
        Ok(Head { separator, counted, label: labels.first().copied(), split: splits.first().copied(), names })
    }

    /// Whether the first line is a sample.
    pub fn is_missing(&self) -> bool {
        self.names.is_empty()
    }

    /// What messages call a column.
    pub fn name(&self, column: usize) -> String {
        self.names.get(column).cloned().unwrap_or_else(|| (column + 1).to_string())
    }
}

fn columns(names: &[String], wanted: &[&str]) -> Vec<usize> {
    let is_one = |name: &String| wanted.iter().any(|w| name.eq_ignore_ascii_case(w));
    names.iter().enumerate().filter(|(_, name)| is_one(name)).map(|(column, _)| column).collect()
}

/// Whether a text is a number with a decimal comma.
pub(super) fn has_comma(text: &str) -> bool {
    text.contains(',')
}

/// A finite number; with a decimal comma where commas do not stand between cells.
pub(super) fn number(text: &str, separator: u8) -> Option<f64> {
    let text = text.trim();
    let point = match text.split_once(',') {
        Some((whole, rest)) if separator != b',' && !rest.contains([',', '.']) && !whole.contains('.') => {
            text.replace(',', ".")
        }
        _ => text.to_owned(),
    };
    point.parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_many_kinds() {
        let of = |line: &str| Head::of(line).map(|head| (head.is_missing(), head.separator, head.label, head.split));
        for (line, expected) in [
            ("label,a,b", (false, b',', Some(0), None)),
            ("a,b,Class,Split", (false, b',', Some(2), Some(3))),
            ("a;b;target", (false, b';', Some(2), None)),
            ("a\tb\tLABEL", (false, b'\t', Some(2), None)),
            ("5.1,3.5,1.4,0.2", (true, b',', None, None)),
            ("5,1;3,5", (true, b';', None, None)),
            ("7", (true, b',', None, None)),
            ("0,1,2,3", (false, b',', None, None)),
            ("label,0,1,2", (false, b',', Some(0), None)),
            ("0,1,2,target", (false, b',', Some(3), None)),
            ("sepal length (cm),\"sepal, width\"", (false, b',', None, None)),
            ("x", (false, b',', None, None)),
        ] {
            assert_eq!(of(line), Ok(expected), "{line}");
        }
        for (line, expected) in [
            (",a,b,label", "column 1 has no name, like an index"),
            ("a,Unnamed: 0,label", "column 2 has no name"),
            ("label,a,Label", "columns 'label' and 'Label': expected one of them"),
            ("class;a;target", "columns 'class' and 'target'"),
            ("a,split,Split", "columns 'split' and 'Split'"),
            ("a,b,a", "two columns are called 'a'"),
            ("5.1,3.5,1.4,0.2,Iris-setosa", "line 1 has '5.1' and 'Iris-setosa': expected names of columns"),
        ] {
            assert!(of(line).unwrap_err().starts_with(expected), "{line}: {:?}", of(line));
        }
    }

    #[test]
    fn decimal_commas_are_read_where_they_cannot_be_separators() {
        assert_eq!(number(" 1,5 ", b';'), Some(1.5));
        assert_eq!(number("-2,5e-1", b'\t'), Some(-0.25));
        assert_eq!(number("1.5", b';'), Some(1.5));
        for (text, separator) in [("1,5", b','), ("1.234,5", b';'), ("1,234,5", b';'), ("inf", b','), ("nan", b';')] {
            assert_eq!(number(text, separator), None, "{text}");
        }
    }
}
