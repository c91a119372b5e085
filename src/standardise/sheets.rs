//! One sheet after another: recognised, its records typed, its questions noted.

use super::codes::Coders;
use super::columns::typed;
use super::headers::{Candidate, ColumnUse, HeaderIndex};
use super::hints::{self, Filled};
use super::rows::records;
use super::text::header_key;
use super::threads::side_by_side;
use crate::definitions::{Definitions, Field, Project, SheetSetting, Table, table_schema};
use crate::read::{Input, Sheet};
use polars::prelude::*;
use std::collections::BTreeMap;

/// What a sheet was taken for.
#[derive(Debug, Clone, Default)]
pub struct SheetReport {
    /// The table; none when it was not recognised or is to be skipped.
    pub table: Option<String>,
    pub score: f64,
    /// Other tables with the same score.
    pub rivals: Vec<String>,
    /// First and last header row, from 0.
    pub header_rows: (u32, u32),
    pub columns: Vec<ColumnUse>,
    pub filled: Vec<Filled>,
    /// A cover or a note that this program wrote itself.
    pub own: bool,
    /// How many records.
    pub rows: usize,
    /// Required fields that neither a column nor a title gives.
    pub missing: Vec<String>,
}

/// Something noticed while reading and understanding, to become a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub event: &'static str,
    pub at: i64,
    /// The column, where the event is about one that is no field.
    pub column: Option<u32>,
    pub field: Option<String>,
    pub value: String,
    pub detail: String,
}

/// The tables, and where everything came from.
#[derive(Debug, Default)]
pub struct Standardised {
    /// By table name; every frame has the fields' columns, `at`, and `id_guess` where there is an ID number.
    pub tables: BTreeMap<String, DataFrame>,
    /// In the order of the input's sheets.
    pub sheets: Vec<SheetReport>,
    pub events: Vec<Event>,
}

/// A cell's row as one integer: the sheet's index, then the row number as the spreadsheet shows it (0 for the whole sheet).
#[must_use]
pub fn location(sheet: usize, row: u32) -> i64 {
    (i64::try_from(sheet).unwrap_or_default() << 32) | i64::from(row)
}

/// The sheet and the row of a location.
#[must_use]
pub fn place_of(at: i64) -> (usize, u32) {
    (usize::try_from(at >> 32).unwrap_or_default(), u32::try_from(at & 0xffff_ffff).unwrap_or_default())
}

/// Understands every sheet.
///
/// # Errors
/// When polars cannot build a frame.
pub fn standardise(input: &Input, definitions: &Definitions, project: &Project) -> PolarsResult<Standardised> {
    let index = HeaderIndex::new(definitions);
    let coders = Coders::new(definitions);
    let results = side_by_side(input.sheets.len(), |number| {
        understand(number, &input.sheets[number], &index, &coders, definitions, project)
    });
    let mut out = Standardised::default();
    for result in results {
        let (report, frame, events) = result?;
        if let (Some(table), Some(frame)) = (&report.table, frame) {
            match out.tables.get_mut(table) {
                Some(whole) => {
                    whole.vstack_mut(&frame)?;
                }
                None => {
                    out.tables.insert(table.clone(), frame);
                }
            }
        }
        out.sheets.push(report);
        out.events.extend(events);
    }
    Ok(out)
}

/// Tells what sheets are, without their records being used: made once for many sheets.
#[derive(Debug)]
pub struct Recogniser<'d> {
    index: HeaderIndex<'d>,
    coders: Coders<'d>,
    definitions: &'d Definitions,
}

impl<'d> Recogniser<'d> {
    #[must_use]
    pub fn new(definitions: &'d Definitions) -> Self {
        Self { index: HeaderIndex::new(definitions), coders: Coders::new(definitions), definitions }
    }

    /// What a sheet is taken for, by its first rows.
    ///
    /// # Errors
    /// When polars cannot build a frame.
    pub fn report(&self, head: &Sheet, project: &Project) -> PolarsResult<SheetReport> {
        Ok(understand(0, head, &self.index, &self.coders, self.definitions, project)?.0)
    }
}

type Understood = (SheetReport, Option<DataFrame>, Vec<Event>);

