//! `simulation.json`, version 1: the contract with programs.

use super::Simulated;
use crate::simulate::audit::Estimate;
use crate::simulate::outcome::{Chance, Spread};
use anyhow::Result;
use indexmap::IndexMap;
use serde::Serialize;
use std::path::Path;

/// The whole file. More keys may be added.
#[derive(Debug, Serialize)]
pub struct Contract {
    pub version: u32,
    pub program: String,
    pub seed: u64,
    pub audits: u64,
    pub invented: bool,
    pub design: &'static str,
    pub sample: usize,
    pub accept: u32,
    pub tolerance: f64,
    pub households: usize,
    pub township: Township,
    pub schools: Vec<School>,
    pub work_plan: Vec<Step>,
    pub curve: Vec<Point>,
    pub sizes: Sizes,
    pub conclusions: Vec<Conclusion>,
    pub villages: Vec<Village>,
    /// The households that are likeliest to be drawn and found wrong, the first ones.
    pub risks: Vec<Household>,
    pub not_compared: IndexMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
    pub settings: IndexMap<String, String>,
}

#[derive(Debug, Serialize)]
pub struct Township {
    pub pass_probability: f64,
    pub standard_error: f64,
    /// The closed form, where there is one.
    pub exact: Option<f64>,
    pub error_rate: Rate,
    pub items: IndexMap<String, Rate>,
    pub design_effect: f64,
    /// The share of households expected to have an error.
    pub expected: f64,
    /// Trials by the number of households found with an error.
    pub found: IndexMap<String, u64>,
}

#[derive(Debug, Serialize)]
pub struct Rate {
    pub mean: f64,
    pub p05: f64,
    pub p95: f64,
}

#[derive(Debug, Serialize)]
pub struct School {
    pub school: String,
    pub pass_probability: f64,
    pub standard_error: f64,
    pub households: usize,
    pub sample: usize,
    pub expected: f64,
}

#[derive(Debug, Serialize)]
pub struct Step {
    pub order: usize,
    pub rule: String,
    pub school: String,
    pub fixes: u32,
    pub total_fixes: u32,
    pub pass_probability_after: f64,
    pub standard_error: f64,
}

#[derive(Debug, Serialize)]
pub struct Point {
    pub error_rate: f64,
    pub pass_probability: f64,
}

#[derive(Debug, Serialize)]
pub struct Sizes {
    /// The smallest plan for the qualities and risks of the settings.
    pub plan: Option<PlanSize>,
    /// To know the error rate within the margin of the settings.
    pub for_margin: u64,
    /// To show that the tolerance is kept, when nothing at all is found.
    pub for_none_found: u64,
    /// The true error rate at which the audit is passed with the certainty of the settings.
    pub needed_error_rate: f64,
}

#[derive(Debug, Serialize)]
pub struct PlanSize {
    pub sample: u64,
    pub accept: u64,
}

#[derive(Debug, Serialize)]
pub struct Conclusion {
    pub found: u64,
    pub rate: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Serialize)]
pub struct Village {
    pub village: String,
    pub households: usize,
    pub expected_wrong: f64,
    pub expected_found: f64,
}

#[derive(Debug, Serialize)]
pub struct Household {
    pub household_id: String,
    pub school: String,
    pub village: String,
    /// The chances to be drawn, to be found wrong when drawn, and of both.
    pub drawn: f64,
    pub wrong: f64,
    pub both: f64,
}

#[derive(Debug, Serialize)]
pub struct Rehearsal {
    pub visited: usize,
    pub wrong: usize,
    pub rate: f64,
    pub low: f64,
    pub high: f64,
    pub design_effect: f64,
    pub items: IndexMap<String, [usize; 2]>,
    pub unknown: usize,
}

/// Households listed; all stand in the workbook.
const MOST_RISKS: usize = 100;

