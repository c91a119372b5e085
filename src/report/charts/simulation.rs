//! The charts of a simulation: chance per school, the plan's curve, and what corrections gain.

use super::curve::Curve;
use super::draw::{AMBER, BLUE, Pen, RED};
use super::{Chart, Row, save};
use crate::report::simulation::Simulated;
use crate::report::wording::Wording;
use anyhow::Result;
use std::path::Path;

/// The pictures as SVG text, for the page.
#[derive(Debug, Default)]
pub struct Drawn {
    pub schools: String,
    pub curve: String,
    pub gain: String,
}

/// Draws every chart into `folder`, each as PNG and SVG.
pub fn write(run: &Simulated<'_>, wording: &Wording, folder: &Path) -> Result<Drawn> {
    let pen = Pen::new(&run.definitions.sources)?;
    Ok(Drawn {
        schools: save(&schools(run, wording), &pen, folder)?,
        curve: save(&curve(run, wording), &pen, folder)?,
        gain: save(&gain(run, wording), &pen, folder)?,
    })
}

fn schools(run: &Simulated<'_>, wording: &Wording) -> Chart {
    let ready = run.simulation.question.certainty;
    let all = run.schools();
    let shown = &all[..all.len().min(wording.charts.most_rows)];
    let cut = if shown.len() < all.len() {
        format!("共 {} 所，列出最不把稳的 {} 所，其余见工作簿　", all.len(), shown.len())
    } else {
        String::new()
    };
    let row = |school: &&crate::simulate::outcome::SchoolChance| {
        let chance = school.chance;
        let (mark, colour) = if chance.passes >= ready {
            ("●", BLUE)
        } else if chance.passes >= 0.5 {
            ("▲", AMBER)
        } else {
            ("■", RED)
        };
        Row {
            label: run.visited.frame.schools[school.school as usize].clone(),
            parts: vec![(chance.passes * 100.0, colour)],
            interval: Some((chance.low * 100.0, chance.high * 100.0)),
            note: format!("{mark} {:.1}%　抽{}户", chance.passes * 100.0, school.sample),
            cells: Vec::new(),
        }
    };
    Chart {
        file: "simulation-schools",
        title: wording.simulation.chart_schools.clone(),
        subtitle: format!("{cut}横线为模拟误差（95%）　● {:.0}%以上　▲ 一半以上　■ 一半以下", ready * 100.0),
        rows: shown.iter().map(row).collect(),
        most: 100.0,
        percent: true,
        heads: Vec::new(),
    }
}

fn curve(run: &Simulated<'_>, wording: &Wording) -> Curve {
    let simulation = run.simulation;
    let asked = &simulation.question;
    let mut marks = vec![
        (
            simulation.needed,
            format!("要到 {:.2}% 以下，才有 {:.0}% 的把握", simulation.needed * 100.0, asked.certainty * 100.0),
        ),
        (simulation.expected, format!("现在约 {:.2}%", simulation.expected * 100.0)),
    ];
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    Curve {
        file: "simulation-oc",
        title: wording.simulation.chart_curve.clone(),
        subtitle: format!(
            "简单随机抽 {} 户，容许 {} 户有差错，共 {} 户",
            simulation.sample, simulation.accept, simulation.households
        ),
        along: "真实的差错率（有差错的户占的比例）".to_owned(),
        most: simulation.curve.last().map_or(1.0, |point| point.0).max(1e-6),
        points: simulation.curve.clone(),
        shares: true,
        steps: false,
        marks,
    }
}

fn gain(run: &Simulated<'_>, wording: &Wording) -> Curve {
    let simulation = run.simulation;
    let mut points = vec![(0.0, simulation.township.passes)];
    points.extend(simulation.steps.iter().map(|step| (f64::from(step.total), step.passes)));
    let sure = simulation.steps.iter().find(|step| step.passes >= simulation.question.certainty);
    Curve {
        file: "simulation-gain",
        title: wording.simulation.chart_gain.clone(),
        subtitle: "按“先改什么”的次序，每改完一项再算一次".to_owned(),
        along: "改好的处数".to_owned(),
        most: points.last().map_or(1.0, |point| point.0).max(1.0),
        points: if simulation.steps.is_empty() { Vec::new() } else { points },
        shares: false,
        steps: true,
        marks: sure
            .map(|step| {
                (f64::from(step.total), format!("改好 {} 处，通过的可能 {:.0}%", step.total, step.passes * 100.0))
            })
            .into_iter()
            .collect(),
    }
}
