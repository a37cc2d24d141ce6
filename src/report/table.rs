//! Tables of a page: they scroll where they are wide, by keys as well.

use super::markup::escaped;

/// A table; the first column names its rows, and is left-aligned. `name` is what it is called by those who hear it.
pub(super) fn table(name: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    let head: String = heads.iter().map(|h| format!("<th scope=\"col\">{}</th>", escaped(h))).collect();
    let row = |cells: &Vec<String>| {
        let first = cells.first().map_or(String::new(), |c| format!("<th scope=\"row\">{}</th>", escaped(c)));
        let rest: String = cells.iter().skip(1).map(|c| format!("<td>{}</td>", escaped(c))).collect();
        format!("<tr>{first}{rest}</tr>\n")
    };
    let body: String = rows.iter().map(row).collect();
    let name = escaped(name);
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )
}
