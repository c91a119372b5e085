//! `--timings`: how long each stage took, how much it had to do, and how much memory the run had needed by its end.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// One stage.
#[derive(Debug)]
struct Stage {
    name: String,
    took: Duration,
    counts: Vec<(String, usize)>,
    /// Most memory so far, in KiB; none where the system does not tell.
    peak: Option<u64>,
}

/// A clock for the terminal; nothing of it is written into a result.
#[derive(Debug)]
pub struct Timings {
    stages: Mutex<(Instant, Vec<Stage>)>,
}

impl Timings {
    /// Starts the clock.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "what is timed goes to the terminal only")]
    pub fn start() -> Self {
        Self { stages: Mutex::new((Instant::now(), Vec::new())) }
    }

    /// Ends the running stage and begins one.
    #[allow(clippy::disallowed_methods, reason = "what is timed goes to the terminal only")]
    pub fn stage(&self, name: &str) {
        let Ok(mut stages) = self.stages.lock() else { return };
        let now = Instant::now();
        let took = now - stages.0;
        stages.0 = now;
        end(&mut stages.1, took);
        stages.1.push(Stage { name: name.to_owned(), took: Duration::ZERO, counts: Vec::new(), peak: None });
    }

    /// What the running stage had to do with.
    pub fn counted(&self, what: &str, number: usize) {
        if let Ok(mut stages) = self.stages.lock()
            && let Some(stage) = stages.1.last_mut()
        {
            stage.counts.push((what.to_owned(), number));
        }
    }

    /// Ends the last stage; a line each, and the sum.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "what is timed goes to the terminal only")]
    pub fn lines(&self) -> Vec<String> {
        let Ok(mut stages) = self.stages.lock() else { return Vec::new() };
        let took = Instant::now() - stages.0;
        end(&mut stages.1, took);
        let line = |stage: &Stage| {
            let counts: Vec<String> = stage.counts.iter().map(|(what, number)| format!("{number} {what}")).collect();
            let peak = stage.peak.map_or_else(String::new, |peak| format!("　内存峰值 {} MiB", peak >> 10));
            format!("{:>8.3} 秒　{}　{}{peak}", stage.took.as_secs_f64(), stage.name, counts.join("，"))
        };
        let mut out: Vec<String> = stages.1.iter().map(line).collect();
        let whole: Duration = stages.1.iter().map(|stage| stage.took).sum();
        out.push(format!("{:>8.3} 秒　合计", whole.as_secs_f64()));
        out
    }
}

fn end(stages: &mut [Stage], took: Duration) {
    if let Some(stage) = stages.last_mut() {
        stage.took = took;
        stage.peak = peak();
    }
}

/// The most memory that this process has held, where the system tells (Linux).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
