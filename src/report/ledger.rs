//! `问题台账.xlsx`: a summary, then a sheet a school, with columns to fill in.

use super::finding::{FindingText, Place};
use super::wording::{LedgerColumn, Wording};
use super::{Run, describe};
use crate::definitions::Definitions;
use crate::link::Settled;
use crate::readiness::NO_SCHOOL;
use crate::standardise::text::{clean, compact, person_name};
use anyhow::{Context, Result};
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Excel's limit on the length of a sheet's name.
const NAME_LENGTH: usize = 31;

/// Points of one line of wrapped text.
pub(super) const LINE_HEIGHT: u32 = 15;

/// Formats that the workbooks share.
pub(super) struct Styles {
    pub title: Format,
    pub header: Format,
    pub cell: Format,
    pub number: Format,
    pub error: Format,
    pub warning: Format,
    pub note: Format,
}

impl Styles {
    pub fn new() -> Self {
        let base = || {
            Format::new()
                .set_font_name("微软雅黑")
                .set_font_size(10)
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00C8_CDD3))
                .set_align(FormatAlign::VerticalCenter)
        };
        Self {
            title: Format::new().set_font_name("微软雅黑").set_font_size(14).set_bold(),
            header: base()
                .set_bold()
                .set_background_color(Color::RGB(0x00E3_ECF5))
                .set_text_wrap()
                .set_align(FormatAlign::Center),
            cell: base().set_text_wrap(),
            number: base().set_num_format("0.##").set_align(FormatAlign::Center),
            error: base().set_font_color(Color::RGB(0x00B4_2318)).set_bold().set_align(FormatAlign::Center),
            warning: base().set_font_color(Color::RGB(0x008A_5A00)).set_align(FormatAlign::Center),
            note: Format::new()
                .set_font_name("微软雅黑")
                .set_font_size(10)
                .set_font_color(Color::RGB(0x0055_5F6B))
                .set_text_wrap(),
        }
    }
}

/// A workbook that says the same on every day: its date of creation is the reference date.
pub(super) fn new_workbook(definitions: &Definitions, title: &str) -> Result<Workbook> {
    let (year, month, day) = definitions.settings.date("reference-date");
    let created = ExcelDateTime::from_ymd(u16::try_from(year)?, u8::try_from(month)?, u8::try_from(day)?)?;
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    Ok(book)
}

/// The findings of each school.
pub(super) fn by_school(run: &Run<'_>) -> BTreeMap<String, Vec<(u32, u32)>> {
    let mut by_school: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
    let findings = &run.evaluated.findings;
    for finding in &findings.order {
        let school = findings.text(*finding, "school").unwrap_or_else(|| NO_SCHOOL.to_owned());
        by_school.entry(school).or_default().push(*finding);
    }
    by_school
}

/// Writes the ledger.
pub fn write(run: &Run<'_>, wording: &Wording, path: &Path) -> Result<()> {
    let styles = Styles::new();
    let mut book = new_workbook(run.definitions, "问题台账")?;
    let by_school = by_school(run);
    summary(run, wording, &styles, book.add_worksheet())?;
    let mut taken = BTreeSet::from([wording.ledger.summary_sheet.to_lowercase()]);
    let listed: Vec<&str> = run.readiness.schools.iter().map(|school| school.name.as_str()).collect();
    // Of very many schools those that are least ready.
    let (most, shown): (usize, &dyn Fn(&&str) -> bool) = match run.whole {
        Some(_) => (wording.ledger.most_schools, &|school| by_school.contains_key(*school)),
        None => (usize::MAX, &|_| true),
    };
    let extra = by_school.keys().map(String::as_str).filter(|name| !listed.contains(name)).collect::<Vec<_>>();
    for school in listed.iter().copied().chain(extra).filter(shown).take(most) {
        let findings = by_school.get(school).map(Vec::as_slice).unwrap_or_default();
        let name = sheet_name(school, &mut taken);
        let sheet = book.add_worksheet().set_name(&name).with_context(|| format!("工作表名「{name}」不能用"))?;
        school_sheet(run, wording, &wording.ledger.column, &styles, (sheet, school), findings)?;
    }
    super::likely::sheet(run, wording, &styles, &mut book)?;
    kept(run, wording, &styles, &mut book)?;
    book.save(path)?;
    Ok(())
}

