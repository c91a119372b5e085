//! Progress and timings on standard error: a bar on a terminal, plain lines elsewhere, nothing when asked to be quiet.

use super::timings::Timings;
use crate::pipeline::{Progress, Silent};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// How progress is shown, and whether stages are timed.
pub struct Shown {
    how: How,
    timings: Option<Timings>,
}

enum How {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

impl Shown {
    /// Chooses by whether standard error is a terminal.
    #[must_use]
    pub fn new(files: usize, quiet: bool) -> Self {
        Self { how: How::new(files, quiet), timings: None }
    }

    /// The same, with a clock when it is asked for.
    #[must_use]
    pub fn timed(files: usize, quiet: bool, timed: bool) -> Self {
        Self { how: How::new(files, quiet), timings: timed.then(Timings::start) }
    }

    /// Takes the bar away, and says how long everything took.
    pub fn done(&self) {
        if let How::Bar(bar) = &self.how {
            bar.finish_and_clear();
        }
        for line in self.timings.iter().flat_map(Timings::lines) {
            eprintln!("{line}");
        }
    }
}

impl How {
    fn new(files: usize, quiet: bool) -> Self {
        if quiet {
            return Self::Nothing;
        }
        if !std::io::stderr().is_terminal() {
            return Self::Lines;
        }
        let bar = ProgressBar::new(files as u64);
        if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self::Bar(bar)
    }
}

impl Progress for Shown {
    fn stage(&self, name: &str) {
        if let Some(timings) = &self.timings {
            timings.stage(name);
        }
        match &self.how {
            How::Bar(bar) => bar.set_prefix(name.to_owned()),
            How::Lines => eprintln!("{name}……"),
            How::Nothing => {}
        }
    }

    fn file(&self, path: &str) {
        if let How::Bar(bar) = &self.how {
            bar.set_message(path.to_owned());
            bar.inc(1);
        }
    }

    fn counted(&self, what: &str, number: usize) {
        if let Some(timings) = &self.timings {
            timings.counted(what, number);
        }
    }

    fn step(&self, name: &str) {
        if let Some(timings) = &self.timings {
            timings.step(name);
        }
    }

    fn apart(&self) -> Box<dyn Progress + '_> {
        match &self.timings {
            Some(timings) => Box::new(timings.area()),
            None => Box::new(Silent),
        }
    }
}
