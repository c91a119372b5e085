//! Which table a sheet is: every row among the first is tried as a header against every table's synonyms, and scored.

use super::text::{clean, header_key};
use crate::definitions::{Definitions, Field, SheetSetting, Table};
use crate::read::{Grid, Sheet};
use polars::prelude::PlHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A column of a recognised sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnUse {
    pub column: u32,
    /// The header as it stands, line breaks as blanks.
    pub header: String,
    /// The field it is; none when ignored or not understood.
    pub field: Option<String>,
    /// A known header that is not used.
    pub ignored: bool,
}

/// One reading of one row as a header.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub table: String,
    pub score: f64,
    /// First and last header row, from 0.
    pub rows: (u32, u32),
    pub columns: Vec<ColumnUse>,
}

/// Headers by table, made once for a run.
#[derive(Debug)]
pub struct HeaderIndex<'a> {
    definitions: &'a Definitions,
    tables: Vec<(&'a Table, BTreeMap<String, &'a Field>, BTreeSet<String>)>,
    /// Which tables know a header: most cells below a header are known to none.
    knowing: PlHashMap<String, Vec<usize>>,
}

impl<'a> HeaderIndex<'a> {
    #[must_use]
    pub fn new(definitions: &'a Definitions) -> Self {
        let tables: Vec<_> = definitions
            .tables
            .values()
            .map(|table| {
                let mut fields = BTreeMap::new();
                // Plain fields come before choices, so that a header that is both is the plain one.
                for field in table
                    .fields
                    .iter()
                    .filter(|field| field.choice.is_none())
                    .chain(table.fields.iter().filter(|field| field.choice.is_some()))
                {
                    for synonym in &field.synonyms {
                        fields.entry(header_key(synonym, false)).or_insert(field);
                    }
                }
                let ignored = table.ignored.iter().map(|header| header_key(header, false)).collect();
                (table, fields, ignored)
            })
            .collect();
        let mut knowing: PlHashMap<String, Vec<usize>> = PlHashMap::default();
        for (number, (_, fields, _)) in tables.iter().enumerate() {
            fields.keys().for_each(|key: &String| knowing.entry(key.clone()).or_default().push(number));
        }
        Self { definitions, tables, knowing }
    }

    /// The readings of a sheet, best first; empty when nothing scores.
    #[must_use]
    pub fn candidates(
        &self,
        sheet: &Sheet,
        titles: &[String],
        fillable: &dyn Fn(&Table, u32) -> Vec<String>,
        settings: &[&SheetSetting],
    ) -> Vec<Candidate> {
        let wanted = settings.iter().find_map(|setting| setting.table.as_deref());
        let header_row = settings.iter().find_map(|setting| setting.header_row);
        let last = u32::try_from(self.definitions.settings.integer("header-rows")).unwrap_or(30);
        let mut best: BTreeMap<&str, Candidate> = BTreeMap::new();
        // Single rows first, so that a title above a header never becomes part of it.
        for double in [false, true] {
            for index in 0..sheet.grid.len() {
                let row = sheet.grid.row_number(index);
                if row >= last {
                    break;
                }
                let next = (index + 1 < sheet.grid.len())
                    .then(|| sheet.grid.row_number(index + 1))
                    .filter(|next| *next == row + 1);
                let second = if double { next } else { None };
                let lowest = second.unwrap_or(row);
                if (double && second.is_none()) || header_row.is_some_and(|wanted| wanted != lowest + 1) {
                    continue;
                }
                let headers = header_texts(&sheet.grid, row, second);
                if headers.len() < 2 && header_row.is_none() && wanted.is_none() {
                    continue;
                }
                let known = self.tables_that_know(&headers);
                for (number, (table, fields, ignored)) in self.tables.iter().enumerate() {
                    let settled = settings.iter().any(|setting| !setting.columns.is_empty());
                    if wanted.is_some_and(|wanted| wanted != table.name) || !(settled || known[number]) {
                        continue;
                    }
                    let columns = assign(&headers, fields, ignored, settings);
                    if columns.iter().all(|column| column.field.is_none()) {
                        continue;
                    }
                    let fills = fillable(table, row);
                    let score = self.score(table, &columns, &fills) + self.hint(table, titles);
                    // A second row must earn its place: a first row of data must not pass for one.
                    let better = best
                        .get(table.name.as_str())
                        .is_none_or(|known| score > known.score + if second.is_some() { 1.0 } else { 0.0 } + 1e-9);
                    if better {
                        let rows = (row, second.unwrap_or(row));
                        best.insert(&table.name, Candidate { table: table.name.clone(), score, rows, columns });
                    }
                }
            }
        }
        let mut found: Vec<Candidate> = best
            .into_values()
            .filter(|candidate| candidate.columns.iter().any(|column| column.field.is_some()))
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found
    }

    /// By table: whether it knows any of a row's texts.
    fn tables_that_know(&self, headers: &[(u32, Vec<Header>)]) -> Vec<bool> {
        let mut known = vec![false; self.tables.len()];
        for header in headers.iter().flat_map(|(_, texts)| texts) {
            for key in [&header.key, &header.bare] {
                self.knowing.get(key).into_iter().flatten().for_each(|number| known[*number] = true);
            }
        }
        known
    }

