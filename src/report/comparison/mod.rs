//! What became of what was found: results of several checks side by side, read back from `findings.csv` and `summary.json`.
//!
//! In: result folders, oldest first. Out: [`Comparison`], and the page, workbook, chart and `progress.json` of it.

mod book;
mod page;
mod past;
mod screen;

pub use past::{Past, PastFinding};
pub use screen::comparison_screen;

use super::charts;
use super::wording::Wording;
use crate::definitions::{Definitions, Settings};
use anyhow::{Context, Result, bail};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// There again, after a result without it.
    Reopened,
    New,
    Open,
    /// Nobody can say: the rule did not run in the last result.
    Unknown,
    Mended,
}

impl Fate {
    pub const ALL: [Self; 5] = [Self::Mended, Self::Open, Self::New, Self::Reopened, Self::Unknown];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mended => "改好了",
            Self::Open => "还在",
            Self::New => "新出现",
            Self::Reopened => "改好又出现",
            Self::Unknown => "这次没有核对",
        }
    }
}

/// A finding with its fate; its words are those of the last result that has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    pub fate: Fate,
    pub finding: PastFinding,
}

/// How many findings had which fate.
pub type Fates = BTreeMap<Fate, usize>;

/// Results side by side.
#[derive(Debug)]
pub struct Comparison {
    /// Oldest first.
    pub results: Vec<Past>,
    pub followed: Vec<Followed>,
    pub total: Fates,
    pub schools: IndexMap<String, Fates>,
    pub rules: IndexMap<String, Fates>,
    /// Settings that differ between the first and the last result, and rules that only one of them ran.
    pub warnings: Vec<String>,
}

/// Compares results, oldest first.
///
/// # Errors
/// When there are fewer than two, or one is not a result.
pub fn compare(folders: &[&Path], settings: &Settings) -> Result<Comparison> {
    if folders.len() < 2 {
        bail!("至少要两次的结果才能比较：先写旧的，再写新的。");
    }
    let results = folders.iter().map(|folder| Past::open(folder)).collect::<Result<Vec<_>>>()?;
    Ok(compare_pasts(results, settings))
}

/// Compares two or more results that have been read, oldest first.
pub(super) fn compare_pasts(results: Vec<Past>, settings: &Settings) -> Comparison {
    let mut followed = follow(&results);
    followed.sort_by(|a, b| {
        (a.fate, &a.finding.severity, &a.finding.school, &a.finding.rule, &a.finding.household_id, &a.finding.message)
            .cmp(&(
                b.fate,
                &b.finding.severity,
                &b.finding.school,
                &b.finding.rule,
                &b.finding.household_id,
                &b.finding.message,
            ))
    });
    let mut total = Fates::new();
    let (mut schools, mut rules): (IndexMap<String, Fates>, IndexMap<String, Fates>) = Default::default();
    for one in &followed {
        *total.entry(one.fate).or_insert(0) += 1;
        *schools.entry(one.finding.school.clone()).or_default().entry(one.fate).or_insert(0) += 1;
        *rules.entry(one.finding.rule.clone()).or_default().entry(one.fate).or_insert(0) += 1;
    }
    schools.sort_keys();
    rules.sort_keys();
    let warnings = warnings(&results, settings);
    Comparison { results, followed, total, schools, rules, warnings }
}

/// Follows every finding through the results. Findings about the same thing are one; of several with the same words each has a fate of its own.
fn follow(results: &[Past]) -> Vec<Followed> {
    let last = results.len().saturating_sub(1);
    // By what a finding is about: in each result its findings, by their words.
    let mut about: BTreeMap<[&str; 5], Vec<Vec<&PastFinding>>> = BTreeMap::new();
    for (number, result) in results.iter().enumerate() {
        for finding in &result.findings {
            about.entry(finding.about()).or_insert_with(|| vec![Vec::new(); results.len()])[number].push(finding);
        }
    }
    let mut out = Vec::new();
    for by_result in about.into_values() {
        for trace in traces(&by_result) {
            let there = |number: usize| trace[number].is_some();
            let Some(finding) = trace.iter().rev().find_map(|finding| *finding) else { continue };
            let before = (0..last).any(there);
            let fate = match (there(last), there(last - 1), before) {
                (true, true, _) => Fate::Open,
                (true, false, true) => Fate::Reopened,
                (true, false, false) => Fate::New,
                (false, ..) if !results[last].ran(&finding.rule) => Fate::Unknown,
                (false, ..) => Fate::Mended,
            };
            out.push(Followed { fate, finding: finding.clone() });
        }
    }
    out
}

