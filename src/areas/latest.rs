//! The latest term that a school has given: without a row of it, a guest's old row would be taken for one of the present.

use super::row::RowReader;
use crate::definitions::Definitions;
use crate::read::{Grid, GridBuilder};
use crate::standardise::grammar;
use crate::standardise::text::clean;
use std::collections::{BTreeMap, BTreeSet};

/// A table and a school in it.
type Scope = (String, String);

/// A row that shows a term.
struct Shown {
    term: i64,
    sheet: usize,
    row: Grid,
}

/// What the rows of one area show of its schools' terms.
pub(super) struct Latest<'d> {
    definitions: &'d Definitions,
    current: i64,
    terms: BTreeMap<String, Option<i64>>,
    /// The latest that is not to come, and the earliest that is.
    shown: BTreeMap<Scope, (Option<Shown>, Option<Shown>)>,
    /// Schools of which another area has guests.
    asked: BTreeSet<(usize, Scope)>,
}

impl<'d> Latest<'d> {
    pub(super) fn new(definitions: &'d Definitions) -> Self {
        Self {
            definitions,
            current: definitions.settings.current_term(),
            terms: BTreeMap::new(),
            shown: BTreeMap::new(),
            asked: BTreeSet::new(),
        }
    }

    /// Looks at a row of the area.
    pub(super) fn see(&mut self, reader: &RowReader, grid: &Grid, index: usize, sheet: usize) {
        let Some(((table, school), text)) = reader.dated(grid, index) else { return };
        let Some(term) = self.term(text) else { return };
        let (past, coming) = self.shown.entry((table.to_owned(), school.to_owned())).or_default();
        let (place, better) = if term <= self.current {
            let better = past.as_ref().is_none_or(|known| term > known.term);
            (past, better)
        } else {
            let better = coming.as_ref().is_none_or(|known| term < known.term);
            (coming, better)
        };
        if better {
            let mut row = GridBuilder::new(u32::MAX);
            row.copy_row(grid, index);
            *place = Some(Shown { term, sheet, row: row.finish() });
        }
    }

    /// Notes that another area gets a row as a guest.
    pub(super) fn asked(&mut self, reader: &RowReader, grid: &Grid, index: usize, area: usize) {
        if let Some(((table, school), _)) = reader.dated(grid, index) {
            self.asked.insert((area, (table.to_owned(), school.to_owned())));
        }
    }

    fn term(&mut self, text: &str) -> Option<i64> {
        if let Some(known) = self.terms.get(text) {
            return *known;
        }
        let term = grammar::term(&clean(text), &self.definitions.terms);
        self.terms.insert(text.to_owned(), term);
        term
    }

    /// A row of the latest term for each school and area that asks, with its sheet.
    pub(super) fn rows(mut self) -> impl Iterator<Item = ((usize, usize), Grid)> {
        let asked = std::mem::take(&mut self.asked);
        asked.into_iter().filter_map(move |(area, scope)| {
            let (past, coming) = self.shown.get(&scope)?;
            let shown = past.as_ref().or(coming.as_ref())?;
            let mut row = GridBuilder::new(u32::MAX);
            row.copy_row(&shown.row, 0);
            Some(((area, shown.sheet), row.finish()))
        })
    }
}
