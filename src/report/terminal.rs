//! What the terminal shows: one screen.

use super::Run;
use crate::definitions::Scope;
use crate::readiness::NO_SCHOOL;
use anyhow::Result;
use std::fmt::Write;
use std::path::Path;

const MOST_SCHOOLS: usize = 8;
const MOST_LINES: usize = 4;

/// The screen's text.
///
/// # Errors
/// When a figure's frame lacks a column.
pub fn screen(run: &Run<'_>, folder: &Path) -> Result<String> {
    let mut out = String::new();
    let [errors, warnings, infos] = run.severities();
    let used = run.sheets.iter().filter(|sheet| sheet.table.is_some()).count();
    writeln!(
        out,
        "自查完成：基准日 {}，读 {} 个文件，认出 {used} 张表",
        run.definitions.settings.text("reference-date"),
        run.input.files.len()
    )?;
    writeln!(out, "发现：错误 {errors}，提醒 {warnings}，说明 {infos}")?;
    for figure in &run.evaluated.figures {
        let Err(reason) = &figure.people else {
            let unit = if figure.unit == "household" { "户" } else { "人" };
            let parts: Vec<String> = if figure.codes.is_empty() {
                figure
                    .scopes
                    .iter()
                    .map(|scope| {
                        Ok(format!(
                            "{} {}",
                            if *scope == Scope::All { "全部" } else { "其中登记户" },
                            figure.total(*scope, "")
                        ))
                    })
                    .collect::<Result<_>>()?
            } else {
                figure
                    .codes
                    .iter()
                    .map(|(code, _)| {
                        Ok(format!(
                            "{code}:{}",
                            figure.total(figure.scopes.first().copied().unwrap_or(Scope::All), code)
                        ))
                    })
                    .collect::<Result<_>>()?
            };
            writeln!(out, "  {}（{unit}）　{}", figure.indicator, parts.join("　"))?;
            continue;
        };
        writeln!(out, "  {}　没有算：{reason}", figure.indicator)?;
    }
    let schools: Vec<_> = run
        .readiness
        .schools
        .iter()
        .filter(|school| school.name != NO_SCHOOL && !school.dimensions.is_empty())
        .collect();
    if !schools.is_empty() {
        writeln!(out, "各校就绪度（最需要关注的在前）：")?;
    }
    for school in schools.iter().take(MOST_SCHOOLS) {
        let red = if school.red_lines.is_empty() { "" } else { "　红线" };
        writeln!(
            out,
            "  {:5.1}（{:.1}–{:.1}）　{}　{}{red}",
            school.score,
            school.low,
            school.high,
            school.grade.label(),
            school.name
        )?;
    }
    if schools.len() > MOST_SCHOOLS {
        writeln!(out, "  ……共 {} 所，其余见报告", schools.len())?;
    }
    let idle: Vec<_> = run.not_run().collect();
    if !idle.is_empty() {
        writeln!(out, "没有核对的规则 {} 条（没有核对不等于没有问题）：", idle.len())?;
        for (rule, reason) in idle.iter().take(MOST_LINES) {
            writeln!(out, "  {rule}　{reason}")?;
        }
    }
    for question in run.questions.iter().take(MOST_LINES) {
        writeln!(out, "请确认：{question}")?;
    }
    let notes = run.input.files.iter().filter_map(|file| file.note.as_ref().map(|note| (&file.path, note)));
    for (path, note) in notes.take(MOST_LINES) {
        writeln!(out, "说明：{path} {note}")?;
    }
    writeln!(out, "结果在 {}：先看《自查报告.html》，各校照《问题台账.xlsx》核实", folder.display())?;
    Ok(out)
}