/// One line a finding through all results: those that say the same first, then the rest in their order.
fn traces<'f>(by_result: &[Vec<&'f PastFinding>]) -> Vec<Vec<Option<&'f PastFinding>>> {
    let mut lines: Vec<Vec<Option<&PastFinding>>> = Vec::new();
    for (number, findings) in by_result.iter().enumerate() {
        let mut rest: Vec<&PastFinding> = findings.clone();
        let mut taken = BTreeSet::new();
        // Twice over the lines: those with the same words, then any line about the same thing.
        for same_words in [true, false] {
            for (place, line) in lines.iter_mut().enumerate() {
                if taken.contains(&place) {
                    continue;
                }
                let known = line.iter().rev().find_map(|finding| *finding);
                let fits =
                    |finding: &&PastFinding| !same_words || known.is_some_and(|known| known.message == finding.message);
                if let Some(found) = rest.iter().position(fits) {
                    line[number] = Some(rest.remove(found));
                    taken.insert(place);
                }
            }
        }
        for finding in rest {
            let mut line = vec![None; by_result.len()];
            line[number] = Some(finding);
            lines.push(line);
        }
    }
    lines
}

/// Why the results are not quite comparable.
fn warnings(results: &[Past], settings: &Settings) -> Vec<String> {
    let Some(last) = results.last() else { return Vec::new() };
    let mut out = Vec::new();
    for result in &results[..results.len() - 1] {
        for (name, value) in &last.settings {
            match result.settings.get(name) {
                Some(before) if before != value => {
                    let title = settings.stated.get(name).map_or(name, |setting| &setting.title);
                    out.push(format!("设定“{title}”不同：「{}」是 {before}，「{}」是 {value}", result.name, last.name));
                }
                _ => {}
            }
        }
        let only = |a: &Past, b: &Past| a.rules.iter().filter(|(rule, ran)| **ran && !b.ran(rule)).count();
        let (lost, gained) = (only(result, last), only(last, result));
        if lost > 0 {
            out.push(format!("「{}」核对过的 {lost} 条规则「{}」没有核对（可能少了表）", result.name, last.name));
        }
        if gained > 0 {
            out.push(format!("「{}」多核对了 {gained} 条规则，新出现的问题可能早就有", last.name));
        }
        if result.identities != last.identities {
            out.push(format!("「{}」和「{}」一份显示姓名号码、一份不显示，按隐去以后的比", result.name, last.name));
        }
    }
    out.dedup();
    out
}

#[derive(Serialize)]
struct Contract<'c> {
    version: u32,
    results: Vec<ResultLine<'c>>,
    total: BTreeMap<String, usize>,
    schools: Vec<Line<'c>>,
    rules: Vec<Line<'c>>,
    warnings: &'c [String],
}

#[derive(Serialize)]
struct ResultLine<'c> {
    name: &'c str,
    reference_date: &'c str,
    township: f64,
    errors: usize,
    warnings: usize,
    schools: BTreeMap<&'c str, f64>,
}

#[derive(Serialize)]
struct Line<'c> {
    name: &'c str,
    #[serde(flatten)]
    fates: BTreeMap<String, usize>,
}

/// Every fate with its count, by its name in the contract.
fn named(fates: &Fates) -> BTreeMap<String, usize> {
    let name = |fate: Fate| serde_json::to_value(fate).ok().and_then(|name| name.as_str().map(str::to_owned));
    Fate::ALL
        .into_iter()
        .map(|fate| (name(fate).unwrap_or_default(), fates.get(&fate).copied().unwrap_or_default()))
        .collect()
}

