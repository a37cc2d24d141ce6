//! Errors as exceptions of the package, which has their classes.

use pyo3::prelude::*;

/// An exception of `hqrn._errors` with a one-line message.
pub fn exception(py: Python<'_>, class: &str, message: &str) -> PyErr {
    let made = py.import("hqrn._errors").and_then(|m| m.getattr(class)).and_then(|class| class.call1((message,)));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// That something that was given is bad.
pub fn bad_input(py: Python<'_>, message: impl std::fmt::Display) -> PyErr {
    exception(py, "InputError", &message.to_string())
}