fn understand(
    number: usize,
    sheet: &Sheet,
    index: &HeaderIndex<'_>,
    coders: &Coders<'_>,
    definitions: &Definitions,
    project: &Project,
) -> PolarsResult<Understood> {
    let mut events = Vec::new();
    let mut report = SheetReport::default();
    let whole = |event, detail: String| Event {
        event,
        at: location(number, 0),
        column: None,
        field: None,
        value: String::new(),
        detail,
    };
    if let Some(reason) = &sheet.unreadable {
        events.push(whole("file-unreadable", reason.clone()));
        return Ok((report, None, events));
    }
    let settings: Vec<&SheetSetting> = project.sheet_settings(&sheet.file, &sheet.name).collect();
    if sheet.grid.is_empty() || settings.iter().any(|setting| setting.table.as_deref() == Some("skip")) {
        return Ok((report, None, events));
    }
    let partitions = hints::partitions(&sheet.file);
    let fill_all = |table: &Table, header: u32| {
        fills(table, &hints::titles(sheet, header), &partitions, &settings, definitions, coders)
    };
    let titles: Vec<String> = hints::titles(sheet, u32::MAX).into_iter().map(|(_, text)| text).collect();
    let candidates = index.candidates(
        sheet,
        &titles,
        &|table, header| fill_all(table, header).into_iter().map(|filled| filled.field).collect(),
        &settings,
    );
    let best = match choose(&candidates, settings.iter().any(|setting| setting.table.is_some()), definitions) {
        Ok(best) => best,
        Err((detail, rivals)) => {
            report.rivals = rivals;
            if titles.first().is_some_and(|title| definitions.words.own_output.is_match(title)) {
                report.own = true;
                return Ok((report, None, events));
            }
            events.push(whole("sheet-unrecognised", detail));
            return Ok((report, None, events));
        }
    };
    let Some(table) = definitions.table(&best.table) else { return Ok((report, None, events)) };
    let used = |name: &str| best.columns.iter().any(|column| column.field.as_deref() == Some(name));
    let filled: Vec<Filled> = fill_all(table, best.rows.0).into_iter().filter(|filled| !used(&filled.field)).collect();
    report = SheetReport {
        table: Some(table.name.clone()),
        score: best.score,
        rivals: Vec::new(),
        header_rows: best.rows,
        columns: best.columns.clone(),
        own: false,
        rows: 0,
        missing: missing(table, best, &filled),
        filled,
    };
    header_events(number, table, &report, sheet, &mut events);
    let mut found = records(sheet, table, best.rows, &best.columns, &definitions.words);
    report.rows = found.rows.len();
    for filled in &report.filled {
        found.values.insert(filled.field.clone(), vec![Some(filled.value.as_str()); found.rows.len()]);
    }
    let height = found.rows.len();
    let typed = typed(table, found.values, height, definitions, coders)?;
    for (record, field) in typed.unparsed {
        let column = report.columns.iter().find(|column| column.field.as_deref() == Some(&field));
        let Some(column) = column else { continue };
        let row = found.rows[record];
        events.push(Event {
            event: "value-unparsed",
            at: location(number, row + 1),
            column: Some(column.column),
            field: Some(field),
            value: sheet.grid.merged_cell(row, column.column).to_owned(),
            detail: String::new(),
        });
    }
    let at: Vec<i64> = found.rows.iter().map(|row| location(number, row + 1)).collect();
    let frame = assemble(table, typed.columns, at, height)?;
    let (frame, nameless) = identified(table, frame)?;
    // Where the sheet has no such column at all, that is said once and not for every row.
    let has = |name: &String| report.columns.iter().any(|column| column.field.as_ref() == Some(name));
    let asked = !table.persons || table.identity.iter().any(|group| group.iter().all(has));
    for at in nameless.into_iter().filter(|_| asked) {
        let detail = "没有证件号码，也没有别的号码可以代替，不知道是谁。".to_owned();
        events.push(Event {
            event: "row-without-identity",
            at,
            column: None,
            field: None,
            value: String::new(),
            detail,
        });
    }
    Ok((report, Some(frame), events))
}

/// The best reading, unless nothing scores enough or two tables score the same.
fn choose<'c>(
    candidates: &'c [Candidate],
    settled: bool,
    definitions: &Definitions,
) -> Result<&'c Candidate, (String, Vec<String>)> {
    let Some(best) = candidates.first() else {
        return Err(("没有找到认得的表头，没有使用。".to_owned(), Vec::new()));
    };
    if settled {
        return Ok(best);
    }
    if best.score < definitions.settings.float("minimum-score") {
        return Err(("认得的列太少，看不出是哪类表，没有使用。".to_owned(), Vec::new()));
    }
    let rivals: Vec<String> = candidates
        .iter()
        .skip(1)
        .filter(|other| best.score - other.score < 1e-6)
        .map(|other| other.table.clone())
        .collect();
    if rivals.is_empty() {
        return Ok(best);
    }
    let title = |name: &String| definitions.table(name).map_or_else(|| name.clone(), |table| table.title.clone());
    let names: Vec<String> = std::iter::once(&best.table).chain(&rivals).map(title).collect();
    Err((format!("像「{}」，分不出是哪一类，没有使用。", names.join("」又像「")), rivals))
}

