//! Which rows below a header are records: totals, signatures, notes, repeated headers and blank lines are not.

use super::headers::ColumnUse;
use super::text::compact;
use crate::definitions::{Field, Table, Words};
use crate::read::{Grid, Sheet};
use polars::prelude::PlHashMap;
use std::collections::BTreeMap;

/// The records of a sheet: row numbers (from 0), and the text of each used column by record.
#[derive(Debug, Default)]
pub struct Records<'a> {
    pub rows: Vec<u32>,
    /// Field name → texts, in the order of `rows`; nothing where the cell is blank.
    pub values: BTreeMap<String, Vec<Option<&'a str>>>,
}

/// Collects the records below the header.
#[must_use]
pub fn records<'a>(
    sheet: &'a Sheet,
    table: &Table,
    header_rows: (u32, u32),
    columns: &[ColumnUse],
    words: &Words,
) -> Records<'a> {
    let grid = &sheet.grid;
    let used: Vec<(&ColumnUse, &Field)> =
        columns.iter().filter_map(|column| Some((column, table.field(column.field.as_deref()?)?))).collect();
    let mut place: Vec<Option<usize>> = vec![None; grid.width() as usize];
    for (index, (column, _)) in used.iter().enumerate() {
        if let Some(place) = place.get_mut(column.column as usize) {
            *place = Some(index);
        }
    }
    let below = tall_values(grid, header_rows.1, &place);
    let mut header: Vec<&str> = vec![""; grid.width() as usize];
    for used in columns {
        if let Some(header) = header.get_mut(used.column as usize) {
            *header = grid.merged_cell(header_rows.1, used.column);
        }
    }
    // A copy of its own: threads that share one wait for each other.
    let notes = words.not_a_row.clone();
    let begins = |text: &str| notes.is_match(&compact(text));
    // One place has many rows.
    let mut places: PlHashMap<&str, bool> = PlHashMap::default();
    let mut rows = Vec::new();
    let mut values: Vec<Vec<Option<&str>>> = vec![Vec::new(); used.len()];
    let mut line: Vec<Option<&str>> = vec![None; used.len()];
    for index in 0..grid.len() {
        let row = grid.row_number(index);
        if row <= header_rows.1 {
            continue;
        }
        line.fill(None);
        let mut filled = 0;
        let mut first = None;
        for (column, text) in grid.row(index) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            first.get_or_insert((column, text));
            if let Some(Some(at)) = place.get(column as usize) {
                line[*at] = Some(text);
                filled += 1;
            }
        }
        let Some((_, first)) = first else { continue };
        if filled == 0
            || is_note(first, &line, &used, &begins, &mut places)
            || repeats_header(grid, index, &header)
            || is_numbering(grid, index, row == header_rows.1 + 1)
        {
            continue;
        }
        for (at, texts) in values.iter_mut().enumerate() {
            let inherited = || {
                below
                    .get(&at)
                    .and_then(|spans| spans.iter().find(|(from, to, _)| (*from..=*to).contains(&row)))
                    .map(|(_, _, text)| *text)
            };
            texts.push(line[at].or_else(inherited));
        }
        rows.push(row);
    }
    let values = used.iter().zip(values).map(|((_, field), texts)| (field.name.clone(), texts)).collect();
    Records { rows, values }
}

/// What merged cells below the header stand for in the rows that they cover: first row, last row, text.
fn tall_values<'a>(grid: &'a Grid, header: u32, place: &[Option<usize>]) -> BTreeMap<usize, Vec<(u32, u32, &'a str)>> {
    let mut spans: BTreeMap<usize, Vec<(u32, u32, &str)>> = BTreeMap::new();
    for merge in grid.tall_merges().filter(|merge| merge.first_row > header) {
        if let Some(Some(at)) = place.get(merge.first_column as usize) {
            let text = grid.cell(merge.first_row, merge.first_column);
            spans.entry(*at).or_default().push((merge.first_row, merge.last_row, text));
        }
    }
    spans
}

/// Totals, signature lines and notes: known by how they begin, or by being one lone text that is no identity.
fn is_note<'a>(
    first: &'a str,
    line: &[Option<&'a str>],
    used: &[(&ColumnUse, &Field)],
    begins: &impl Fn(&str) -> bool,
    places: &mut PlHashMap<&'a str, bool>,
) -> bool {
    // Most rows begin with their number.
    if !first.bytes().all(|byte| byte.is_ascii_digit()) && begins(first) {
        return true;
    }
    let names = line.iter().zip(used).any(|(text, (_, field))| match (field.name.as_str(), text) {
        ("name", Some(text)) => begins(text),
        ("school" | "village", Some(text)) => *places.entry(text).or_insert_with(|| begins(text)),
        _ => false,
    });
    // A long lone text in a narrow column is a remark under the table.
    let lone = line.iter().flatten().count() == 1 && first.chars().count() > 20;
    names || lone
}

/// A header printed again further down.
fn repeats_header(grid: &Grid, index: usize, header: &[&str]) -> bool {
    let same = grid.row(index).filter(|(column, text)| header.get(*column as usize) == Some(text));
    same.count() >= 3
}

/// The line of column numbers that forms print under their header: 1, 2, 3 …
fn is_numbering(grid: &Grid, index: usize, first: bool) -> bool {
    if !first {
        return false;
    }
    let texts: Vec<&str> = grid
        .row(index)
        .map(|(_, text)| text.trim())
        .filter(|text| text.parse::<u32>().is_ok() || !matches!(*text, "甲" | "乙" | "丙"))
        .collect();
    texts.len() >= 3 && (1_u32..).zip(&texts).all(|(number, text)| text.parse() == Ok(number))
}
