//! `领导简报.html`: one page on A4, and big enough for a projector.

use super::{Change, Item, Task};
use crate::readiness::Grade;
use crate::report::charts::readiness_picture;
use crate::report::wording::Wording;
use crate::report::{Run, render, simulation};
use anyhow::Result;
use minijinja::context;
use minijinja::value::{Serde, Value};
use std::path::Path;

const TEMPLATE: &str = "reports/brief.html.jinja";

/// Writes the page.
pub(super) fn write(
    run: &Run<'_>,
    wording: &Wording,
    (items, tasks, change): (&[Item], &[Task], Option<&Change>),
    path: &Path,
) -> Result<()> {
    let township = &run.readiness.township;
    let known = run.readiness.schools.iter().filter(|school| !school.dimensions.is_empty());
    let graded = |grade: Grade| known.clone().filter(|school| school.grade == grade).count();
    let grades: Vec<(&str, &str, usize)> = [(Grade::Ready, "●"), (Grade::Nearly, "▲"), (Grade::NotReady, "■")]
        .into_iter()
        .map(|(grade, mark)| (mark, grade.label(), graded(grade)))
        .collect();
    let red = run.readiness.schools.iter().filter(|school| !school.red_lines.is_empty()).count();
    let [errors, warnings, _] = run.severities();
    let chart = readiness_picture(run, wording, wording.brief.most_schools)?;
    let values = context! {
        everywhere => township.name.clone(),
        date => run.definitions.settings.text("reference-date"),
        version => env!("CARGO_PKG_VERSION"),
        known => !township.dimensions.is_empty(),
        score => format!("{:.1}", township.score), low => format!("{:.1}", township.low), high => format!("{:.1}", township.high),
        grade => township.grade.label(), errors, warnings, red, schools => known.clone().count(),
        grades => Value::from(Serde(grades)),
        not_run => run.not_run().count(),
        items => Value::from(Serde(items)),
        tasks => Value::from(Serde(tasks)),
        change => Value::from(Serde(change)),
        before => change.map(|change| format!("{:.1}", change.before)),
        now => change.map(|change| format!("{:.1}", change.now)),
        chart => Value::from_safe_string(simulation::picture(&chart)),
    };
    std::fs::write(path, render::page(&run.definitions.sources, TEMPLATE, values)?)?;
    Ok(())
}
