//! What to mend first: each rule's errors, the schools that have them, and the points that mending them all would gain.

use super::tally::{Counts, Owners, Tally, WorkCounts};
use super::{NO_SCHOOL, Work, told, unit_column};
use crate::definitions::{Definitions, Severity};
use crate::evaluate::Evaluated;
use crate::link::Area;
use polars::prelude::PolarsResult;
use std::collections::BTreeMap;

/// Counts each rule's errors by school, and the units that it alone makes wrong.
pub(super) fn count(
    evaluated: &Evaluated,
    definitions: &Definitions,
    area: &Area,
    owner: &Owners,
    whole: &Tally,
) -> PolarsResult<BTreeMap<usize, WorkCounts>> {
    let mut out: BTreeMap<usize, WorkCounts> = BTreeMap::new();
    for indicator in &definitions.indicators {
        let units = whole.units.get(&indicator.name);
        // Units, and the one rule that makes each wrong; none where several do.
        let mut causes: BTreeMap<i64, Option<usize>> = BTreeMap::new();
        for (number, rule) in definitions.rules.iter().enumerate().filter(|(_, rule)| rule.indicator == indicator.name)
        {
            let frame = &evaluated.findings.results[number].frame;
            if frame.height() == 0 {
                continue;
            }
            let column = unit_column(indicator, frame)?;
            let told = told(frame, area)?;
            for (index, school) in frame.column("school")?.str()?.iter().enumerate() {
                let place = (u32::try_from(number).unwrap_or(u32::MAX), u32::try_from(index).unwrap_or(u32::MAX));
                if evaluated.findings.severity(place, rule) != Severity::Error {
                    continue;
                }
                let unit = column.as_ref().and_then(|units| units[index]);
                let own = unit.and_then(|unit| owner.of(&indicator.name, unit));
                if told.as_ref().is_none_or(|told| told[index]) {
                    let school = own.or(school).unwrap_or(NO_SCHOOL);
                    *out.entry(number).or_default().by_school.entry(school.to_owned()).or_insert(0) += 1;
                }
                if let Some(unit) = unit.filter(|unit| units.is_some_and(|units| units.contains(unit))) {
                    let cause = causes.entry(unit).or_insert(Some(number));
                    *cause = cause.filter(|cause| *cause == number);
                }
            }
        }
        for number in causes.values().flatten() {
            out.entry(*number).or_default().sole += 1;
        }
    }
    Ok(out)
}

/// The work of the township, first things first.
#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
pub(super) fn work(counts: &Counts, definitions: &Definitions) -> Vec<Work> {
    let weight_of = |name: &Option<String>| name.as_ref().map_or(0.0, |name| definitions.settings.float(name));
    let judged = definitions.indicators.iter().filter(|indicator| counts.whole.units.contains_key(&indicator.name));
    let weights: f64 = judged.map(|indicator| weight_of(&indicator.weight)).sum();
    let mut out = Vec::new();
    for (number, own) in counts.work.iter().filter(|(_, own)| !own.by_school.is_empty()) {
        let rule = &definitions.rules[*number];
        let Some(indicator) = definitions.indicators.iter().find(|indicator| indicator.name == rule.indicator) else {
            continue;
        };
        let all = counts.whole.units.get(&indicator.name).map_or(0, |units| units.0);
        let share = if all == 0 { 0.0 } else { own.sole as f64 / all as f64 };
        let gain = if weights > 0.0 { share * weight_of(&indicator.weight) / weights * 100.0 } else { 0.0 };
        let findings = own.by_school.values().sum();
        let mut schools: Vec<(String, usize)> =
            own.by_school.iter().map(|(name, found)| (name.clone(), *found)).collect();
        schools.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        out.push(Work { rule: *number, findings, schools, gain, red_line: rule.red_line });
    }
    out.sort_by(|a, b| {
        let blocked = |work: &Work| if work.red_line { work.schools.len() } else { 0 };
        blocked(b)
            .cmp(&blocked(a))
            .then(b.gain.total_cmp(&a.gain))
            .then(b.findings.cmp(&a.findings))
            .then(a.rule.cmp(&b.rule))
    });
    out
}
