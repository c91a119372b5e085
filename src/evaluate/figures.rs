//! Census figures: the people (or households) behind each, and their counts by school, village and township.

use super::{Supplied, execute};
use crate::definitions::{Definitions, Indicator, Scope};
use polars::prelude::*;
use polars::sql::SQLContext;
use std::collections::{BTreeMap, BTreeSet};

/// By what a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    School,
    Village,
    Township,
}

/// One indicator's figure.
#[derive(Debug)]
pub struct Figure {
    pub indicator: String,
    pub scopes: Vec<Scope>,
    /// Codes with their labels; empty for a plain count.
    pub codes: Vec<(String, String)>,
    /// `person` or `household`.
    pub unit: String,
    /// The people behind it: `at`, `person`, `household`, `school`, `village`, `name`, `id_number`, `registered`, `code`; none when it did not run.
    pub people: Result<DataFrame, String>,
}

impl Figure {
    /// Counts by group and code; the code is empty for the total. Each unit counts once under each.
    ///
    /// # Errors
    /// When the people's frame lacks a column.
    pub fn counts(&self, scope: Scope, group: Group) -> PolarsResult<BTreeMap<(String, String), usize>> {
        let mut counts = BTreeMap::new();
        let Ok(people) = &self.people else { return Ok(counts) };
        let units = people.column(&self.unit)?.i64()?.clone();
        let codes = people.column("code")?.str()?.clone();
        let registered = people.column("registered")?.bool()?.clone();
        let places = match group {
            Group::School => Some(people.column("school")?.str()?.clone()),
            Group::Village => Some(people.column("village")?.str()?.clone()),
            Group::Township => None,
        };
        let mut seen = BTreeSet::new();
        for index in 0..people.height() {
            if scope == Scope::Registered && registered.get(index) != Some(true) {
                continue;
            }
            let place = places.as_ref().and_then(|places| places.get(index)).unwrap_or_default();
            let unit = units.get(index);
            for code in [Some(codes.get(index).unwrap_or("unknown")), None] {
                let key = (place.to_owned(), code.unwrap_or_default().to_owned());
                if seen.insert((key.clone(), unit)) {
                    *counts.entry(key).or_insert(0) += 1;
                }
            }
        }
        Ok(counts)
    }

    /// The township's count of one code; of all when the code is empty.
    ///
    /// # Errors
    /// As [`Figure::counts`].
    pub fn total(&self, scope: Scope, code: &str) -> PolarsResult<usize> {
        let counts = self.counts(scope, Group::Township)?;
        Ok(counts.get(&(String::new(), code.to_owned())).copied().unwrap_or_default())
    }
}

/// Every figure of the definitions.
pub(super) fn all(context: &SQLContext, supplied: &Supplied, definitions: &Definitions) -> PolarsResult<Vec<Figure>> {
    let mut figures = Vec::new();
    for indicator in &definitions.indicators {
        let Some(name) = &indicator.figures else { continue };
        let view = &definitions.views[name.as_str()];
        let missing = view.needs.iter().find_map(|table| supplied.missing(&[(table.clone(), None)], definitions));
        let people = match missing {
            Some(reason) => Err(reason),
            None => Ok(people(context, name, indicator, definitions)?),
        };
        let codes = indicator
            .figure_codes
            .as_ref()
            .and_then(|codes| definitions.codes.get(codes))
            .map(|list| list.codes.iter().map(|code| (code.code.clone(), code.label.clone())).collect())
            .unwrap_or_default();
        figures.push(Figure { indicator: indicator.name.clone(), scopes: indicator.scopes.clone(), codes, unit: indicator.figure_unit.clone(), people });
    }
    Ok(figures)
}

fn people(context: &SQLContext, view: &str, indicator: &Indicator, definitions: &Definitions) -> PolarsResult<DataFrame> {
    let columns = ["at", "person", "household", "household_id", "school", "village", "name", "id_number", "registered", "age", "code"];
    let frame = execute(context, &definitions.views[view].sql, definitions)?.select(columns.map(col)).collect()?;
    // Who has no code at all is outside the figure (a child before school age), unless the figure is about absent children.
    let frame = if indicator.scopes.contains(&Scope::All) { frame } else { frame.lazy().filter(col("code").is_not_null().and(col("code").neq(lit("")))).collect()? };
    frame.sort(["at", "code"], SortMultipleOptions::default().with_multithreaded(false))
}