/// Persons whose finding is gone but who were settled once: kept, so that nobody has to settle them again.
fn kept(run: &Run<'_>, wording: &Wording, styles: &Styles, book: &mut Workbook) -> Result<()> {
    let findings = &run.evaluated.findings;
    let listed: BTreeSet<i64> = findings
        .order
        .iter()
        .filter(|finding| run.definitions.rules[finding.0 as usize].resolution.is_some())
        .filter_map(|finding| findings.number(*finding, "person"))
        .collect();
    let rows: Vec<&Settled> =
        run.settled.iter().filter(|settled| settled.person.is_none_or(|person| !listed.contains(&person))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let keys = ["rule", "name", "id_number", "household_id", "village", "resolution"];
    let columns: Vec<&LedgerColumn> =
        keys.iter().filter_map(|key| wording.ledger.column.iter().find(|column| column.key == *key)).collect();
    let sheet = book.add_worksheet().set_name(&wording.ledger.kept_sheet)?;
    sheet.write_with_format(0, 0, &wording.ledger.kept_sheet, &styles.title)?;
    for (column, definition) in (0_u16..).zip(&columns) {
        sheet.write_with_format(1, column, &definition.title, &styles.header)?;
        sheet.set_column_width(column, definition.width)?;
    }
    for (row, settled) in (2_u32..).zip(rows) {
        let number = run.working().number(&settled.id_number);
        let cells =
            [&settled.rule, &settled.name, &number, &settled.household_id, &settled.village, &settled.resolution];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &styles.cell)?;
        }
    }
    Ok(())
}

fn summary(run: &Run<'_>, wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    sheet.set_name(&wording.ledger.summary_sheet)?;
    let [errors, warnings, infos] = run.severities();
    sheet.write_with_format(0, 0, "问题台账", &styles.title)?;
    let date = run.definitions.settings.text("reference-date");
    sheet.write_with_format(
        1,
        0,
        format!("基准日 {date}　错误 {errors}　提醒 {warnings}　说明 {infos}"),
        &styles.note.clone().unset_text_wrap(),
    )?;
    sheet.write_with_format(
        2,
        0,
        "每所学校一张表。核实后填“处理状态”等后四列；国办数据不要自行修改，有错报教育组更正。",
        &styles.note.clone().unset_text_wrap(),
    )?;
    if let (Some(whole), Some((listed, rows))) = (run.whole, run.listed()) {
        let text = format!(
            "共 {rows} 条，本台账列出其中 {listed} 条，至多给 {} 所学校各一张表；全部在 {}。各校的数是全的。",
            wording.ledger.most_schools, whole.name
        );
        sheet.write_with_format(3, 0, text, &styles.note.clone().unset_text_wrap())?;
    }
    let columns = &wording.ledger.summary_columns;
    for (column, (title, width)) in (0_u16..).zip(columns.titles.iter().zip(&columns.widths)) {
        sheet.write_with_format(4, column, title, &styles.header)?;
        sheet.set_column_width(column, *width)?;
    }
    let mut row = 5;
    let readiness = run.readiness;
    let rows = readiness.areas.iter().chain(&readiness.schools).chain(std::iter::once(&readiness.township));
    for school in rows {
        sheet.write_with_format(row, 0, &school.name, &styles.cell)?;
        sheet.write_with_format(row, 1, school.grade.label(), &styles.cell)?;
        for (column, value) in (2_u16..).zip([school.score, school.low, school.high]) {
            sheet.write_with_format(row, column, (value * 10.0).round() / 10.0, &styles.number)?;
        }
        for (column, count) in (5_u16..).zip(school.findings) {
            sheet.write_with_format(row, column, u32::try_from(count)?, &styles.number)?;
        }
        let red: Vec<&str> = school.red_lines.iter().map(|id| rule_title(run, id)).collect();
        sheet.write_with_format(row, 8, red.join("、"), &styles.cell)?;
        row += 1;
    }
    sheet.set_freeze_panes(5, 1)?;
    sheet.autofilter(4, 0, row - 1, 8)?;
    Ok(())
}

