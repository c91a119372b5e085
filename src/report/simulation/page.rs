//! `模拟普查.html`: one self-contained page, filled from `reports/simulation.html.jinja`.

use super::{Simulated, percent};
use crate::report::charts::Drawn;
use crate::report::render;
use crate::report::wording::Wording;
use anyhow::Result;
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::path::Path;

const TEMPLATE: &str = "reports/simulation.html.jinja";

/// Writes the page.
pub(super) fn write(run: &Simulated<'_>, wording: &Wording, drawn: &Drawn, path: &Path) -> Result<()> {
    let simulation = run.simulation;
    let question = &simulation.question;
    let values = context! {
        date => run.definitions.settings.text("reference-date"),
        version => env!("CARGO_PKG_VERSION"),
        invented => run.invented,
        open => run.show_identities,
        seed => question.seed,
        audits => question.audits,
        design => question.design.label(),
        lots => simulation.rule.by_part,
        households => simulation.households,
        sample => simulation.sample,
        each => question.sample,
        accept => simulation.accept,
        tolerance => percent(question.tolerance),
        certainty => percent(question.certainty),
        passes => percent(simulation.township.passes),
        error => format!("{:.1}", simulation.township.error * 196.0),
        exact => simulation.exact.map(percent),
        expected => percent(simulation.expected),
        expected_homes => format!("{:.0}", simulation.expected * households(simulation.households)),
        rate => [simulation.rate.mean, simulation.rate.low, simulation.rate.high].map(percent).to_vec(),
        needed => percent(simulation.needed),
        needed_homes => format!("{:.0}", (simulation.needed * households(simulation.households)).floor()),
        design_effect => format!("{:.2}", simulation.design_effect),
        items => Value::from(Serde(items(run))),
        left_out => Value::from(Serde(&run.visited.left_out)),
        elsewhere => run.visited.elsewhere,
        schools => Value::from(Serde(schools(run))),
        steps => Value::from(Serde(steps(run, wording))),
        steps_total => simulation.steps.len(),
        fixes_total => simulation.steps.last().map_or(0, |step| step.total),
        villages => Value::from(Serde(villages(run, wording))),
        villages_total => simulation.villages.len(),
        risks => Value::from(Serde(risks(run, wording))),
        risks_total => simulation.risks.len(),
        conclusions => Value::from(Serde(conclusions(run))),
        plan => simulation.plan.map(|plan| context! { sample => plan.sample, accept => plan.accept }),
        wanted => [question.wanted.acceptable, question.wanted.unacceptable, question.wanted.producer, question.wanted.consumer].map(percent).to_vec(),
        margin => format!("{:.1}", question.margin * 100.0),
        for_margin => simulation.for_margin,
        for_none_found => simulation.for_none_found,
        rehearsed => rehearsed(run),
        rehearsal => run.rehearsal.len(),
        settings => Value::from(Serde(settings(run))),
        chart_schools => Value::from_safe_string(picture(&drawn.schools)),
        chart_curve => Value::from_safe_string(picture(&drawn.curve)),
        chart_gain => Value::from_safe_string(picture(&drawn.gain)),
    };
    std::fs::write(path, render::page(&run.definitions.sources, TEMPLATE, values)?)?;
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn households(count: usize) -> f64 {
    count as f64
}

/// The drawing itself, without what only a file of its own needs, and as wide as there is room.
pub(in crate::report) fn picture(svg: &str) -> String {
    let start = svg.find("<svg").unwrap_or_default();
    let (head, rest) = svg[start..].split_once('>').unwrap_or_default();
    let size = head.find("viewBox").map_or("", |at| &head[at..]);
    format!("<svg {size} aria-hidden=\"true\">{rest}")
}

fn items(run: &Simulated<'_>) -> Vec<Vec<String>> {
    let items = run.visited.frame.items.iter().zip(&run.simulation.items);
    items
        .map(|(item, spread)| {
            let limit = if item.tolerance >= 1.0 { "不另设".to_owned() } else { percent(item.tolerance) };
            vec![item.name.clone(), percent(spread.mean), percent(spread.low), percent(spread.high), limit]
        })
        .collect()
}

fn schools(run: &Simulated<'_>) -> Vec<Vec<String>> {
    run.schools()
        .into_iter()
        .map(|school| {
            vec![
                run.school(school.school).to_owned(),
                school.households.to_string(),
                school.sample.to_string(),
                percent(school.expected),
                percent(school.chance.passes),
                format!("±{:.1}", school.chance.error * 196.0),
            ]
        })
        .collect()
}

fn steps(run: &Simulated<'_>, wording: &Wording) -> Vec<Vec<String>> {
    let steps = (1..).zip(run.simulation.steps.iter().take(wording.simulation.most_steps));
    steps
        .map(|(order, step): (usize, _)| {
            let group = &run.visited.frame.groups[step.group as usize];
            vec![
                order.to_string(),
                run.school(group.school).to_owned(),
                group.title.clone(),
                group.rule.clone(),
                step.fixes.to_string(),
                step.total.to_string(),
                percent(step.passes),
                format!("±{:.1}", step.error * 196.0),
            ]
        })
        .collect()
}

fn villages(run: &Simulated<'_>, wording: &Wording) -> Vec<Vec<String>> {
    run.simulation
        .villages
        .iter()
        .take(wording.simulation.most_villages)
        .map(|village| {
            vec![
                run.village(village.village).to_owned(),
                village.households.to_string(),
                format!("{:.1}", village.wrong),
                percent(village.wrong / households(village.households)),
                format!("{:.2}", village.found),
            ]
        })
        .collect()
}

fn risks(run: &Simulated<'_>, wording: &Wording) -> Vec<Vec<String>> {
    let risks = run.simulation.risks.iter().take(wording.simulation.most_risks);
    risks
        .map(|risk| {
            let home = &run.visited.frame.homes[risk.home as usize];
            vec![
                run.school(home.school).to_owned(),
                run.village(home.village).to_owned(),
                home.id.clone(),
                run.privacy().name(&home.head),
                run.reasons(risk.home),
                percent(risk.wrong),
                percent(risk.both),
            ]
        })
        .collect()
}

fn conclusions(run: &Simulated<'_>) -> Vec<Vec<String>> {
    let accept = u64::from(run.simulation.accept);
    let conclusions = run.simulation.conclusions.iter();
    conclusions
        .map(|(found, estimate)| {
            let verdict = if *found <= accept { "通过" } else { "不通过" };
            vec![
                found.to_string(),
                percent(estimate.rate),
                percent(estimate.low),
                percent(estimate.high),
                verdict.to_owned(),
            ]
        })
        .collect()
}

fn rehearsed(run: &Simulated<'_>) -> Option<Value> {
    let rehearsed = run.rehearsed?;
    let frame = &run.visited.frame;
    let items: Vec<Vec<String>> = frame
        .items
        .iter()
        .zip(&rehearsed.items)
        .map(|(item, (answered, wrong))| vec![item.name.clone(), answered.to_string(), wrong.to_string()])
        .collect();
    let differences: Vec<Vec<String>> = rehearsed
        .differences
        .iter()
        .map(|difference| {
            let home = &frame.homes[difference.home as usize];
            vec![
                run.village(home.village).to_owned(),
                home.id.clone(),
                run.privacy().name(&home.head),
                frame.items[difference.item].name.clone(),
                codes_only(&difference.answer),
                run.worded(difference.item, &difference.expected),
            ]
        })
        .collect();
    let estimate = rehearsed.estimate;
    Some(context! {
        visited => rehearsed.visited,
        wrong => rehearsed.wrong,
        rate => percent(estimate.rate), low => percent(estimate.low), high => percent(estimate.high),
        design_effect => format!("{:.2}", estimate.design_effect),
        items => Value::from(Serde(items)),
        differences => Value::from(Serde(differences)),
        unknown => rehearsed.unknown.clone(),
    })
}

/// The codes of an answer: what was written in words may name somebody, and stands in the workbook.
fn codes_only(answer: &str) -> String {
    let codes: Vec<&str> =
        answer.split(|letter: char| !letter.is_ascii_digit()).filter(|code| (1..=8).contains(&code.len())).collect();
    if codes.is_empty() { "（写的是文字，见工作簿）".to_owned() } else { codes.join("、") }
}

fn settings(run: &Simulated<'_>) -> Vec<(String, String, String, bool, bool)> {
    run.definitions
        .settings
        .of_audit()
        .map(|(_, setting)| {
            (
                setting.title.clone(),
                setting.value.to_string(),
                setting.source.clone(),
                setting.assumption,
                setting.changed,
            )
        })
        .collect()
}
