//! `自查报告.html`: one self-contained page, filled from `reports/page.html.jinja`.

use super::archive::archive;
use super::wording::Wording;
use super::{FindingText, Run, describe, render};
use crate::definitions::{PolicyText, Scope};
use crate::evaluate::{Figure, Group};
use crate::readiness::{NO_SCHOOL, School};
use anyhow::Result;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

const TEMPLATE: &str = "reports/page.html.jinja";

#[derive(Serialize)]
struct FindingRow {
    severity: &'static str,
    severity_label: String,
    #[serde(flatten)]
    text: FindingParts,
}

#[derive(Serialize)]
struct FindingParts {
    indicator: String,
    rule: String,
    title: String,
    school: String,
    village: String,
    name: String,
    id_number: String,
    message: String,
    place: String,
    value: String,
    other: String,
    other_value: String,
    check: String,
}

#[derive(Serialize)]
struct FigureTable {
    title: String,
    unit: &'static str,
    reason: Option<String>,
    heads: Vec<String>,
    rows: Vec<(String, Vec<usize>)>,
}

#[derive(Serialize)]
struct SheetRow {
    file: String,
    sheet: String,
    hidden: bool,
    table: String,
    rows: usize,
    header: String,
    columns: Vec<(String, String)>,
    unknown: Vec<String>,
    filled: Vec<String>,
    note: String,
}