fn rule_title<'r>(run: &'r Run<'_>, id: &'r str) -> &'r str {
    run.definitions.rules.iter().find(|rule| rule.id == id).map_or(id, |rule| rule.title.as_str())
}

/// One school's findings: a title, the head, a row a finding. Returns the first row below.
pub(super) fn school_sheet(
    run: &Run<'_>,
    wording: &Wording,
    columns: &[LedgerColumn],
    styles: &Styles,
    (sheet, school): (&mut Worksheet, &str),
    findings: &[(u32, u32)],
) -> Result<u32> {
    sheet.write_with_format(0, 0, format!("{school}　共 {} 条", findings.len()), &styles.title)?;
    for (column, definition) in (0_u16..).zip(columns) {
        sheet.write_with_format(1, column, &definition.title, &styles.header)?;
        sheet.set_column_width(column, definition.width)?;
        if definition.hidden {
            sheet.set_column_hidden(column)?;
        }
    }
    let mut row = 2;
    for (number, finding) in (1_u32..).zip(findings) {
        let text = describe(run, *finding, run.working());
        let noted = run.notes.get(&own_words(&text));
        if let Some(list) = &run.definitions.rules[finding.0 as usize].resolution {
            offer(run, columns, sheet, row, list)?;
        }
        let mut lines = 1;
        for (column, definition) in (0_u16..).zip(columns) {
            let kept =
                KEPT.iter().position(|key| *key == definition.key).and_then(|place| noted.map(|noted| &noted[place]));
            match kept {
                Some(kept) => sheet.write_string_with_format(row, column, kept, &styles.cell).map(|_| ())?,
                None => write_cell(sheet, row, column, definition, &text, number, wording, styles)?,
            }
            if !definition.hidden {
                lines = lines.max(wrapped(kept.unwrap_or(&cell_text(definition, &text)), definition.width));
            }
        }
        if lines > 1 {
            // Not every spreadsheet program makes room for wrapped text by itself.
            sheet.set_row_height(row, LINE_HEIGHT * lines)?;
        }
        row += 1;
    }
    let last_column = u16::try_from(columns.len().saturating_sub(1))?;
    if findings.is_empty() {
        sheet.write_with_format(2, 0, "没有发现问题。", &styles.note.clone().unset_text_wrap())?;
    } else {
        sheet.autofilter(1, 0, row - 1, last_column)?;
        if let Some(column) = columns.iter().position(|column| column.key == "status") {
            let choices = DataValidation::new().allow_list_strings(&wording.ledger.statuses)?;
            sheet.add_data_validation(2, u16::try_from(column)?, row - 1, u16::try_from(column)?, &choices)?;
        }
    }
    sheet.set_freeze_panes(2, 5)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 1)?;
    Ok(row.max(3))
}

/// The columns that people fill in beside a finding; they stay with it as long as it says the same.
const KEPT: [&str; 5] = ["status", "found", "paper", "by", "date"];

/// A finding as the ledger is read back: rule, name, number, household and sentence, standardised like any table.
fn own_words(text: &FindingText) -> [String; 5] {
    [
        clean(&text.rule).into_owned(),
        person_name(&text.name).into_owned(),
        clean(&text.id_number).into_owned(),
        compact(&text.household_id).to_uppercase(),
        clean(&text.message).into_owned(),
    ]
}

