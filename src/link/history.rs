//! The aid that forms tell a school year a column, as rows of its own.

use super::person_tables;
use crate::definitions::{Definitions, Kind, history_schema};
use crate::standardise::decode_history;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Collects the histories of every table that has them; person and household are those of the row.
pub fn frame(tables: &BTreeMap<String, DataFrame>, definitions: &Definitions) -> PolarsResult<DataFrame> {
    let (mut at, mut person, mut household) = (Vec::new(), Vec::new(), Vec::new());
    let (mut item, mut term, mut amount) = (Vec::new(), Vec::new(), Vec::new());
    for (table, frame) in person_tables(tables, definitions) {
        for field in table.fields.iter().filter(|field| field.kind == Kind::History && field.choice.is_none()) {
            let texts = frame.column(&field.name)?.str()?;
            if texts.null_count() == texts.len() {
                continue;
            }
            let key =
                |name: &str| -> PolarsResult<Vec<Option<i64>>> { Ok(frame.column(name)?.i64()?.iter().collect()) };
            let (places, persons, households) = (key("at")?, key("person")?, key("household")?);
            for (row, text) in texts.iter().enumerate() {
                for entry in text.map(decode_history).unwrap_or_default() {
                    at.push(places[row]);
                    person.push(persons[row]);
                    household.push(households[row]);
                    item.push(entry.item);
                    term.push(entry.term);
                    amount.push(entry.amount);
                }
            }
        }
    }
    let columns = vec![
        Column::new("at".into(), at),
        Column::new("person".into(), person),
        Column::new("household".into(), household),
        Column::new("item".into(), item),
        Column::new("term".into(), term),
        Column::new("amount".into(), amount),
    ];
    debug_assert_eq!(columns.len(), history_schema().len());
    DataFrame::new(columns[0].len(), columns)
}
