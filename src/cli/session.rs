//! A command within another program, a Python interpreter: what it prints is kept and handed over, how far it is can be asked,
//! and it ends at its next step once nobody wants it any more.
//!
//! Every session has threads of its own, as many as it is given. All of them know their session, so that what any of them
//! prints goes there; sessions side by side do not meet; and a process that was forked starts its own.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::cell::RefCell;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

/// What a main thread has; threads of a pool have less.
const STACK: usize = 8 << 20;

thread_local! {
    static CURRENT: RefCell<Option<Arc<Shared>>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Shared {
    stdout: Mutex<String>,
    stderr: Mutex<String>,
    step: Mutex<Option<Step>>,
    cancelled: AtomicBool,
}

/// How far a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is doing: "compiling".
    pub what: &'static str,
    /// What it counts: "blocks".
    pub unit: String,
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub length: usize,
}

/// What a command left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code.
    pub code: u8,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it said on standard error: notes, and why it failed, a line each.
    pub stderr: String,
}

/// A piece of work that runs.
pub struct Session<T> {
    shared: Arc<Shared>,
    done: Mutex<mpsc::Receiver<thread::Result<T>>>,
}

/// What a cancelled session unwinds with.
struct Cancelled;

impl Session<Answer> {
    /// Starts a command, one of those of [`crate::cli`], with arguments of which the first is its name. Threads are all cores where
    /// it is not said how many.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn command(
        main: fn(Vec<OsString>) -> ExitCode,
        args: Vec<OsString>,
        threads: Option<usize>,
    ) -> Result<Session<Answer>, ThreadPoolBuildError> {
        Session::start(threads, move || {
            let code = number(main(args));
            let shared = current().expect("threads of a session know it");
            let (stdout, stderr) = (taken(&shared.stdout), taken(&shared.stderr));
            Answer { code, stdout, stderr }
        })
    }
}

impl<T: Send + 'static> Session<T> {
    /// Starts work on threads of its own.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn start(
        threads: Option<usize>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Session<T>, ThreadPoolBuildError> {
        let shared = Arc::new(Shared::default());
        let known = shared.clone();
        let pool: ThreadPool = ThreadPoolBuilder::new()
            .num_threads(threads.unwrap_or(0))
            .stack_size(STACK)
            .start_handler(move |_| CURRENT.set(Some(known.clone())))
            .build()?;
        let (tell, done) = mpsc::channel();
        pool.spawn(move || {
            // Whoever waited may have gone.
            let _ = tell.send(catch_unwind(AssertUnwindSafe(work)));
        });
        Ok(Session { shared, done: Mutex::new(done) })
    }

    /// What came of it, if that is known within so long.
    ///
    /// # Panics
    /// If the work did.
    pub fn wait(&self, at_most: std::time::Duration) -> Option<T> {
        match locked(&self.done).recv_timeout(at_most) {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the work of a session is gone without an answer"),
        }
    }

    /// How far it is, where it counts steps.
    pub fn step(&self) -> Option<Step> {
        locked(&self.shared.step).clone()
    }

    /// Ends it at its next step; files that it was writing are whole or not there.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }
}

/// Whether this thread is of a session.
pub(super) fn is_active() -> bool {
    CURRENT.with_borrow(Option::is_some)
}

/// Keeps what goes to standard output, if this is a session.
pub(super) fn print(text: &str) -> bool {
    current().is_some_and(|shared| {
        locked(&shared.stdout).push_str(text);
        true
    })
}

/// Keeps what goes to standard error, if this is a session.
pub(super) fn say(text: &str) -> bool {
    current().is_some_and(|shared| {
        locked(&shared.stderr).push_str(text);
        true
    })
}

/// Tells the session how far its command is; ends the command here if nobody wants it any more.
pub(super) fn tell(what: &'static str, unit: &str, done: usize, length: usize) {
    let Some(shared) = current() else { return };
    if shared.cancelled.load(Ordering::Relaxed) {
        // Unwinds without a word: nothing has gone wrong.
        resume_unwind(Box::new(Cancelled));
    }
    *locked(&shared.step) = Some(Step { what, unit: unit.to_owned(), done, length });
}

fn current() -> Option<Arc<Shared>> {
    CURRENT.with_borrow(Clone::clone)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn taken(text: &Mutex<String>) -> String {
    std::mem::take(&mut locked(text))
}

/// The number of an exit code, which the standard library does not tell.
fn number(code: ExitCode) -> u8 {
    (0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{compile, verify};
    use std::time::Duration;

    fn answer(main: fn(Vec<OsString>) -> ExitCode, args: &[&str]) -> Answer {
        let session = Session::command(main, args.iter().map(OsString::from).collect(), Some(2)).unwrap();
        session.wait(Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn what_a_command_says_is_handed_over() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("four.qasm");
        let program = out.to_str().unwrap();
        let compiled = answer(compile, &["hqrn-compile", "circuits/four.json", "-o", program]);
        assert_eq!((compiled.code, compiled.stderr.as_str()), (0, ""));
        assert!(compiled.stdout.contains("max |W_rec - W|"), "{compiled:?}");
        let verified = answer(verify, &["hqrn-verify", program, "--weights", "circuits/iris.json"]);
        assert_eq!(verified.code, 1);
        assert!(verified.stderr.contains("error: "), "{verified:?}");
        let refused = answer(compile, &["hqrn-compile", "circuits/four.json", "-o", "-", "--target", "z80"]);
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
        assert_eq!(refused.stderr.lines().count(), 1, "{refused:?}");
    }

    #[test]
    fn what_nobody_wants_ends_at_its_next_step() {
        let (go, gone) = mpsc::channel();
        let session = Session::start(Some(1), move || {
            tell("waiting", "steps", 1, 2);
            gone.recv().unwrap();
            tell("waiting", "steps", 2, 2);
        });
        let session = session.unwrap();
        while session.step().is_none() {
            thread::yield_now();
        }
        assert_eq!(session.step(), Some(Step { what: "waiting", unit: "steps".into(), done: 1, length: 2 }));
        session.cancel();
        go.send(()).unwrap();
        let ended = catch_unwind(AssertUnwindSafe(|| session.wait(Duration::from_secs(60))));
        assert!(ended.unwrap_err().is::<Cancelled>());
    }
}
