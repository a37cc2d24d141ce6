//! Tables of a page: they scroll where they are wide, by keys as well; a shade at an edge says that there is more.

use super::markup::escaped;

/// What stands where nothing is known.
const NOTHING: &str = "·";

/// A table; the first column names its rows, and is left-aligned. Columns of which nothing is known are left out. `name` is what it is called by
/// those who hear it.
pub(super) fn table(name: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    let known = |k: &usize| *k == 0 || rows.iter().any(|row| row.get(*k).is_some_and(|cell| cell != NOTHING));
    let columns: Vec<usize> = (0..heads.len()).filter(known).collect();
    let head: String = columns.iter().map(|&k| format!("<th scope=\"col\">{}</th>", escaped(heads[k]))).collect();
    let row = |cells: &Vec<String>| {
        let first = cells.first().map_or(String::new(), |c| format!("<th scope=\"row\">{}</th>", escaped(c)));
        let rest = columns.iter().skip(1).filter_map(|&k| cells.get(k));
        let rest: String = rest.map(|c| format!("<td>{}</td>", escaped(c))).collect();
        format!("<tr>{first}{rest}</tr>\n")
    };
    let body: String = rows.iter().map(row).collect();
    let name = escaped(name);
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_which_nothing_is_known_are_left_out() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let shown = table("a & b", &["name", "known", "unknown"], &[row(["·", "1", "·"]), row(["x", "·", "·"])]);
        assert!(shown.contains("aria-label=\"a &amp; b\"") && shown.contains(">known<") && !shown.contains("unknown"));
        assert_eq!((shown.matches("<td>").count(), shown.matches("scope=\"row\"").count()), (2, 2));
    }
}
