//! Where the names of points stand: beside their points, and none over another.

use super::markup::LETTER;

/// Height of a letter, and how far a name is from its point.
const HEIGHT: f64 = 13.0;
const GAP: f64 = 6.0;

/// A point and what it is called.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) at: (f64, f64),
    pub(super) text: String,
}

/// Left, top, right, bottom.
type Place = [f64; 4];

fn overlap(a: Place, b: Place) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Whether a line from one point to another goes through a place.
fn crosses(place: Place, from: (f64, f64), to: (f64, f64)) -> bool {
    // By clipping to the two strips of which the place is the part they share (Liang and Barsky).
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enters, mut leaves) = (0.0f64, 1.0f64);
    for (p, q) in [(-dx, from.0 - place[0]), (dx, place[2] - from.0), (-dy, from.1 - place[1]), (dy, place[3] - from.1)]
    {
        if p == 0.0 {
            if q < 0.0 {
                return false;
            }
        } else if p < 0.0 {
            enters = enters.max(q / p);
        } else {
            leaves = leaves.min(q / p);
        }
    }
    enters < leaves
}

/// The names that find a place within a frame, x and y from where to where, each with where its text starts: its left end and its
/// base. `courses` are the lines; where there is a choice no name is written across one. Whoever finds no place has its tooltip.
pub(super) fn placed(
    names: &[Name],
    courses: &[Vec<(f64, f64)>],
    x: (f64, f64),
    y: (f64, f64),
) -> Vec<(String, (f64, f64))> {
    let dot = |(x, y): (f64, f64)| -> Place { [x - 3.0, y - 3.0, x + 3.0, y + 3.0] };
    let mut taken: Vec<Place> = courses.iter().flatten().map(|at| dot(*at)).collect();
    let mut out = vec![];
    for Name { at, text } in names {
        let wide = LETTER * text.chars().count() as f64;
        let (middle, level) = (at.0 - wide / 2.0, at.1 - HEIGHT / 2.0);
        let (right, left) = (at.0 + GAP, at.0 - GAP - wide);
        let (above, below) = (at.1 - GAP - HEIGHT, at.1 + GAP);
        // Where the frame ends, a name moves along it.
        let within = (at.0 - wide / 2.0).clamp(x.0 + 2.0, (x.1 - wide).max(x.0 + 2.0));
        let corners = [
            (middle, above),
            (middle, below),
            (right, level),
            (left, level),
            (right, above),
            (left, above),
            (right, below),
            (left, below),
            (within, above),
            (within, below),
            (within, above - HEIGHT),
            (within, below + HEIGHT),
        ];
        let places = corners.map(|(left, top)| [left, top, left + wide, top + HEIGHT]);
        let free = |place: &&Place| {
            let inside = place[0] >= x.0 && place[2] <= x.1 + 10.0 && place[1] >= y.0 - 10.0 && place[3] <= y.1;
            inside && !taken.iter().any(|other| overlap(**place, *other))
        };
        let clear = |place: &&Place| {
            !courses.iter().any(|course| course.windows(2).any(|pair| crosses(**place, pair[0], pair[1])))
        };
        let found = places.iter().filter(free).find(clear).or_else(|| places.iter().find(free)).copied();
        if let Some(place) = found {
            taken.push(place);
            out.push((text.clone(), (place[0], place[3] - 2.5)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_over_another_or_outside() {
        let name = |x: f64, y: f64, text: &str| Name { at: (x, y), text: text.into() };
        let names = [
            name(90.0, 50.0, "nonnegative, signs, complex"),
            name(92.0, 51.0, "2"),
            name(93.0, 49.0, "2"),
            name(10.0, 50.0, "1"),
        ];
        let course: Vec<(f64, f64)> = names.iter().map(|n| n.at).collect();
        let found = placed(&names, &[course], (0.0, 300.0), (0.0, 100.0));
        assert_eq!(found.len(), 4);
        let place = |(text, (x, y)): &(String, (f64, f64))| [*x, y - 10.0, x + LETTER * text.len() as f64, *y];
        for (i, a) in found.iter().enumerate() {
            assert!(place(a)[0] >= 0.0 && place(a)[2] <= 310.0);
            assert!(found[..i].iter().all(|b| !overlap(place(a), place(b))), "{found:?}");
        }
        // There is no room for a hundred names on one point.
        assert!(placed(&vec![name(50.0, 50.0, "name"); 100], &[], (0.0, 100.0), (0.0, 100.0)).len() < 15);
    }

    #[test]
    fn lines_that_go_through_are_told_from_those_that_pass() {
        let place = [10.0, 10.0, 20.0, 20.0];
        assert!(crosses(place, (0.0, 15.0), (30.0, 15.0)) && crosses(place, (15.0, 0.0), (15.0, 12.0)));
        assert!(!crosses(place, (0.0, 0.0), (30.0, 5.0)) && !crosses(place, (0.0, 15.0), (9.0, 15.0)));
        assert!(crosses(place, (0.0, 25.0), (25.0, 0.0)) && !crosses(place, (0.0, 41.0), (41.0, 0.0)));
    }
}
