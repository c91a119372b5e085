//! What to mend first: each rule's errors, the schools that have them, and the points that mending them all would gain.

use super::{NO_SCHOOL, Tally, Work, unit_column};
use crate::definitions::{Definitions, Severity};
use crate::evaluate::Evaluated;
use polars::prelude::PolarsResult;
use std::collections::{BTreeMap, BTreeSet};

/// Collects the work of the township, first things first.
#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
pub(super) fn work(
    evaluated: &Evaluated,
    definitions: &Definitions,
    owner: &BTreeMap<(&str, i64), String>,
    township: &Tally,
) -> PolarsResult<Vec<Work>> {
    let weight_of = |name: &Option<String>| name.as_ref().map_or(0.0, |name| definitions.settings.float(name));
    let judged = definitions.indicators.iter().filter(|indicator| township.units.contains_key(&indicator.name));
    let weights: f64 = judged.map(|indicator| weight_of(&indicator.weight)).sum();
    let mut out = Vec::new();
    for indicator in &definitions.indicators {
        let units = township.units.get(&indicator.name);
        // Units, and the one rule that makes each wrong; none where several do.
        let mut causes: BTreeMap<i64, Option<usize>> = BTreeMap::new();
        let mut found: BTreeMap<usize, BTreeMap<String, usize>> = BTreeMap::new();
        for (number, rule) in definitions.rules.iter().enumerate().filter(|(_, rule)| rule.indicator == indicator.name)
        {
            let frame = &evaluated.findings.results[number].frame;
            if frame.height() == 0 {
                continue;
            }
            let column = unit_column(indicator, frame)?;
            for (index, school) in frame.column("school")?.str()?.iter().enumerate() {
                let place = (u32::try_from(number).unwrap_or(u32::MAX), u32::try_from(index).unwrap_or(u32::MAX));
                if evaluated.findings.severity(place, rule) != Severity::Error {
                    continue;
                }
                let unit = column.as_ref().and_then(|units| units[index]);
                let own = unit.and_then(|unit| owner.get(&(indicator.name.as_str(), unit)).map(String::as_str));
                let school = own.or(school).unwrap_or(NO_SCHOOL);
                *found.entry(number).or_default().entry(school.to_owned()).or_insert(0) += 1;
                if let Some(unit) = unit.filter(|unit| units.is_some_and(|units| units.contains(unit))) {
                    let cause = causes.entry(unit).or_insert(Some(number));
                    *cause = cause.filter(|cause| *cause == number);
                }
            }
        }
        let sole = |number: usize| causes.values().filter(|cause| **cause == Some(number)).count();
        let all = units.map_or(0, BTreeSet::len);
        for (number, by_school) in found {
            let share = if all == 0 { 0.0 } else { sole(number) as f64 / all as f64 };
            let gain = if weights > 0.0 { share * weight_of(&indicator.weight) / weights * 100.0 } else { 0.0 };
            let findings = by_school.values().sum();
            let mut schools: Vec<(String, usize)> = by_school.into_iter().collect();
            schools.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            out.push(Work { rule: number, findings, schools, gain, red_line: definitions.rules[number].red_line });
        }
    }
    out.sort_by(|a, b| {
        let blocked = |work: &Work| if work.red_line { work.schools.len() } else { 0 };
        blocked(b)
            .cmp(&blocked(a))
            .then(b.gain.total_cmp(&a.gain))
            .then(b.findings.cmp(&a.findings))
            .then(a.rule.cmp(&b.rule))
    });
    Ok(out)
}
