//! Progress on standard error: a bar on a terminal, plain lines elsewhere, nothing when asked to be quiet.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// How progress is shown.
pub enum Shown {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

impl Shown {
    /// Chooses by whether standard error is a terminal.
    #[must_use]
    pub fn new(files: usize, quiet: bool) -> Self {
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

    /// Takes the bar away.
    pub fn done(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Shown {
    fn stage(&self, name: &str) {
        match self {
            Self::Bar(bar) => bar.set_prefix(name.to_owned()),
            Self::Lines => eprintln!("{name}……"),
            Self::Nothing => {}
        }
    }

    fn file(&self, path: &str) {
        if let Self::Bar(bar) = self {
            bar.set_message(path.to_owned());
            bar.inc(1);
        }
    }
}
