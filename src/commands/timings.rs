//! `--timings`: how long each stage took, how much it had to do, and how much memory the run had needed by its end.

use crate::pipeline::Progress;
use indexmap::IndexMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Parts of a stage that are listed: the longest.
const LISTED: usize = 12;

/// One stage.
#[derive(Debug, Default)]
struct Stage {
    name: String,
    took: Duration,
    counts: Vec<(String, usize)>,
    /// Most memory so far, in KiB; none where the system does not tell.
    peak: Option<u64>,
    /// What it consisted of: views, or the stages and views of all areas together.
    parts: Parts,
}

/// A stage of areas (none for the stage's own), a part of it, and how long all of them took.
type Parts = IndexMap<(String, String), Duration>;

/// A clock for the terminal; nothing of it is written into a result.
#[derive(Debug)]
pub struct Timings {
    stages: Mutex<Vec<Stage>>,
    own: Laps,
}

/// What ran since when.
#[derive(Debug)]
struct Laps(Mutex<(Instant, (String, String), Parts)>);

impl Laps {
    fn start() -> Self {
        Self(Mutex::new((now(), Default::default(), Parts::default())))
    }

    /// Ends the part that ran and begins one.
    fn begin(&self, stage: Option<&str>, part: &str) {
        let Ok(mut laps) = self.0.lock() else { return };
        let (now, stage) = (now(), stage.map_or_else(|| laps.1.0.clone(), str::to_owned));
        let (took, last) = (now - laps.0, std::mem::replace(&mut laps.1, (stage, part.to_owned())));
        laps.0 = now;
        *laps.2.entry(last).or_default() += took;
    }

    /// Ends the part that ran, and gives them all.
    fn end(&self) -> Parts {
        self.begin(Some(""), "");
        self.0.lock().map(|mut laps| std::mem::take(&mut laps.2)).unwrap_or_default()
    }
}

#[allow(clippy::disallowed_methods, reason = "what is timed goes to the terminal only")]
fn now() -> Instant {
    Instant::now()
}

impl Timings {
    /// Starts the clock.
    #[must_use]
    pub fn start() -> Self {
        Self { stages: Mutex::default(), own: Laps::start() }
    }

    /// Ends the running stage and begins one.
    pub fn stage(&self, name: &str) {
        let parts = self.own.end();
        if let Ok(mut stages) = self.stages.lock() {
            end(&mut stages, parts);
            stages.push(Stage { name: name.to_owned(), ..Stage::default() });
        }
    }

    /// A part of the running stage begins.
    pub fn step(&self, name: &str) {
        self.own.begin(None, name);
    }

    /// A clock for one area.
    #[must_use]
    pub fn area(&self) -> AreaTimings<'_> {
        AreaTimings { whole: self, laps: Laps::start() }
    }

    /// What the running stage had to do with.
    pub fn counted(&self, what: &str, number: usize) {
        if let Ok(mut stages) = self.stages.lock()
            && let Some(stage) = stages.last_mut()
        {
            stage.counts.push((what.to_owned(), number));
        }
    }

    /// Ends the last stage; a line each with its longest parts, and the sum.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let parts = self.own.end();
        let Ok(mut stages) = self.stages.lock() else { return Vec::new() };
        end(&mut stages, parts);
        let mut out: Vec<String> = stages.iter().flat_map(lines).collect();
        let whole: Duration = stages.iter().map(|stage| stage.took).sum();
        out.push(format!("{:>8.3} 秒　合计", whole.as_secs_f64()));
        out
    }
}

fn lines(stage: &Stage) -> Vec<String> {
    let counts: Vec<String> = stage.counts.iter().map(|(what, number)| format!("{number} {what}")).collect();
    let peak = stage.peak.map_or_else(String::new, |peak| format!("　内存峰值 {} MiB", peak >> 10));
    let mut out = vec![format!("{:>8.3} 秒　{}　{}{peak}", stage.took.as_secs_f64(), stage.name, counts.join("，"))];
    let mut areas: IndexMap<&str, Duration> = IndexMap::new();
    stage.parts.iter().for_each(|((area, _), took)| *areas.entry(area).or_default() += *took);
    areas.shift_remove("");
    if !areas.is_empty() {
        out.push("　　　　其中（各地区相加；几个地区同时查，加起来比上面长）：".to_owned());
        out.extend(areas.iter().map(|(name, took)| format!("{:>16.3} 秒　{name}", took.as_secs_f64())));
    }
    let mut parts: Vec<_> = stage.parts.iter().filter(|((_, part), _)| !part.is_empty()).collect();
    parts.sort_by(|a, b| b.1.cmp(a.1));
    if !parts.is_empty() {
        out.push("　　　　用时最多的几步：".to_owned());
    }
    out.extend(parts.iter().take(LISTED).map(|((_, part), took)| format!("{:>16.3} 秒　{part}", took.as_secs_f64())));
    out
}

fn end(stages: &mut [Stage], parts: Parts) {
    if let Some(stage) = stages.last_mut() {
        stage.took = parts.iter().filter(|((area, _), _)| area.is_empty()).map(|(_, took)| *took).sum();
        for (part, took) in parts {
            *stage.parts.entry(part).or_default() += took;
        }
        stage.peak = peak();
    }
}

/// The stages of one area, added to those of the others when it is dropped.
#[derive(Debug)]
pub struct AreaTimings<'t> {
    whole: &'t Timings,
    laps: Laps,
}

impl Progress for AreaTimings<'_> {
    fn stage(&self, name: &str) {
        self.laps.begin(Some(name), "");
    }

    fn step(&self, name: &str) {
        self.laps.begin(None, name);
    }

    fn file(&self, _path: &str) {}
}

impl Drop for AreaTimings<'_> {
    fn drop(&mut self) {
        let parts = self.laps.end();
        let Ok(mut stages) = self.whole.stages.lock() else { return };
        let Some(stage) = stages.last_mut() else { return };
        for (part, took) in parts.into_iter().filter(|((area, _), _)| !area.is_empty()) {
            *stage.parts.entry(part).or_default() += took;
        }
    }
}

/// The most memory that this process has held, where the system tells (Linux).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
