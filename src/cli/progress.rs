//! How far a long run is: a bar where a person looks, and a line now and then where standard error is kept.

use super::printing::note;
use super::session;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::time::Duration;

/// When a pipe is first told, and the longest time after which it is told again.
const PATIENCE: (u64, u64) = (5, 60);

/// A progress bar on standard error, after a second; in a pipe, a line after [`PATIENCE`] and then ever more seldom.
pub struct Progress {
    bar: ProgressBar,
    what: &'static str,
    unit: String,
}

impl Progress {
    /// A bar of `length` of what `unit` says; `quiet` keeps it away.
    pub fn new(length: usize, what: &'static str, unit: &str, quiet: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
        session::tell(what, unit, 0, length);
        // Who has started a session shows how far it is.
        let quiet = quiet || session::is_active();
        let template = format!("{{spinner}} {{msg}} {{bar:30}} {{pos}}/{{len}} {unit}, {{elapsed}}, {{eta}} left");
        let style = ProgressStyle::with_template(&template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        let late = bar.clone();
        if !quiet && !io::stderr().is_terminal() {
            let (unit, (mut pause, longest)) = (unit.to_owned(), PATIENCE);
            std::thread::spawn(move || {
                loop {
                    std::thread::sleep(Duration::from_secs(pause));
                    if late.is_finished() {
                        return;
                    }
                    let seconds = late.elapsed().as_secs();
                    note(&format!("{}: {} of {length} {unit} after {seconds} s", late.message(), late.position()));
                    pause = (2 * pause).min(longest);
                }
            });
        } else if !quiet {
            // A single large block takes no step for minutes, so the bar moves by itself.
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(1));
                if !late.is_finished() {
                    late.set_draw_target(ProgressDrawTarget::stderr());
                    late.enable_steady_tick(Duration::from_millis(120));
                }
            });
        }
        Progress { bar, what, unit: unit.to_owned() }
    }

    /// Counts what an earlier run has done.
    pub fn start_at(&self, done: usize) {
        self.bar.set_position(done as u64);
        self.bar.reset_eta();
        self.hand_over();
    }

    /// Says what is being done just now.
    pub fn tell(&self, detail: &str) {
        self.bar.set_message(format!("{} ({detail})", self.what));
        self.hand_over();
    }

    /// One more done.
    pub fn step(&self) {
        self.bar.inc(1);
        self.hand_over();
    }

    /// Tells whoever has started a session.
    fn hand_over(&self) {
        let length = self.bar.length().unwrap_or_default() as usize;
        session::tell(self.what, &self.unit, self.bar.position() as usize, length);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.hand_over();
        self.bar.finish_and_clear();
    }
}
