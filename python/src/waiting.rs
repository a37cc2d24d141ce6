//! Long work beside the interpreter: other threads of Python run meanwhile, and Ctrl-C is heard.

use crate::errors::exception;
use hqrn::cli::Session;
use pyo3::prelude::*;
use std::time::Duration;

/// How often signals are looked at and progress is shown.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits for a session without holding the interpreter. `progress` is called with (what, unit, done, length). An exception, be it of a
/// signal or of `progress`, cancels the session, whose work ends at its next step and is nobody's.
pub fn waited<T: Send + 'static>(py: Python<'_>, session: &Session<T>, progress: Option<&Py<PyAny>>) -> PyResult<T> {
    loop {
        if let Some(answer) = py.detach(|| session.wait(PAUSE)) {
            return Ok(answer);
        }
        let told = py.check_signals().and_then(|()| match (progress, session.step()) {
            (Some(progress), Some(step)) => {
                progress.call1(py, (step.what, step.unit, step.done, step.length)).map(|_| ())
            }
            _ => Ok(()),
        });
        if let Err(error) = told {
            session.cancel();
            return Err(error);
        }
    }
}

/// Starts work on threads of its own and waits for it.
pub fn worked<T: Send + 'static>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let session = Session::start(threads, work).map_err(|error| exception(py, "Error", &error.to_string()))?;
    waited(py, &session, None)
}
