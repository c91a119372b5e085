//! `summary.json`, version 1 (design section 6): figures, schools, rules and inputs for programs.

use super::Run;
use crate::definitions::Scope;
use crate::evaluate::{Figure, Outcome};
use anyhow::Result;
use indexmap::IndexMap;
use serde::Serialize;
use std::path::Path;

pub type Counts = IndexMap<String, usize>;

#[derive(Debug, Serialize)]
pub struct Summary {
    pub version: u32,
    pub program: String,
    pub reference_date: String,
    pub inputs: Vec<InputSummary>,
    pub indicators: IndexMap<String, Counts>,
    pub schools: Vec<SchoolSummary>,
    pub township: SchoolSummary,
    /// Counties, where several were checked in one run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<SchoolSummary>,
    pub rules: Vec<RuleSummary>,
    pub links: LinkSummary,
    pub findings: Counts,
    pub settings: IndexMap<String, SettingSummary>,
    pub questions: Vec<String>,
    pub notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct InputSummary {
    pub file: String,
    pub sheet: String,
    pub table: String,
    pub rows: usize,
    pub sha256: String,
    pub hidden: bool,
}

#[derive(Debug, Serialize)]
pub struct SchoolSummary {
    pub school: String,
    pub score: f64,
    pub low: f64,
    pub high: f64,
    pub grade: &'static str,
    pub red_lines: Vec<String>,
    pub dimensions: IndexMap<String, DimensionSummary>,
}

#[derive(Debug, Serialize)]
pub struct DimensionSummary {
    pub units: usize,
    pub clean: usize,
    pub score: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Serialize)]
pub struct RuleSummary {
    pub rule: String,
    pub severity: &'static str,
    pub outcome: &'static str,
    pub found: usize,
    /// Of them, settled in the ledger.
    pub resolved: usize,
    pub reason: String,
}

#[derive(Debug, Serialize)]
pub struct LinkSummary {
    pub certain: usize,
    pub probable: usize,
    pub possible: usize,
    pub unlinked: usize,
}

#[derive(Debug, Serialize)]
pub struct SettingSummary {
    pub value: String,
    pub assumption: bool,
    pub changed: bool,
}

/// Puts the summary together.
///
/// # Errors
/// When a figure's frame lacks a column.
pub fn summarise(run: &Run<'_>) -> Result<Summary> {
    let inputs = run.input.sheets.iter().zip(run.sheets).map(|(sheet, report)| InputSummary {
        file: sheet.file.clone(),
        sheet: sheet.name.clone(),
        table: report.table.clone().unwrap_or_default(),
        rows: report.rows,
        sha256: run
            .input
            .files
            .iter()
            .find(|file| file.path == sheet.file)
            .map(|file| file.sha256.clone())
            .unwrap_or_default(),
        hidden: sheet.hidden,
    });
    let mut indicators = IndexMap::new();
    for figure in &run.evaluated.figures {
        figure_counts(figure, run, &mut indicators)?;
    }
    let rules = run.definitions.rules.iter().zip(&run.evaluated.findings.results).map(|(rule, result)| {
        let resolved = result.settled;
        let (outcome, found, reason) = match &result.outcome {
            Outcome::Ran(found) => ("ran", *found, String::new()),
            Outcome::NotRun(reason) => ("not-run", 0, reason.clone()),
        };
        RuleSummary { rule: rule.id.clone(), severity: rule.severity.code(), outcome, found, resolved, reason }
    });
    let [errors, warnings, infos] = run.severities();
    let links = run.links;
    let settings = run.definitions.settings.of_check().map(|(name, setting)| {
        (
            name.clone(),
            SettingSummary {
                value: setting.value.to_string(),
                assumption: setting.assumption,
                changed: setting.changed,
            },
        )
    });
    Ok(Summary {
        version: 1,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        reference_date: run.definitions.settings.text("reference-date"),
        inputs: inputs.collect(),
        indicators,
        schools: run.readiness.schools.iter().map(school).collect(),
        township: school(&run.readiness.township),
        areas: run.readiness.areas.iter().map(school).collect(),
        rules: rules.collect(),
        links: LinkSummary {
            certain: links.certain,
            probable: links.probable,
            possible: links.possible,
            unlinked: links.unlinked,
        },
        findings: [("error", errors), ("warning", warnings), ("info", infos)]
            .map(|(name, count)| (name.to_owned(), count))
            .into_iter()
            .collect(),
        settings: settings.collect(),
        questions: run.questions.to_vec(),
        notes: run
            .input
            .files
            .iter()
            .filter_map(|file| file.note.as_ref().map(|note| format!("{}：{note}", file.path)))
            .collect(),
    })
}

/// Writes the file.
pub fn write(run: &Run<'_>, path: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(&summarise(run)?)?;
    text.push('\n');
    std::fs::write(path, text)?;
    Ok(())
}

/// One figure under its keys: a plain count by scope, or a count by code (with `_registered` for the second scope).
fn figure_counts(figure: &Figure, run: &Run<'_>, out: &mut IndexMap<String, Counts>) -> Result<()> {
    if figure.people.is_err() {
        return Ok(());
    }
    if figure.codes.is_empty() {
        let mut counts = Counts::new();
        for scope in &figure.scopes {
            counts.insert(if *scope == Scope::All { "all" } else { "registered" }.to_owned(), figure.total(*scope, ""));
        }
        // Registered children in no school and on no list may be out of school too; they are counted apart until somebody knows.
        if let Some(index) =
            run.definitions.rules.iter().position(|rule| rule.indicator == figure.indicator && rule.red_line)
        {
            let result = &run.evaluated.findings.results[index];
            let open = match result.outcome {
                Outcome::Ran(found) => found - result.settled,
                Outcome::NotRun(_) => 0,
            };
            counts.insert("candidates".to_owned(), open);
        }
        out.insert(figure.indicator.clone(), counts);
        return Ok(());
    }
    for scope in &figure.scopes {
        let mut counts = Counts::new();
        for (code, _) in &figure.codes {
            counts.insert(code.clone(), figure.total(*scope, code));
        }
        let unknown = figure.total(*scope, "unknown");
        if unknown > 0 {
            counts.insert("unknown".to_owned(), unknown);
        }
        if figure.unit == "household" {
            counts.insert("households".to_owned(), figure.total(*scope, ""));
        }
        let two = figure.scopes.len() > 1 && *scope == Scope::Registered;
        out.insert(if two { format!("{}_registered", figure.indicator) } else { figure.indicator.clone() }, counts);
    }
    Ok(())
}

/// Scores to two digits, so that the last bits of a sum never show.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn school(school: &crate::readiness::School) -> SchoolSummary {
    let dimensions = school.dimensions.iter().map(|(name, dimension)| {
        let summary = DimensionSummary {
            units: dimension.units,
            clean: dimension.clean,
            score: round(dimension.score),
            low: round(dimension.low),
            high: round(dimension.high),
        };
        (name.clone(), summary)
    });
    SchoolSummary {
        school: school.name.clone(),
        score: round(school.score),
        low: round(school.low),
        high: round(school.high),
        grade: school.grade.label(),
        red_lines: school.red_lines.clone(),
        dimensions: dimensions.collect(),
    }
}