/// Digits beyond which a last bit could show.
fn round(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

fn rate(spread: &Spread) -> Rate {
    Rate { mean: round(spread.mean), p05: round(spread.low), p95: round(spread.high) }
}

/// Puts the contract together.
#[must_use]
pub fn contract(run: &Simulated<'_>) -> Contract {
    let simulation = run.simulation;
    let question = &simulation.question;
    let frame = &run.visited.frame;
    let Chance { passes, error, .. } = simulation.township;
    let items = frame.items.iter().map(|item| item.name.clone());
    Contract {
        version: 1,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        seed: question.seed,
        audits: question.audits,
        invented: run.invented,
        design: question.design.code(),
        sample: simulation.sample,
        accept: simulation.accept,
        tolerance: question.tolerance,
        households: simulation.households,
        township: Township {
            pass_probability: round(passes),
            standard_error: round(error),
            exact: simulation.exact.map(round),
            error_rate: rate(&simulation.rate),
            items: items.clone().zip(simulation.items.iter().map(rate)).collect(),
            design_effect: round(simulation.design_effect),
            expected: round(simulation.expected),
            found: simulation.found.iter().map(|(found, trials)| (found.to_string(), *trials)).collect(),
        },
        schools: simulation
            .schools
            .iter()
            .map(|school| School {
                school: run.school(school.school).to_owned(),
                pass_probability: round(school.chance.passes),
                standard_error: round(school.chance.error),
                households: school.households,
                sample: school.sample,
                expected: round(school.expected),
            })
            .collect(),
        work_plan: (1..).zip(&simulation.steps).map(|(order, step)| one_step(run, order, step)).collect(),
        curve: simulation
            .curve
            .iter()
            .map(|(rate, passes)| Point { error_rate: round(*rate), pass_probability: round(*passes) })
            .collect(),
        sizes: Sizes {
            plan: simulation.plan.map(|plan| PlanSize { sample: plan.sample, accept: plan.accept }),
            for_margin: simulation.for_margin,
            for_none_found: simulation.for_none_found,
            needed_error_rate: round(simulation.needed),
        },
        conclusions: simulation.conclusions.iter().map(conclusion).collect(),
        villages: simulation
            .villages
            .iter()
            .map(|village| Village {
                village: run.village(village.village).to_owned(),
                households: village.households,
                expected_wrong: round(village.wrong),
                expected_found: round(village.found),
            })
            .collect(),
        risks: simulation
            .risks
            .iter()
            .take(MOST_RISKS)
            .map(|risk| {
                let home = &frame.homes[risk.home as usize];
                Household {
                    household_id: home.id.clone(),
                    school: run.school(home.school).to_owned(),
                    village: run.village(home.village).to_owned(),
                    drawn: round(risk.drawn),
                    wrong: round(risk.wrong),
                    both: round(risk.both),
                }
            })
            .collect(),
        not_compared: run.visited.left_out.iter().cloned().collect(),
        rehearsal: run.rehearsed.map(|rehearsed| Rehearsal {
            visited: rehearsed.visited,
            wrong: rehearsed.wrong,
            rate: round(rehearsed.estimate.rate),
            low: round(rehearsed.estimate.low),
            high: round(rehearsed.estimate.high),
            design_effect: round(rehearsed.estimate.design_effect),
            items: items.zip(rehearsed.items.iter().map(|(answered, wrong)| [*answered, *wrong])).collect(),
            unknown: rehearsed.unknown.len(),
        }),
        settings: run
            .definitions
            .settings
            .of_audit()
            .map(|(name, setting)| (name.clone(), setting.value.to_string()))
            .collect(),
    }
}

fn one_step(run: &Simulated<'_>, order: usize, step: &crate::simulate::audit::work::Step) -> Step {
    let group = &run.visited.frame.groups[step.group as usize];
    Step {
        order,
        rule: group.rule.clone(),
        school: run.school(group.school).to_owned(),
        fixes: step.fixes,
        total_fixes: step.total,
        pass_probability_after: round(step.passes),
        standard_error: round(step.error),
    }
}

fn conclusion((found, estimate): &(u64, Estimate)) -> Conclusion {
    Conclusion { found: *found, rate: round(estimate.rate), low: round(estimate.low), high: round(estimate.high) }
}

/// Writes the file.
pub(super) fn write(run: &Simulated<'_>, path: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(&contract(run))?;
    text.push('\n');
    std::fs::write(path, text)?;
    Ok(())
}
