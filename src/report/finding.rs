//! A finding as text: the cell that it points at, the cell that it is compared with, and its sentence.

use super::Run;
use super::mask::Privacy;
use crate::definitions::{Kind, Rule, placeholders};
use crate::read::column_letters;
use crate::standardise::place_of;
use crate::standardise::text::{compact, person_name};

/// One finding, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingText {
    pub rule: String,
    pub title: String,
    pub severity: &'static str,
    pub indicator: String,
    pub school: String,
    pub village: String,
    pub household_id: String,
    pub name: String,
    pub id_number: String,
    pub place: Place,
    pub other: Place,
    pub message: String,
    pub check: String,
    /// What a person settled, where the finding can be settled.
    pub resolution: String,
}

/// A cell: where it is and what stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub sheet: String,
    /// As the spreadsheet shows it; none for a whole file or sheet.
    pub row: Option<u32>,
    /// Letters; empty when no one column is meant.
    pub column: String,
    pub value: String,
}

/// The text of one finding.
#[must_use]
pub fn describe(run: &Run<'_>, finding: (u32, u32), privacy: Privacy) -> FindingText {
    let rule = &run.definitions.rules[finding.0 as usize];
    let findings = &run.evaluated.findings;
    let text = |column: &str| findings.text(finding, column).unwrap_or_default();
    let column = findings.number(finding, "col").and_then(|column| u32::try_from(column).ok());
    let place = findings
        .number(finding, "at")
        .map(|at| locate(run, finding, at, (&rule.column, false), column, privacy))
        .unwrap_or_default();
    let other = findings
        .number(finding, &rule.other)
        .filter(|_| !rule.other_column.is_empty())
        .map(|at| locate(run, finding, at, (&rule.other_column, true), None, privacy))
        .unwrap_or_default();
    FindingText {
        rule: rule.id.clone(),
        title: rule.title.clone(),
        severity: findings.severity(finding, rule).code(),
        indicator: rule.indicator.clone(),
        school: text("school"),
        village: text("village"),
        household_id: text("household_id"),
        name: privacy.name(&text("name")),
        id_number: privacy.number(&text("id_number")),
        place,
        other,
        message: message(run, rule, finding, privacy),
        check: rule.check.clone(),
        resolution: if rule.resolution.is_some() { text("resolution") } else { String::new() },
    }
}

/// Finds the first of the columns that the sheet has; a row without any of them is pointed at by its name.
fn locate(
    run: &Run<'_>,
    finding: (u32, u32),
    at: i64,
    (columns, compared): (&[String], bool),
    column: Option<u32>,
    privacy: Privacy,
) -> Place {
    let (sheet, row) = place_of(at);
    let (Some(source), Some(report)) = (run.input.sheets.get(sheet), run.sheets.get(sheet)) else {
        return Place::default();
    };
    let mut place = Place { file: source.file.clone(), sheet: source.name.clone(), ..Place::default() };
    if row == 0 {
        return place;
    }
    place.row = Some(row);
    let find =
        |name: &str| report.columns.iter().find(|used| used.field.as_deref() == Some(name)).map(|used| used.column);
    let present: Vec<u32> = columns.iter().filter_map(|name| find(&filled(run, finding, name))).collect();
    let holds = |column: &&u32| !source.grid.merged_cell(row - 1, **column).trim().is_empty();
    // What is compared with is shown where it says something; what is wrong may well be an empty cell.
    let named =
        || if compared { present.iter().find(holds).or(present.first()).copied() } else { present.first().copied() };
    let fallback = || ["name", "id_number", "school"].into_iter().find_map(find);
    let chosen = column.or_else(named).or_else(|| if columns.is_empty() { None } else { fallback() });
    if let Some(chosen) = chosen {
        let field = report.columns.iter().find(|used| used.column == chosen).and_then(|used| used.field.clone());
        let kind = field
            .and_then(|field| run.definitions.table(report.table.as_deref()?)?.field(&field).map(|field| field.kind));
        place.column = column_letters(chosen);
        place.value = shown(privacy, source.grid.merged_cell(row - 1, chosen).trim(), kind);
    }
    place
}

fn shown(privacy: Privacy, text: &str, kind: Option<Kind>) -> String {
    let text = match kind {
        Some(Kind::Name) => person_name(text),
        Some(Kind::IdNumber | Kind::OtherId | Kind::StudentNumber | Kind::DisabilityNumber) => compact(text),
        _ => text.into(),
    };
    privacy.cell(&text, kind).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text whose braces are replaced by values of the view's row.
fn filled(run: &Run<'_>, finding: (u32, u32), text: &str) -> String {
    let mut out = text.to_owned();
    for name in placeholders(text) {
        out = out.replace(&format!("{{{name}}}"), &run.evaluated.findings.text(finding, &name).unwrap_or_default());
    }
    out
}

/// The rule's sentence with the row's values, masked by what they are.
fn message(run: &Run<'_>, rule: &Rule, finding: (u32, u32), privacy: Privacy) -> String {
    let mut out = optional(&rule.message, |name| run.evaluated.findings.text(finding, name).is_some());
    for name in placeholders(&out.clone()) {
        let value = run.evaluated.findings.text(finding, &name);
        let value = match name.as_str() {
            "name" | "reference_name" | "head_name" => value.map(|value| privacy.name(&value)),
            "id_number" | "student_number" | "phone" => value.map(|value| privacy.number(&value)),
            _ => value.map(|value| privacy.numbers_in(&value)),
        };
        out = out.replace(&format!("{{{name}}}"), &value.unwrap_or_else(|| "（空）".to_owned()));
    }
    if rule.resolution.is_some()
        && run.evaluated.findings.settled(finding)
        && let Some(resolution) = run.evaluated.findings.text(finding, "resolution")
    {
        out.push_str(&format!("（已认定：{resolution}）"));
    }
    out
}

/// A part of a message in square brackets stands only when every value in it is there.
fn optional(message: &str, known: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((part, behind)) = after.split_once(']') else { break };
        out.push_str(before);
        if placeholders(part).iter().all(|name| known(name)) {
            out.push_str(part);
        }
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::optional;

    #[test]
    fn a_bracketed_part_needs_its_values() {
        let text = "标准{a}[至{b}]元[（{c}天）]";
        assert_eq!(optional(text, |name| name == "c"), "标准{a}元（{c}天）");
        assert_eq!(optional("没有括号{a}", |_| false), "没有括号{a}");
    }
}