/// The choices by which a person may settle the finding of a row.
fn offer(run: &Run<'_>, columns: &[LedgerColumn], sheet: &mut Worksheet, row: u32, list: &str) -> Result<()> {
    let (Some(column), Some(codes)) =
        (columns.iter().position(|column| column.key == "resolution"), run.definitions.codes.get(list))
    else {
        return Ok(());
    };
    let column = u16::try_from(column)?;
    let labels: Vec<&str> = codes.codes.iter().map(|code| code.label.as_str()).collect();
    let choices = DataValidation::new()
        .allow_list_strings(&labels)?
        .set_input_title(codes.title.as_str())?
        .set_input_message("查清后在这里选；下次运行会读回，认定了的不再算学校的问题。")?;
    sheet.add_data_validation(row, column, row, column, &choices)?;
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "one cell of a table: where, what, and how it looks")]
fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    definition: &LedgerColumn,
    text: &FindingText,
    number: u32,
    wording: &Wording,
    styles: &Styles,
) -> Result<()> {
    match definition.key.as_str() {
        "number" => {
            sheet.write_with_format(row, column, number, &styles.number)?;
        }
        "severity" => {
            let style = match text.severity {
                "error" => &styles.error,
                "warning" => &styles.warning,
                _ => &styles.number,
            };
            let label = wording.ledger.severities.get(text.severity).map_or(text.severity, String::as_str);
            sheet.write_string_with_format(row, column, label, style)?;
        }
        // Always a string, so that what starts with = + - @ stays text.
        _ => {
            sheet.write_string_with_format(row, column, cell_text(definition, text), &styles.cell)?;
        }
    }
    Ok(())
}

/// What a column says of a finding; nothing for those that are written in another way.
fn cell_text(definition: &LedgerColumn, text: &FindingText) -> String {
    match definition.key.as_str() {
        "indicator" => text.indicator.clone(),
        "title" => text.title.clone(),
        "name" => text.name.clone(),
        "id_number" => text.id_number.clone(),
        "household_id" => text.household_id.clone(),
        "village" => text.village.clone(),
        "message" => text.message.clone(),
        "file" => text.place.file.clone(),
        "sheet" => text.place.sheet.clone(),
        "cell" => cell_name(&text.place),
        "where" => other_place(&text.place),
        "value" => text.place.value.clone(),
        "other_place" => other_place(&text.other),
        "other_value" => text.other.value.clone(),
        "check" => text.check.clone(),
        "resolution" => text.resolution.clone(),
        "rule" => text.rule.clone(),
        _ => String::new(),
    }
}

/// How many lines a text takes in a column of a width; a Chinese character is as wide as two digits.
pub(super) fn wrapped(text: &str, width: f64) -> u32 {
    let wide: u32 = text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
    let room = (width - 1.0).max(1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few lines")]
    let lines = (f64::from(wide) / room).ceil() as u32;
    lines.clamp(1, 20)
}

/// `F12`, or only the row.
fn cell_name(place: &Place) -> String {
    place.row.map_or_else(String::new, |row| format!("{}{row}", place.column))
}

fn other_place(place: &Place) -> String {
    if place.file.is_empty() {
        return String::new();
    }
    let sheet = if place.sheet.is_empty() { String::new() } else { format!("〔{}〕", place.sheet) };
    format!("{}{sheet}{}", place.file, cell_name(place))
}

/// A name that Excel takes for a sheet, unlike any other of the book.
pub(super) fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = wanted
        .chars()
        .filter(|letter| !matches!(letter, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'' | '（' | '）'))
        .collect();
    let clean = if clean.is_empty() { "学校".to_owned() } else { clean };
    for copy in 1.. {
        let ending = if copy == 1 { String::new() } else { format!("-{copy}") };
        let head: String = clean.chars().take(NAME_LENGTH - ending.chars().count()).collect();
        let name = format!("{head}{ending}");
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    clean
}