/// Writes page, workbook, chart and `progress.json` below `folder`, which exists.
///
/// # Errors
/// When a file cannot be made or written.
pub fn write_comparison(comparison: &Comparison, definitions: &Definitions, folder: &Path) -> Result<()> {
    let wording = Wording::load(&definitions.sources)?;
    let charts = folder.join("charts");
    std::fs::create_dir_all(&charts).context("建不了 charts 文件夹")?;
    let chart = charts::write_progress(comparison, definitions, &wording, &charts).context("画图时出错")?;
    page::write(comparison, definitions, &wording, &chart, &folder.join("整改进展.html"))?;
    book::write(comparison, definitions, &folder.join("整改进展.xlsx"))?;
    let line =
        |(name, fates): (&'_ String, &Fates)| -> (String, BTreeMap<String, usize>) { (name.clone(), named(fates)) };
    let (schools, rules): (Vec<_>, Vec<_>) =
        (comparison.schools.iter().map(line).collect(), comparison.rules.iter().map(line).collect());
    let contract = Contract {
        version: 1,
        results: comparison
            .results
            .iter()
            .map(|result| ResultLine {
                name: &result.name,
                reference_date: &result.reference_date,
                township: result.township,
                errors: result.count("error"),
                warnings: result.count("warning"),
                schools: result.schools.iter().map(|(name, score)| (name.as_str(), *score)).collect(),
            })
            .collect(),
        total: named(&comparison.total),
        schools: schools.iter().map(|(name, fates)| Line { name, fates: fates.clone() }).collect(),
        rules: rules.iter().map(|(name, fates)| Line { name, fates: fates.clone() }).collect(),
        warnings: &comparison.warnings,
    };
    let mut text = serde_json::to_string_pretty(&contract)?;
    text.push('\n');
    std::fs::write(folder.join("progress.json"), text)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(person: &str, message: &str) -> PastFinding {
        PastFinding {
            rule: "甲/乙".to_owned(),
            severity: "error".to_owned(),
            household_id: person.to_owned(),
            message: message.to_owned(),
            ..PastFinding::default()
        }
    }

    fn past(ran: bool, findings: Vec<PastFinding>) -> Past {
        let rules = IndexMap::from([("甲/乙".to_owned(), ran)]);
        Past { findings, rules, ..Past::default() }
    }

    fn fates(results: &[Past]) -> Vec<(String, Fate)> {
        let mut out: Vec<_> = follow(results).into_iter().map(|one| (one.finding.household_id, one.fate)).collect();
        out.sort();
        out
    }

    #[test]
    fn findings_are_followed_through_all_results() {
        let results = [
            past(true, vec![finding("甲", "一"), finding("乙", "一"), finding("丙", "一")]),
            past(true, vec![finding("甲", "一"), finding("丁", "一")]),
            past(true, vec![finding("甲", "说法变了"), finding("乙", "一"), finding("戊", "一")]),
        ];
        let wanted =
            [("丁", Fate::Mended), ("丙", Fate::Mended), ("乙", Fate::Reopened), ("戊", Fate::New), ("甲", Fate::Open)];
        assert_eq!(fates(&results), wanted.map(|(name, fate)| (name.to_owned(), fate)));
    }

    #[test]
    fn a_rule_that_did_not_run_mends_nothing() {
        let results = [past(true, vec![finding("甲", "一")]), past(false, Vec::new())];
        assert_eq!(fates(&results), [("甲".to_owned(), Fate::Unknown)]);
    }

    #[test]
    fn two_findings_about_one_person_are_told_apart_by_their_words() {
        let two = || vec![finding("甲", "第1项"), finding("甲", "第2项")];
        let results = [past(true, two()), past(true, vec![finding("甲", "第2项")])];
        let followed = follow(&results);
        let mended: Vec<&str> =
            followed.iter().filter(|one| one.fate == Fate::Mended).map(|one| one.finding.message.as_str()).collect();
        assert_eq!((followed.len(), mended), (2, vec!["第1项"]));
    }
}
