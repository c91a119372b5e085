//! One area of several: which rows are its own, and names of places with their area's before them.

use super::pairs::Characters;
use super::school_columns;
use crate::definitions::{Definitions, Kind};
use crate::standardise::place_of;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Between an area's name and a school's or village's.
const MARK: char = '·';

/// Which rows of a check are an area's own. By default all are, and names stand alone.
#[derive(Debug, Clone, Default)]
pub struct Area {
    /// Empty for what no area claims.
    pub name: String,
    /// There are others, so that names of places need their area's.
    pub several: bool,
    /// Rows that are here because their person has rows here, by location: the area that they lie in.
    pub guests: BTreeMap<i64, String>,
    /// Sheets of which another area tells what is wrong with the whole: how many rows, titles and header, those are.
    pub elsewhere: BTreeMap<usize, u32>,
    /// What is known of characters: worked out once for all areas that share it.
    pub characters: Arc<OnceLock<Characters>>,
}

impl Area {
    /// Whether what is found at a location is told here.
    #[must_use]
    pub fn own(&self, at: i64) -> bool {
        let (sheet, row) = place_of(at);
        match self.elsewhere.get(&sheet) {
            Some(header) if row <= *header => false,
            _ => !self.guests.contains_key(&at),
        }
    }

    /// The rows of a frame that are told here; all where it has no `at`.
    ///
    /// # Errors
    /// When `at` is no whole number.
    pub fn own_rows(&self, frame: DataFrame) -> PolarsResult<DataFrame> {
        if self.guests.is_empty() && self.elsewhere.is_empty() {
            return Ok(frame);
        }
        let Ok(at) = frame.column("at") else { return Ok(frame) };
        let mask: BooleanChunked = at.i64()?.iter().map(|at| at.is_none_or(|at| self.own(at))).collect();
        if mask.all() { Ok(frame) } else { frame.filter(&mask) }
    }

    /// A place's name with this area's before it.
    fn named(&self, at: Option<i64>, name: &str) -> String {
        let area = at.and_then(|at| self.guests.get(&at)).unwrap_or(&self.name);
        if area.is_empty() { name.to_owned() } else { format!("{area}{MARK}{name}") }
    }

    /// Puts the area's name before every school and village, because two areas may have one of the same name.
    pub(super) fn name_places(
        &self,
        tables: &mut BTreeMap<String, DataFrame>,
        definitions: &Definitions,
    ) -> PolarsResult<()> {
        if !self.several {
            return Ok(());
        }
        for (name, frame) in tables.iter_mut() {
            let Some(table) = definitions.table(name) else { continue };
            let villages = table.fields.iter().filter(|field| field.kind == Kind::Village).map(|field| &field.name);
            let columns = villages.cloned().map(|name| (name, true));
            let schools = school_columns(definitions, name).into_iter().map(|name| (name, false));
            for (column, list) in columns.chain(schools).collect::<Vec<_>>() {
                let at = frame.column("at")?.i64()?;
                let texts = frame.column(&column)?.str()?;
                let name = |at, text: &str| match list {
                    true => text.split('、').map(|one| self.named(at, one)).collect::<Vec<_>>().join("、"),
                    false => self.named(at, text),
                };
                // One place has many rows.
                let mut known: PlHashMap<&str, String> = PlHashMap::default();
                let mut named = StringChunkedBuilder::new(column.as_str().into(), frame.height());
                for (text, at) in texts.iter().zip(at.iter()) {
                    match text {
                        None => named.append_null(),
                        Some(text) if at.is_some_and(|at| self.guests.contains_key(&at)) => {
                            named.append_value(name(at, text));
                        }
                        Some(text) => named.append_value(known.entry(text).or_insert_with(|| name(None, text))),
                    }
                }
                let named = named.finish().into_column();
                drop(known);
                frame.with_column(named)?;
            }
        }
        Ok(())
    }
}
