//! The rows of a form: which people of its view, and what each column says of them.

use super::aid::AidTold;
use crate::definitions::{AidCell, Definitions, Form, FormColumn, Input, Spread, form_predicate};
use crate::report::wording::FormWords;
use crate::standardise::date::civil;
use anyhow::{Context, Result};
use polars::prelude::{Column, DataFrame, DataType, IntoLazy, PolarsResult, SortMultipleOptions, col};
use std::collections::{BTreeMap, BTreeSet};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
}

impl Cell {
    /// As it reads.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => super::aid::yuan(*number),
        }
    }
}

/// A form's columns and rows, in the order of school, village and household.
#[derive(Debug)]
pub struct Filled<'f> {
    pub form: &'f Form,
    pub columns: Vec<&'f FormColumn>,
    /// The school that answers for a row, and its cells.
    pub rows: Vec<(String, Vec<Cell>)>,
}

/// Fills a form from its view.
///
/// # Errors
/// When the view lacks a column.
pub fn fill<'f>(
    form: &'f Form,
    frame: &DataFrame,
    aid: &AidTold,
    definitions: &Definitions,
    words: &FormWords,
) -> Result<Filled<'f>> {
    let frame = select(form, frame, definitions).with_context(|| format!("填「{}」时出错", form.title))?;
    let persons: Vec<Option<i64>> = frame.column("person")?.i64()?.iter().collect();
    let years = aid.years(persons.iter().flatten().copied());
    let shown = |column: &&FormColumn| {
        column.spread != Some(Spread::Years) || year_of(column).is_some_and(|year| years.contains(&year))
    };
    let columns: Vec<&FormColumn> = form.columns.iter().filter(shown).collect();
    let term = definitions.settings.current_term();
    let schools: Vec<String> =
        frame.column("school")?.str()?.iter().map(|name| name.unwrap_or_default().to_owned()).collect();
    let mut rows: Vec<(String, Vec<Cell>)> = schools.into_iter().map(|school| (school, Vec::new())).collect();
    for column in &columns {
        let yes_no = column.input == Input::YesNo;
        let cells: Vec<Cell> = match (&column.field, column.aid, year_of(column)) {
            (Some(field), ..) => texts(frame.column(field)?, yes_no, words)?,
            (None, Some(told), _) => persons.iter().map(|person| told_cell(aid, told, *person, term)).collect(),
            (None, None, Some(year)) => persons
                .iter()
                .map(|person| Cell::Text(person.map_or_else(String::new, |person| aid.year(person, year))))
                .collect(),
            _ => vec![Cell::Text(String::new()); persons.len()],
        };
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.1.push(cell);
        }
    }
    Ok(Filled { form, columns, rows })
}

/// The people of a form, each once, in a stable order.
fn select(form: &Form, frame: &DataFrame, definitions: &Definitions) -> PolarsResult<DataFrame> {
    let mut rows = frame.clone().lazy();
    if let Some(when) = &form.when {
        rows = rows.filter(form_predicate(definitions, when)?);
    }
    let by = ["school", "village", "household_id", "at", "person"].map(col);
    rows.sort_by_exprs(by, SortMultipleOptions::default().with_nulls_last(true).with_maintain_order(true)).collect()
}

fn year_of(column: &FormColumn) -> Option<i64> {
    if column.spread == Some(Spread::Years) { column.code.as_ref()?.parse().ok() } else { None }
}

fn told_cell(aid: &AidTold, told: AidCell, person: Option<i64>, term: i64) -> Cell {
    let number = |amount: Option<f64>| amount.map_or_else(|| Cell::Text(String::new()), Cell::Number);
    let Some(person) = person else { return Cell::Text(String::new()) };
    match told {
        AidCell::Total => number(aid.total(person)),
        AidCell::Term => Cell::Text(aid.term_text(person, term)),
        AidCell::TermTotal => number(aid.term_total(person, term)),
    }
}

/// A column as it is written: dates as `2020-03-01`, yes and no in words.
fn texts(column: &Column, yes_no: bool, words: &FormWords) -> PolarsResult<Vec<Cell>> {
    let blank = || Cell::Text(String::new());
    Ok(match column.dtype() {
        DataType::Boolean => column
            .bool()?
            .iter()
            .map(|flag| match flag {
                Some(true) => Cell::Text(words.yes.clone()),
                Some(false) if yes_no => Cell::Text(words.no.clone()),
                _ => blank(),
            })
            .collect(),
        DataType::Date => column
            .to_physical_repr()
            .i32()?
            .iter()
            .map(|day| day.map_or_else(blank, |day| Cell::Text(iso(day))))
            .collect(),
        DataType::Float64 => column.f64()?.iter().map(|number| number.map_or_else(blank, Cell::Number)).collect(),
        DataType::Int64 => column
            .i64()?
            .iter()
            .map(|number| number.map_or_else(blank, |number| Cell::Text(number.to_string())))
            .collect(),
        _ => column.str()?.iter().map(|text| Cell::Text(text.unwrap_or_default().to_owned())).collect(),
    })
}

/// `2020-03-01`.
#[must_use]
pub fn iso(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

impl Filled<'_> {
    /// Every school that has a row.
    #[must_use]
    pub fn schools(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|(school, _)| school.as_str()).filter(|school| !school.is_empty()).collect()
    }

    /// The rows of one school; all of them for none.
    #[must_use]
    pub fn of(&self, school: Option<&str>) -> Vec<&[Cell]> {
        let own = |row: &&(String, Vec<Cell>)| school.is_none_or(|school| row.0 == school);
        self.rows.iter().filter(own).map(|(_, cells)| cells.as_slice()).collect()
    }

    /// How often each value of a column stands in these rows.
    #[must_use]
    pub fn tally(&self, column: usize, rows: &[&[Cell]]) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for row in rows {
            let text = row[column].text();
            if !text.is_empty() {
                *counts.entry(text).or_insert(0) += 1;
            }
        }
        counts
    }
}
