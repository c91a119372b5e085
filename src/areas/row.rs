//! What a row says without being understood whole: which area it belongs to, and the certain key of its person.

use crate::definitions::{Definitions, Kind, Period, Table, Words};
use crate::read::Grid;
use crate::standardise::SheetReport;
use crate::standardise::id_number::{key_in_disability_number, key_in_student_number, parse};
use crate::standardise::text::{clean, compact};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How the rows of one sheet are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReader {
    /// The last header row, from 0; none where no table was recognised.
    pub header: Option<u32>,
    /// The column that names the area.
    area: Option<u32>,
    /// The area of every row, where a folder or a title names it.
    filled: Option<String>,
    /// Columns with numbers, those that count first.
    numbers: Vec<(u32, Number)>,
    /// Where rows are of a term at a school, and the latest are those of the present.
    dated: Option<Dated>,
}

/// What tells whether a row is of the present: its table, and where its term and school stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    table: String,
    term: Option<u32>,
    filled_term: Option<String>,
    school: Option<u32>,
    filled_school: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Number {
    Id,
    Student,
    Disability,
    /// Of the household's head, where the person's own is not asked for.
    Head,
}

impl RowReader {
    /// Looks at what a sheet was taken for. `field` names the field that holds the area.
    #[must_use]
    pub fn new(report: &SheetReport, definitions: &Definitions, field: &str) -> Self {
        let Some(table) = report.table.as_ref().and_then(|name| definitions.table(name)) else {
            return Self::default();
        };
        let column =
            |name: &str| report.columns.iter().find(|used| used.field.as_deref() == Some(name)).map(|used| used.column);
        let filled = report.filled.iter().find(|filled| filled.field == field).map(|filled| tidy(&filled.value));
        Self {
            header: Some(report.header_rows.1),
            area: column(field),
            filled: filled.filter(|text| !text.is_empty()),
            numbers: numbers(table, &column),
            dated: dated(report, table, &column),
        }
    }

    /// Whether rows can say by themselves which area they belong to.
    #[must_use]
    pub fn names_areas(&self) -> bool {
        self.area.is_some() || self.filled.is_some()
    }

    /// The area that a row names.
    #[must_use]
    pub fn area<'g>(&'g self, grid: &'g Grid, index: usize) -> Option<Cow<'g, str>> {
        if let Some(filled) = &self.filled {
            return Some(Cow::Borrowed(filled));
        }
        // Blanks of every kind are out already.
        let text = compact(self.cell(grid, index, self.area?)?);
        Some(text).filter(|text| !text.is_empty())
    }

    /// The table and school among whose rows the latest term is the present one, and a row's term as it stands.
    #[must_use]
    pub fn dated<'g>(&'g self, grid: &'g Grid, index: usize) -> Option<((&'g str, &'g str), &'g str)> {
        let dated = self.dated.as_ref()?;
        let cell = |column: Option<u32>, filled: &'g Option<String>| {
            column.and_then(|column| self.cell(grid, index, column)).or(filled.as_deref()).map(str::trim)
        };
        let school = cell(dated.school, &dated.filled_school).unwrap_or_default();
        Some(((&dated.table, school), cell(dated.term, &dated.filled_term)?))
    }

    /// The certain key of a row's person (design section 5, passes 1 and 2).
    #[must_use]
    pub fn key(&self, grid: &Grid, index: usize, words: &Words) -> Option<i64> {
        self.numbers.iter().find_map(|(column, number)| {
            let text = compact(self.cell(grid, index, *column)?);
            let text = if text.bytes().any(|byte| byte.is_ascii_lowercase() || !byte.is_ascii()) {
                text.to_uppercase().into()
            } else {
                text
            };
            match number {
                Number::Id | Number::Head => parse(&text, words)?.key,
                Number::Student => key_in_student_number(&text),
                Number::Disability => key_in_disability_number(&text),
            }
        })
    }

    fn cell<'g>(&self, grid: &'g Grid, index: usize, column: u32) -> Option<&'g str> {
        grid.row(index).find(|(at, _)| *at == column).map(|(_, text)| text)
    }
}

fn dated(report: &SheetReport, table: &Table, column: &dyn Fn(&str) -> Option<u32>) -> Option<Dated> {
    if !matches!(table.period, Period::Term | Period::SchoolYear) {
        return None;
    }
    let filled = |name: &str| {
        report.filled.iter().find(|filled| filled.field == name).map(|filled| filled.value.trim().to_owned())
    };
    Some(Dated {
        table: table.name.clone(),
        term: column("term"),
        filled_term: filled("term"),
        school: column("school"),
        filled_school: filled("school"),
    })
}

fn numbers(table: &Table, column: &dyn Fn(&str) -> Option<u32>) -> Vec<(u32, Number)> {
    if !table.persons {
        return Vec::new();
    }
    let for_head = table.identity.iter().flatten().any(|name| name == "head_id_number");
    let kinds = table.fields.iter().filter_map(|field| {
        let number = match field.kind {
            Kind::IdNumber => Number::Id,
            Kind::StudentNumber => Number::Student,
            Kind::DisabilityNumber => Number::Disability,
            _ if for_head && field.name == "head_id_number" => Number::Head,
            _ => return None,
        };
        Some((column(&field.name)?, number))
    });
    let mut found: Vec<(u32, Number)> = kinds.collect();
    found.sort_by_key(|(_, number)| *number as u8);
    found
}

fn tidy(text: &str) -> String {
    compact(&clean(text)).into_owned()
}