    fn score(&self, table: &Table, columns: &[ColumnUse], fills: &[String]) -> f64 {
        let settings = &self.definitions.settings;
        let present =
            |name: &String| columns.iter().any(|column| column.field.as_ref() == Some(name)) || fills.contains(name);
        // Without any way to say who or what a row is about, it cannot be this table.
        let named = table.persons && present(&"name".to_owned());
        if !named && !table.identity.iter().any(|group| group.iter().all(present)) {
            return 0.0;
        }
        let mut score = 0.0;
        for field in &table.fields {
            let of_choice = |column: &ColumnUse| {
                column
                    .field
                    .as_ref()
                    .and_then(|name| table.field(name))
                    .and_then(|used| used.choice.as_ref())
                    .is_some_and(|(parent, _)| parent == &field.name)
            };
            let present = columns.iter().any(|column| column.field.as_deref() == Some(&field.name));
            let filled = fills.contains(&field.name);
            if present || (filled && field.required) {
                score += field.weight;
            } else if field.required
                && !filled
                && !field.unless.as_ref().is_some_and(|other| {
                    columns.iter().any(|column| column.field.as_ref() == Some(other)) || fills.contains(other)
                })
                && !columns.iter().any(of_choice)
            {
                score -= settings.float("missing-penalty");
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "a sheet has few columns")]
        let known = columns.iter().filter(|column| column.ignored).count() as f64;
        score + known * 0.1
    }

    fn hint(&self, table: &Table, titles: &[String]) -> f64 {
        let hits = table.hints.iter().any(|hint| titles.iter().any(|title| title.contains(hint.as_str())));
        if hits { self.definitions.settings.float("hint-score") } else { 0.0 }
    }
}

/// A header's text, and what of it is compared: whole, and without what stands in brackets.
struct Header {
    text: String,
    key: String,
    bare: String,
}

impl Header {
    fn new(text: String) -> Self {
        let (key, bare) = (header_key(&text, false), header_key(&text, true));
        Self { text, key, bare }
    }
}

/// Header texts by column: own text first, then joined with the row above, then the row above alone.
fn header_texts(grid: &Grid, row: u32, second: Option<u32>) -> Vec<(u32, Vec<Header>)> {
    let tidy = |text: &str| clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    // Text files have no merged cells: a group's name stands over its first column only.
    let mut group = String::new();
    (0..grid.width())
        .filter_map(|column| {
            let top = tidy(grid.merged_cell(row, column));
            if !top.is_empty() {
                group.clone_from(&top);
            }
            let Some(second) = second else {
                return (!top.is_empty()).then(|| (column, vec![Header::new(top)]));
            };
            let bottom = tidy(grid.merged_cell(second, column));
            match (top.is_empty(), bottom.is_empty() || bottom == top) {
                (true, true) => None,
                (false, true) => Some((column, vec![Header::new(top)])),
                (true, false) => {
                    Some((column, vec![Header::new(bottom.clone()), Header::new(format!("{group}{bottom}"))]))
                }
                (false, false) => {
                    Some((column, vec![Header::new(format!("{top}{bottom}")), Header::new(bottom), Header::new(top)]))
                }
            }
        })
        .collect()
}

/// Gives each column its field; each field goes to one column, exact headers before those with a remark in brackets.
fn assign(
    headers: &[(u32, Vec<Header>)],
    fields: &BTreeMap<String, &Field>,
    ignored: &BTreeSet<String>,
    settings: &[&SheetSetting],
) -> Vec<ColumnUse> {
    let settled = |header: &Header| {
        settings
            .iter()
            .flat_map(|setting| &setting.columns)
            .find(|(name, _)| header_key(name, false) == header.key)
            .map(|(_, field)| field.clone())
    };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut chosen: BTreeMap<u32, String> = BTreeMap::new();
    for (column, texts) in headers {
        if let Some(field) = texts.iter().find_map(settled) {
            taken.insert(field.clone());
            chosen.insert(*column, field);
        }
    }
    for bare in [false, true] {
        for (column, texts) in headers {
            if chosen.contains_key(column) {
                continue;
            }
            let field = texts.iter().find_map(|text| {
                let key = if bare { &text.bare } else { &text.key };
                fields.get(key).map(|field| field.name.clone()).filter(|name| !key.is_empty() && !taken.contains(name))
            });
            let known = |text: &Header| ignored.contains(&text.key);
            if let Some(field) = field
                && !(bare && texts.iter().any(known))
            {
                taken.insert(field.clone());
                chosen.insert(*column, field);
            }
        }
    }
    headers
        .iter()
        .map(|(column, texts)| {
            let field = chosen.get(column).cloned();
            let known = texts.iter().any(|text| ignored.contains(&text.key) || ignored.contains(&text.bare));
            let header = texts.first().map(|text| text.text.clone()).unwrap_or_default();
            ColumnUse { column: *column, header, ignored: field.is_none() && known, field }
        })
        .collect()
}