/// Values for fields without a column, from `zicha.toml`, folders that are named `name=value`, the title, the sheet name and the file name.
fn fills(
    table: &Table,
    titles: &[(&'static str, String)],
    partitions: &[(String, String)],
    settings: &[&SheetSetting],
    definitions: &Definitions,
    coders: &Coders<'_>,
) -> Vec<Filled> {
    table
        .fields
        .iter()
        .filter_map(|field| {
            let settled = settings.iter().find_map(|setting| setting.values.get(&field.name));
            match settled {
                Some(value) => Some(Filled { field: field.name.clone(), value: value.clone(), from: "zicha.toml" }),
                None if partitions.iter().any(|(name, _)| names(field, name)) => {
                    let value = partitions.iter().find(|(name, _)| names(field, name)).map(|(_, value)| value.clone());
                    Some(Filled { field: field.name.clone(), value: value.unwrap_or_default(), from: "文件夹名" })
                }
                None if field.fill => hints::find(field, titles, definitions, coders),
                None => None,
            }
        })
        .collect()
}

/// Whether a folder's `name=` means a field: by the field's own name or by any of its headers.
fn names(field: &Field, name: &str) -> bool {
    let key = header_key(name, false);
    field.choice.is_none()
        && (field.name == name || field.synonyms.iter().any(|synonym| header_key(synonym, false) == key))
}

fn missing(table: &Table, best: &Candidate, filled: &[Filled]) -> Vec<String> {
    let has = |name: &str| {
        best.columns.iter().any(|column| column.field.as_deref() == Some(name))
            || filled.iter().any(|filled| filled.field == name)
    };
    let choices = |name: &str| {
        table
            .fields
            .iter()
            .any(|field| field.choice.as_ref().is_some_and(|(parent, _)| parent == name) && has(&field.name))
    };
    let stands_in = |field: &Field| field.unless.as_deref().is_some_and(&has);
    table
        .fields
        .iter()
        .filter(|field| field.required && !has(&field.name) && !choices(&field.name) && !stands_in(field))
        .map(|field| field.name.clone())
        .collect()
}

/// Columns that are missing, and columns that nobody understands.
fn header_events(number: usize, table: &Table, report: &SheetReport, sheet: &Sheet, events: &mut Vec<Event>) {
    let at = location(number, report.header_rows.1 + 1);
    for name in &report.missing {
        let title = table.field(name).map_or(name.as_str(), |field| field.title.as_str());
        events.push(Event {
            event: "column-missing",
            at,
            column: None,
            field: None,
            value: title.to_owned(),
            detail: table.title.clone(),
        });
    }
    for column in report.columns.iter().filter(|column| column.field.is_none() && !column.ignored) {
        let own = if sheet.grid.cell(report.header_rows.1, column.column).is_empty() {
            report.header_rows.0
        } else {
            report.header_rows.1
        };
        events.push(Event {
            event: "column-unrecognised",
            at: location(number, own + 1),
            column: Some(column.column),
            field: None,
            value: column.header.clone(),
            detail: String::new(),
        });
    }
}

/// The columns in the table's order, with the cells' locations.
fn assemble(
    table: &Table,
    mut columns: BTreeMap<String, Column>,
    at: Vec<i64>,
    height: usize,
) -> PolarsResult<DataFrame> {
    columns.insert("at".to_owned(), Column::new("at".into(), at));
    let mut ordered = Vec::new();
    for (name, dtype) in table_schema(table) {
        let column = columns.remove(&name).unwrap_or_else(|| Column::full_null(name.as_str().into(), height, &dtype));
        ordered.push(column);
    }
    ordered.extend(columns.remove("id_guess"));
    DataFrame::new(height, ordered)
}

/// Rows that can be used, and the locations of records about persons without any number.
fn identified(table: &Table, frame: DataFrame) -> PolarsResult<(DataFrame, Vec<i64>)> {
    let whole = |group: &Vec<String>| {
        group.iter().map(|name| col(name.as_str()).is_not_null()).reduce(Expr::and).unwrap_or_else(|| lit(true))
    };
    let known = table.identity.iter().map(whole).reduce(Expr::or).unwrap_or_else(|| lit(true));
    let usable = if table.persons { known.clone().or(col("name").is_not_null()) } else { known.clone() };
    let nameless = frame.clone().lazy().filter(known.not()).select([col("at")]).collect()?;
    let nameless = nameless.column("at")?.i64()?.iter().flatten().collect();
    Ok((frame.lazy().filter(usable).collect()?, nameless))
}
