//! The leaders' brief: one page on A4 and a workbook with native charts. No person stands in it.

mod book;
mod page;

use super::comparison::{Fate, Past, compare_pasts};
use super::wording::Wording;
use super::{BRIEF, BRIEF_BOOK, Run};
use crate::definitions::Scope;
use crate::evaluate::Figure;
use anyhow::Result;
use serde::Serialize;
use std::path::Path;

/// What became of the last run's findings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub before: f64,
    pub now: f64,
    pub mended: usize,
    pub open: usize,
    pub new: usize,
    pub reopened: usize,
    /// Other settings, or other tables: the two are not quite comparable.
    pub differs: bool,
}

/// A census item in a few bars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    pub name: String,
    pub unit: &'static str,
    /// What all bars are of: a label and a count.
    pub whole: Vec<(String, usize)>,
    /// Label, count, and its share of the longest bar in percent.
    pub bars: Vec<(String, usize, f64)>,
    /// Why it was not worked out.
    pub reason: Option<String>,
}

/// A thing to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Task {
    pub title: String,
    pub findings: usize,
    pub schools: String,
    pub check: String,
    pub red_line: bool,
    /// Points of the township's score.
    pub gain: String,
}

/// Compares this run, as it lies in `fresh`, with the result that `last` holds; nothing where there is none to compare with.
#[must_use]
pub fn change(run: &Run<'_>, last: &Path, fresh: &Path) -> Option<Change> {
    let (mut last, mut now) = (Past::open(last).ok()?, Past::open(fresh).ok()?);
    "上次".clone_into(&mut last.name);
    "这次".clone_into(&mut now.name);
    let (before, score) = (last.township, now.township);
    let comparison = compare_pasts(vec![last, now], &run.definitions.settings);
    let count = |fate: Fate| comparison.total.get(&fate).copied().unwrap_or_default();
    Some(Change {
        before,
        now: score,
        mended: count(Fate::Mended),
        open: count(Fate::Open),
        new: count(Fate::New),
        reopened: count(Fate::Reopened),
        differs: !comparison.warnings.is_empty(),
    })
}

/// Writes page and workbook into `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(run: &Run<'_>, wording: &Wording, change: Option<&Change>, folder: &Path) -> Result<()> {
    let (items, tasks) = (items(run, wording), tasks(run, wording));
    page::write(run, wording, (&items, &tasks, change), &folder.join(BRIEF))?;
    book::write(run, wording, (&items, &tasks, change), &folder.join(BRIEF_BOOK))
}

/// The census items that a visit asks or takes from the register.
fn items(run: &Run<'_>, wording: &Wording) -> Vec<Item> {
    run.evaluated.figures.iter().map(|figure| item(figure, wording)).collect()
}

#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn item(figure: &Figure, wording: &Wording) -> Item {
    let household = figure.unit == "household";
    let scope = figure.scopes.first().copied().unwrap_or(Scope::Registered);
    let label = |scope: Scope| match (household, figure.scopes.len(), scope) {
        (true, ..) => "登记户",
        (_, 1, _) => "合计",
        (_, _, Scope::All) => "全部",
        (_, _, Scope::Registered) => "其中登记户",
    };
    let whole: Vec<(String, usize)> =
        figure.scopes.iter().map(|scope| (label(*scope).to_owned(), figure.total(*scope, ""))).collect();
    let unknown = ("unknown".to_owned(), wording.figures.unknown.clone());
    let mut bars: Vec<(String, usize, f64)> = figure
        .codes
        .iter()
        .chain((!figure.codes.is_empty()).then_some(&unknown))
        .map(|(code, label)| {
            let text = if code == "unknown" { label.clone() } else { format!("{code} {label}") };
            (code, text, figure.total(scope, code))
        })
        .filter(|(code, _, count)| code.as_str() != "unknown" || *count > 0)
        .map(|(_, text, count)| (text, count, 0.0))
        .collect();
    if bars.is_empty() {
        bars = whole.iter().map(|(label, count)| (label.clone(), *count, 0.0)).collect();
    }
    let most = bars.iter().map(|bar| bar.1).max().unwrap_or(0).max(1) as f64;
    for bar in &mut bars {
        bar.2 = (bar.1 as f64 / most * 1000.0).round() / 10.0;
    }
    let reason = figure.people.as_ref().err().cloned();
    Item { name: figure.indicator.clone(), unit: if household { "户" } else { "人" }, whole, bars, reason }
}

/// The first things to do.
fn tasks(run: &Run<'_>, wording: &Wording) -> Vec<Task> {
    let words = &wording.brief;
    let named = |schools: &[(String, usize)]| {
        let names: Vec<String> =
            schools.iter().take(words.most_named).map(|(school, count)| format!("{school} {count}")).collect();
        let more =
            if schools.len() > words.most_named { format!(" 等 {} 所学校", schools.len()) } else { String::new() };
        format!("{}{more}", names.join("、"))
    };
    run.readiness
        .work
        .iter()
        .take(words.most_tasks)
        .map(|work| {
            let rule = &run.definitions.rules[work.rule];
            Task {
                title: rule.title.clone(),
                findings: work.findings,
                schools: named(&work.schools),
                check: rule.check.clone(),
                red_line: work.red_line,
                gain: if work.gain < 0.05 { String::new() } else { format!("{:.1}", work.gain) },
            }
        })
        .collect()
}
