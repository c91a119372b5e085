//! `整改进展.html`: one self-contained page, filled from `reports/progress.html.jinja`.

use super::{Comparison, Fate, Fates};
use crate::definitions::Definitions;
use crate::report::render;
use crate::report::wording::Wording;
use anyhow::{Context, Result};
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::path::Path;

const TEMPLATE: &str = "reports/progress.html.jinja";

/// Writes the page.
pub(super) fn write(
    comparison: &Comparison,
    definitions: &Definitions,
    wording: &Wording,
    chart: &str,
    path: &Path,
) -> Result<()> {
    let title =
        |rule: &str| definitions.rules.iter().find(|known| known.id == rule).map_or("", |rule| rule.title.as_str());
    let count = |fates: &Fates, fate: Fate| fates.get(&fate).copied().unwrap_or_default();
    let counts = |fates: &Fates| Fate::ALL.map(|fate| count(fates, fate)).to_vec();
    let (first, last) =
        (comparison.results.first().context("没有结果")?, comparison.results.last().context("没有结果")?);
    let score = |score: Option<&f64>| score.map_or_else(|| "未评".to_owned(), |score| format!("{score:.1}"));
    let schools: Vec<(String, String, String, Vec<usize>)> = comparison
        .schools
        .iter()
        .map(|(school, fates)| {
            (school.clone(), score(first.schools.get(school)), score(last.schools.get(school)), counts(fates))
        })
        .collect();
    let rules: Vec<(String, String, Vec<usize>)> =
        comparison.rules.iter().map(|(rule, fates)| (rule.clone(), title(rule).to_owned(), counts(fates))).collect();
    // What is left to do is listed; what is mended stands in the workbook.
    let open: Vec<Vec<String>> = comparison
        .followed
        .iter()
        .filter(|one| one.fate != Fate::Mended)
        .take(wording.page.most_listed)
        .map(|one| {
            let finding = &one.finding;
            let cell = format!("{} {}{}", finding.file, finding.column, finding.row);
            [
                one.fate.label(),
                &finding.school,
                &finding.village,
                title(&finding.rule),
                &finding.name,
                &finding.id_number,
            ]
            .into_iter()
            .chain([finding.message.as_str(), cell.trim(), &finding.check])
            .map(str::to_owned)
            .collect()
        })
        .collect();
    let left = comparison.followed.len() - count(&comparison.total, Fate::Mended);
    let values = context! {
        version => env!("CARGO_PKG_VERSION"),
        names => comparison.results.iter().map(|result| result.name.clone()).collect::<Vec<_>>(),
        tiles => Fate::ALL.map(|fate| (fate.label(), count(&comparison.total, fate))).to_vec(),
        heads => Fate::ALL.map(Fate::label).to_vec(),
        before => format!("{:.1}", first.township),
        now => format!("{:.1}", last.township),
        warnings => comparison.warnings.clone(),
        schools => Value::from(Serde(schools)),
        rules => Value::from(Serde(rules)),
        open => Value::from(Serde(&open)),
        left,
        chart => Value::from_safe_string(crate::report::simulation::picture(chart)),
    };
    std::fs::write(path, render::page(&definitions.sources, TEMPLATE, values)?)?;
    Ok(())
}
