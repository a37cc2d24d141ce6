//! The page around the charts: styles for light, dark, desk and phone.

use super::foot::{Foot, foot};
use super::markup::escaped;
use super::style::variables;

const STYLE: &str = "
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 20px 16px 48px; background: var(--bg); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.4em 0; }
h2 { font-size: 1.2rem; margin: 1.8em 0 0.6em; }
figcaption { font-weight: 600; margin: 0 0 0.5em; }
p { margin: 0.4em 0; }
.soft { color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 16px; }
.charts > figure { grid-column: span 3; }
.charts.odd > figure:nth-last-child(-n+3) { grid-column: span 2; }
.charts.one > figure { grid-column: span 6; }
.charts.one svg, .machine svg { max-height: 420px; }
@media screen and (max-width: 800px) { .charts > figure, .charts.odd > figure:nth-last-child(-n+3) { grid-column: span 6; } }
figure { margin: 0 0 16px; padding: 14px; background: var(--card); border-radius: 8px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg text.count { font-size: 9px; }
svg text.over { fill: var(--over); }
.charts figure { margin: 0; }
.grid { stroke: var(--grid); stroke-width: 1; }
.edge { fill: none; stroke: var(--soft); stroke-width: 0.8; }
.ci { --c: var(--ink); } .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); }
.c4 { --c: var(--c4); } .c5 { --c: var(--c5); } .c6 { --c: var(--c6); }
svg rect, svg circle, svg polygon { fill: var(--c); }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.mark { fill: none; stroke: var(--c); stroke-width: 1.3; }
.cell { fill: none; stroke: var(--c); stroke-width: 1.02; }
.multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 4px 12px; }
.dots { fill: none; stroke: var(--c); stroke-width: 2.6; stroke-linecap: round; stroke-opacity: 0.75; }
.dashed { stroke-dasharray: 5 4; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 0.85rem; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }
.legend i { background: var(--c); width: 14px; height: 10px; border-radius: 2px; }
.scroll { overflow-x: auto; background: linear-gradient(90deg, var(--bg) 28px, transparent 56px) local, linear-gradient(270deg, var(--bg) 28px, transparent 56px) local,
  linear-gradient(90deg, var(--grid), transparent 14px), linear-gradient(270deg, var(--grid), transparent 14px); }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 12px 3px 0; text-align: right; white-space: nowrap; }
th:first-child { text-align: left; }
tbody th { font-weight: 400; }
thead th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--grid); }
summary { cursor: pointer; }
.about { columns: 2; column-gap: 32px; margin: 0 0 1em; padding-left: 1.2em; color: var(--soft); font-size: 0.95rem; } .about li { break-inside: avoid; }
.lead { font-size: 1.1rem; margin: 0.4em 0 0.8em; }
footer { margin-top: 2.5em; padding-top: 0.6em; border-top: 1px solid var(--grid); font-size: 0.9rem; }
footer h2 { margin-top: 0.6em; font-size: 1rem; }
dl { columns: 2; column-gap: 32px; margin: 0 0 1.2em; }
dt { font-weight: 600; break-after: avoid; }
dd { margin: 0 0 0.5em; break-inside: avoid; color: var(--soft); }
.made { overflow-wrap: anywhere; margin: 0; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 0.85em; }
@media screen and (max-width: 800px) { dl, .about { columns: 1; } }
@media print { @page { margin: 14mm; } body { max-width: none; padding: 0; font-size: 11pt; }
  figure, tr, dd { break-inside: avoid; } h2, h3, figcaption { break-after: avoid; } thead { display: table-header-group; }
  .scroll { overflow: visible; background: none; } table { font-size: 7pt; } th, td { padding-right: 7px; } th { white-space: normal; vertical-align: bottom; }
  details::details-content { content-visibility: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
";

/// Figures side by side, two or three in a row, so that no place stays empty.
pub(super) fn grid(figures: &[String]) -> String {
    let class = match figures.len() {
        0 => return String::new(),
        1 => "charts one",
        n if n % 2 == 1 => "charts odd",
        _ => "charts",
    };
    format!("<div class=\"{class}\">\n{}</div>\n", figures.concat())
}

/// A page with everything in it: what is in front, in a sentence or two, is what one should do or what was found.
pub(super) fn page(title: &str, lead: &str, body: &str, made: &Foot) -> String {
    let (title, lead) = (escaped(title), escaped(lead));
    let below = foot(made, &format!("{lead}{body}"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n\
         <main>\n<h1>{title}</h1>\n<p class=\"lead\">{lead}</p>\n{body}</main>\n{below}</body>\n</html>\n",
        variables()
    )
}