/// Writes the page.
pub fn write(run: &Run<'_>, wording: &Wording, path: &Path) -> Result<()> {
    let (findings, total) = listed(run, wording);
    let [errors, warnings, infos] = run.severities();
    let township = &run.readiness.township;
    let figures = run
        .evaluated
        .figures
        .iter()
        .map(|figure| figure_table(figure, &township.name, wording))
        .collect::<Result<Vec<_>>>()?;
    let titles: BTreeMap<&str, &str> =
        run.definitions.rules.iter().map(|rule| (rule.id.as_str(), rule.title.as_str())).collect();
    let shown = |school: &School| {
        let red: Vec<String> =
            school.red_lines.iter().filter_map(|id| titles.get(id.as_str()).map(|title| (*title).to_owned())).collect();
        let dimensions: Vec<Option<Vec<String>>> = run
            .definitions
            .indicators
            .iter()
            .filter(|indicator| indicator.weight.is_some())
            .map(|indicator| {
                school.dimensions.get(&indicator.name).map(|dimension| {
                    vec![format!("{:.1}", dimension.score), format!("{}/{}", dimension.clean, dimension.units)]
                })
            })
            .collect();
        context! {
            name => school.name.clone(), score => format!("{:.1}", school.score), low => format!("{:.1}", school.low), high => format!("{:.1}", school.high),
            width => format!("{:.1}", (school.high - school.low).max(0.4)), grade => school.grade.label(), grade_code => format!("{:?}", school.grade),
            red => red, dimensions => dimensions, known => !school.dimensions.is_empty(), errors => school.findings[0], warnings => school.findings[1], infos => school.findings[2],
        }
    };
    let schools: Vec<_> = run.readiness.schools.iter().take(wording.page.most_schools).map(shown).collect();
    let areas: Vec<_> = run.readiness.areas.iter().map(shown).collect();
    let archive = archive(run)?;
    let all_schools = run.readiness.schools.len();
    let all_in = run.whole.map_or("《问题台账.xlsx》和 findings.csv", |whole| whole.name);
    let values = context! {
        date => run.definitions.settings.text("reference-date"),
        version => env!("CARGO_PKG_VERSION"),
        errors, warnings, infos, total, all_schools, all_in,
        township => context! { name => township.name.clone(), score => format!("{:.1}", township.score), grade => township.grade.label(), known => !township.dimensions.is_empty() },
        schools, areas,
        dimension_names => run.definitions.indicators.iter().filter(|indicator| indicator.weight.is_some()).map(|indicator| indicator.title.clone()).collect::<Vec<_>>(),
        figures => Value::from(Serde(&figures)),
        findings => Value::from(Serde(&findings)),
        school_names => names(&findings, |row| if row.text.school.is_empty() { NO_SCHOOL.to_owned() } else { row.text.school.clone() }),
        indicator_names => run.definitions.indicators.iter().map(|indicator| indicator.name.clone()).collect::<Vec<_>>(),
        rules => Value::from(Serde(rule_counts(run))),
        sheets => Value::from(Serde(sheets(run, wording.page.most_sheets))),
        all_sheets => run.sheets.len(),
        not_run => Value::from(Serde(run.not_run().map(|(rule, reason)| (rule, titles.get(rule).copied().unwrap_or_default(), reason)).collect::<Vec<_>>())),
        questions => run.questions.to_vec(),
        notes => Value::from(Serde(run.input.files.iter().filter_map(|file| file.note.as_ref().map(|note| (file.path.as_str(), note.as_str()))).collect::<Vec<_>>())),
        settings => run.definitions.settings.of_check().map(|(_, setting)| setting).map(|setting| context! {
            title => setting.title.clone(), value => setting.value.to_string(), source => setting.source.clone(), assumption => setting.assumption, changed => setting.changed,
        }).collect::<Vec<_>>(),
        pairs => Value::from(Serde(run.pairs.iter().take(wording.pairs.most_on_page).map(|pair| super::likely::text(run, pair, run.circulating())).collect::<Vec<_>>())),
        linking => context! { title => run.definitions.linking.title.clone(), used => run.definitions.linking.r#use, list => run.definitions.linking.list, source => run.definitions.linking.source.clone(), assumption => run.definitions.linking.assumption },
        pair_used => wording.pairs.used.clone(),
        pair_listed => wording.pairs.listed.clone(),
        pairs_total => run.pairs.len(),
        policies => Value::from(Serde(policies(run))),
        archive => Value::from(Serde(archive.as_ref().map(|archive| (&archive.columns, archive.for_page().into_iter().take(wording.page.most_schools).collect::<Vec<_>>(), archive.gaps.iter().take(wording.archive.most_on_page).collect::<Vec<_>>(), archive.gaps.len())))),
        archive_legend => wording.archive.legend.clone(),
        open => run.show_identities,
    };
    std::fs::write(path, render::page(&run.definitions.sources, TEMPLATE, values)?)?;
    Ok(())
}

/// The findings that the page lists: errors before warnings before notes.
fn listed(run: &Run<'_>, wording: &Wording) -> (Vec<FindingRow>, usize) {
    let findings = &run.evaluated.findings;
    let mut order = findings.order.clone();
    order.sort_by_key(|finding| findings.severity(*finding, &run.definitions.rules[finding.0 as usize]));
    let row = |finding: &(u32, u32)| {
        let text = describe(run, *finding, run.circulating());
        FindingRow {
            severity: text.severity,
            severity_label: wording.ledger.severities.get(text.severity).cloned().unwrap_or_default(),
            text: parts(text),
        }
    };
    (
        order.iter().take(wording.page.most_listed).map(row).collect(),
        run.whole.map_or(findings.len(), |whole| whole.rows),
    )
}

fn parts(text: FindingText) -> FindingParts {
    let place = |place: &super::Place| {
        let sheet = if place.sheet.is_empty() { String::new() } else { format!("〔{}〕", place.sheet) };
        place.row.map_or_else(
            || format!("{}{sheet}", place.file),
            |row| format!("{}{sheet} {}{row}", place.file, place.column),
        )
    };
    FindingParts {
        place: place(&text.place),
        other: if text.other.file.is_empty() { String::new() } else { place(&text.other) },
        indicator: text.indicator,
        rule: text.rule,
        title: text.title,
        school: text.school,
        village: text.village,
        name: text.name,
        id_number: text.id_number,
        message: text.message,
        value: text.place.value,
        other_value: text.other.value,
        check: text.check,
    }
}

fn names(rows: &[FindingRow], pick: impl Fn(&FindingRow) -> String) -> Vec<String> {
    rows.iter().map(pick).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn figure_table(figure: &Figure, everywhere: &str, wording: &Wording) -> Result<FigureTable> {
    let unit = if figure.unit == "household" { "户" } else { "人" };
    let mut table =
        FigureTable { title: figure.indicator.clone(), unit, reason: None, heads: Vec::new(), rows: Vec::new() };
    if let Err(reason) = &figure.people {
        table.reason = Some(reason.clone());
        return Ok(table);
    }
    let mut columns: Vec<(Scope, String)> = Vec::new();
    for scope in &figure.scopes {
        let prefix = if figure.scopes.len() > 1 && *scope == Scope::Registered { "登记户 " } else { "" };
        table.heads.push(format!("{prefix}{}", if figure.unit == "household" { "登记户数" } else { "合计" }));
        columns.push((*scope, String::new()));
        for (code, label) in &figure.codes {
            table.heads.push(format!("{prefix}{code} {label}"));
            columns.push((*scope, code.clone()));
        }
        if !figure.codes.is_empty() && figure.total(*scope, "unknown") > 0 {
            table.heads.push(format!("{prefix}{}", wording.figures.unknown));
            columns.push((*scope, "unknown".to_owned()));
        }
    }
    let by_area = figure.scopes.iter().any(|scope| !figure.counts(*scope, Group::Area).is_empty());
    for group in [Group::Township, if by_area { Group::Area } else { Group::School }] {
        let counts: Vec<_> = figure.scopes.iter().map(|scope| (*scope, figure.counts(*scope, group))).collect();
        let places: std::collections::BTreeSet<&String> =
            counts.iter().flat_map(|(_, counts)| counts.keys().map(|(place, _)| place)).collect();
        if places.is_empty() && group == Group::Township {
            table.rows.push((everywhere.to_owned(), vec![0; columns.len()]));
        }
        for place in places {
            let name = match (group, place.as_str()) {
                (Group::Township, _) => everywhere.to_owned(),
                (_, "") => NO_SCHOOL.to_owned(),
                (_, place) => place.to_owned(),
            };
            let values = columns
                .iter()
                .map(|(scope, code)| {
                    counts
                        .iter()
                        .find(|(known, _)| known == scope)
                        .and_then(|(_, counts)| counts.get(&(place.clone(), code.clone())))
                        .copied()
                        .unwrap_or_default()
                })
                .collect();
            table.rows.push((name, values));
        }
    }
    Ok(table)
}

/// The aid policies of the present term: what, for whom, how much, whence.
fn policies(run: &Run<'_>) -> Vec<(String, String, PolicyText, String, bool)> {
    let term = run.definitions.settings.current_term();
    let mut rows: Vec<_> = run
        .definitions
        .benefits
        .iter()
        .filter(|benefit| benefit.term_from <= term && term <= benefit.term_to)
        .map(|benefit| {
            let source = format!("{}（{}）", benefit.source, benefit.region);
            (benefit.item.clone(), benefit.title.clone(), PolicyText::new(benefit), source, benefit.assumption)
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

fn rule_counts(run: &Run<'_>) -> Vec<(String, String, &'static str, usize)> {
    let mut rows: Vec<_> = run
        .definitions
        .rules
        .iter()
        .zip(&run.evaluated.findings.results)
        .filter(|(_, result)| result.found() > 0)
        .map(|(rule, result)| (rule.id.clone(), rule.title.clone(), rule.severity, result.frame.height()))
        .collect();
    rows.sort_by(|a, b| a.2.cmp(&b.2).then(b.3.cmp(&a.3)).then_with(|| a.0.cmp(&b.0)));
    rows.into_iter().map(|(id, title, severity, count)| (id, title, severity.code(), count)).collect()
}

fn sheets(run: &Run<'_>, most: usize) -> Vec<SheetRow> {
    let one = |(sheet, report): (&crate::read::Sheet, &crate::standardise::SheetReport)| {
        let table = report.table.as_ref().and_then(|name| run.definitions.table(name));
        let title = |name: &str| {
            table.and_then(|table| table.field(name)).map_or_else(|| name.to_owned(), |field| field.title.clone())
        };
        let note = sheet.unreadable.clone().unwrap_or_else(|| {
            if sheet.grid.is_empty() {
                "空表".to_owned()
            } else if report.own {
                "本程序写的封面或说明".to_owned()
            } else if sheet.grid.cut {
                "列太多，只读了前面的".to_owned()
            } else {
                String::new()
            }
        });
        SheetRow {
            file: sheet.file.clone(),
            sheet: sheet.name.clone(),
            hidden: sheet.hidden,
            table: table.map_or_else(|| "没有使用".to_owned(), |table| table.title.clone()),
            rows: report.rows,
            header: if table.is_some() { format!("第{}行", report.header_rows.1 + 1) } else { String::new() },
            columns: report
                .columns
                .iter()
                .filter_map(|column| Some((column.header.clone(), title(column.field.as_ref()?))))
                .collect(),
            unknown: report
                .columns
                .iter()
                .filter(|column| column.field.is_none() && !column.ignored)
                .map(|column| column.header.clone())
                .collect(),
            filled: report
                .filled
                .iter()
                .map(|filled| format!("{}＝{}（取自{}）", title(&filled.field), filled.value, filled.from))
                .collect(),
            note,
        }
    };
    run.input.sheets.iter().zip(run.sheets).take(most).map(one).collect()
}
