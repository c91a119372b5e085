//! What reading and understanding noticed, as a table for rules, with the person of its row where there is one.

use crate::definitions::{Definitions, empty_frame, event_schema};
use crate::standardise::Event;
use polars::prelude::*;
use std::collections::BTreeMap;

/// The events as a frame of `event_schema`.
pub fn frame(
    events: &[Event],
    tables: &BTreeMap<String, DataFrame>,
    definitions: &Definitions,
) -> PolarsResult<DataFrame> {
    let wanted = ["person", "school", "village", "household_id", "name", "id_number"];
    let bare = DataFrame::new(
        events.len(),
        vec![
            Column::new("at".into(), events.iter().map(|event| event.at).collect::<Vec<_>>()),
            Column::new("col".into(), events.iter().map(|event| event.column.map(i64::from)).collect::<Vec<_>>()),
            Column::new("event".into(), events.iter().map(|event| event.event).collect::<Vec<_>>()),
            Column::new("detail".into(), events.iter().map(|event| event.detail.as_str()).collect::<Vec<_>>()),
            Column::new("value".into(), events.iter().map(|event| event.value.as_str()).collect::<Vec<_>>()),
            Column::new("field".into(), events.iter().map(|event| event.field.as_deref()).collect::<Vec<_>>()),
        ],
    )?;
    let places = bare.clone().lazy().select([col("at")]);
    let mut owners = Vec::new();
    let schema = event_schema();
    for (name, frame) in tables {
        if definitions.table(name).is_none() {
            continue;
        }
        let columns = wanted.iter().filter_map(|column| {
            let dtype = &schema.iter().find(|(name, _)| name == column)?.1;
            Some(if frame.column(column).is_ok() { col(*column) } else { lit(NULL).cast(dtype.clone()).alias(*column) })
        });
        let owner = frame.clone().lazy().select(std::iter::once(col("at")).chain(columns).collect::<Vec<_>>());
        // Few rows are ever the place of an event.
        owners.push(owner.join(places.clone(), [col("at")], [col("at")], JoinArgs::new(JoinType::Semi)));
    }
    if owners.is_empty() {
        owners.push(
            empty_frame(&schema)
                .lazy()
                .select(std::iter::once(col("at")).chain(wanted.iter().map(|name| col(*name))).collect::<Vec<_>>()),
        );
    }
    let owners = concat(owners, UnionArgs::default())?;
    let order: Vec<Expr> = schema.iter().map(|(name, _)| col(name.as_str())).collect();
    bare.lazy()
        .with_row_index("nth", None)
        .left_join(owners, col("at"), col("at"))
        .sort(["nth"], SortMultipleOptions::default())
        .select(order)
        .collect()
}
