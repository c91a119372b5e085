//! What the terminal shows of a simulation: one screen.

use super::{Simulated, percent};
use std::fmt::Write;
use std::path::Path;

const MOST: usize = 5;

/// The screen's text.
///
/// # Errors
/// Never in practice: writing into a text does not fail.
pub fn simulation_screen(run: &Simulated<'_>, folder: &Path) -> Result<String, std::fmt::Error> {
    let simulation = run.simulation;
    let question = &simulation.question;
    let mut out = String::new();
    writeln!(
        out,
        "模拟完成：{}{} 户，{}，抽 {} 户，{}容许 {} 户有差错，模拟 {} 次",
        if run.invented { "虚构的 " } else { "" },
        simulation.households,
        question.design.label(),
        simulation.sample,
        if simulation.rule.by_part { "每校" } else { "" },
        simulation.accept,
        question.audits
    )?;
    writeln!(
        out,
        "通过的可能：{}（模拟误差 ±{:.1} 个百分点）",
        percent(simulation.township.passes),
        simulation.township.error * 196.0
    )?;
    writeln!(
        out,
        "抽查会查出的差错率：平均 {}，十次里九次在 {} 到 {} 之间；降到 {} 以下才有 {} 的把握",
        percent(simulation.rate.mean),
        percent(simulation.rate.low),
        percent(simulation.rate.high),
        percent(simulation.needed),
        percent(question.certainty)
    )?;
    for (name, reason) in &run.visited.left_out {
        writeln!(out, "没有比 {name}：{reason}")?;
    }
    let schools = run.schools();
    if !schools.is_empty() {
        writeln!(out, "单独抽查各校，最不把稳的：")?;
        for school in schools.iter().take(MOST) {
            writeln!(out, "  {}　{}", run.school(school.school), percent(school.chance.passes))?;
        }
    }
    if simulation.steps.is_empty() {
        writeln!(out, "没有要更正的问题会影响抽查。")?;
    } else {
        writeln!(out, "先改：")?;
        for (number, step) in (1..).zip(simulation.steps.iter().take(MOST)) {
            let group = &run.visited.frame.groups[step.group as usize];
            writeln!(
                out,
                "  {number}. {}：{}（{} 处）→ 通过的可能 {}",
                run.school(group.school),
                group.title,
                step.fixes,
                percent(step.passes)
            )?;
        }
    }
    if let Some(rehearsed) = run.rehearsed {
        writeln!(out, "演练：走访 {} 户，{} 户答得与材料不同", rehearsed.visited, rehearsed.wrong)?;
    }
    writeln!(out, "结果在 {}：先看 模拟普查.html，走访用 模拟普查.xlsx 的“入户演练”", folder.display())?;
    Ok(out)
}
