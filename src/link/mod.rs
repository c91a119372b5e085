//! Which rows are one person, one household, one school; how old they are; and which rows are of the present.
//!
//! In: the standardised tables. Out: [`Linked`]: the same tables with keys, ready for SQL.
//! Left out: judging what disagrees (`evaluate`).

mod answers;
mod area;
mod events;
mod hash;
mod history;
mod likely;
pub mod pairs;
mod person;
mod present;
mod school;
mod verdicts;

pub use answers::{Conflict, Notes, Settled};
pub use area::Area;
pub use hash::stable;
pub use likely::{LikelyPair, chance};
pub use verdicts::{Side, Verdict, fits};

use crate::definitions::{Definitions, Kind, Project, Table};
use crate::standardise::Standardised;
use polars::prelude::*;
use std::collections::BTreeMap;

/// How many rows about persons were linked, and how surely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// By a sound number, or by the number inside a 学籍号 or a disability certificate.
    pub certain: usize,
    /// By what else the rows tell, above the using weight.
    pub probable: usize,
    pub possible: usize,
    pub unlinked: usize,
}

/// The linked tables.
#[derive(Debug, Default)]
pub struct Linked {
    /// The tables by name, `answerable`, `history`, `resolutions` and `input_events`.
    pub tables: BTreeMap<String, DataFrame>,
    pub counts: LinkCounts,
    /// What a person should settle, such as two names that may be one school.
    pub questions: Vec<String>,
    /// Rows that are, or may be, one person without a number that says so; the likeliest first.
    pub pairs: Vec<LikelyPair>,
    /// What people said of such pairs.
    pub verdicts: Vec<Verdict>,
    /// What somebody wrote beside findings in the ledger.
    pub notes: Notes,
    /// Where two papers that were sent back contradict each other.
    pub conflicts: Vec<Conflict>,
    /// What people settled in the ledger.
    pub settled: Vec<Settled>,
}

/// Links everything. `area` tells the rows of one area of several from its guests'; `step` is told what begins.
///
/// # Errors
/// When polars fails.
pub fn link(
    standardised: Standardised,
    definitions: &Definitions,
    project: &Project,
    area: &Area,
    step: &dyn Fn(&str),
) -> PolarsResult<Linked> {
    let Standardised { mut tables, events, .. } = standardised;
    step("schools");
    let mut questions = school::unify(&mut tables, definitions, project)?;
    step("places");
    area.name_places(&mut tables, definitions)?;
    let persons = person::assign(&mut tables, definitions, area, step)?;
    step("present");
    for (name, frame) in &mut tables {
        let Some(table) = definitions.table(name) else { continue };
        let sheets = frame.column("at")?.i64()?.apply(|at| at.map(|at| at >> 32));
        frame.with_column(sheets.with_name("sheet".into()).into_column())?;
        if table.persons {
            *frame = present::mark(frame, table, &definitions.settings)?;
        }
    }
    step("answers");
    tables.insert("answerable".to_owned(), school::answerable(tables.get("district"), definitions)?);
    tables.insert("history".to_owned(), history::frame(&tables, definitions)?);
    let (settled, resolutions, unplaced) = answers::resolve(&tables)?;
    let (notes, conflicts) = answers::notes(&tables)?;
    tables.insert("resolutions".to_owned(), resolutions);
    questions.extend(unplaced);
    step("events");
    let events = events::frame(&events, &tables, definitions)?;
    tables.insert("input_events".to_owned(), events);
    Ok(Linked {
        tables,
        questions,
        settled,
        notes,
        conflicts,
        counts: persons.counts,
        pairs: persons.pairs,
        verdicts: persons.verdicts,
    })
}

/// The tables whose rows are persons.
fn person_tables<'t>(
    tables: &'t BTreeMap<String, DataFrame>,
    definitions: &'t Definitions,
) -> impl Iterator<Item = (&'t Table, &'t DataFrame)> {
    tables.iter().filter_map(|(name, frame)| Some((definitions.table(name)?, frame))).filter(|(table, _)| table.persons)
}

/// The names of a table's columns that hold schools.
fn school_columns(definitions: &Definitions, table: &str) -> Vec<String> {
    definitions
        .table(table)
        .map(|table| {
            table.fields.iter().filter(|field| field.kind == Kind::School).map(|field| field.name.clone()).collect()
        })
        .unwrap_or_default()
}
