//! The columns of the linked tables: what each kind of field gives, and what linking adds.
//!
//! One place says it, so that SQL is planned against the same columns that data later has.

use super::codes::{Attribute, CodeList};
use super::policy::{Benefit, Per, Who, term_name};
use super::table::{Field, Kind, Table};
use indexmap::IndexMap;
use polars::prelude::*;

/// Columns that one field gives, by name and type.
#[must_use]
pub fn field_columns(field: &Field) -> Vec<(String, DataType)> {
    let name = &field.name;
    let own = |dtype| vec![(name.clone(), dtype)];
    match field.kind {
        Kind::Choices if field.choice.is_some() => own(DataType::Boolean),
        Kind::CountChoices if field.choice.is_some() => own(DataType::Int64),
        Kind::History if field.choice.is_some() => Vec::new(),
        Kind::CountChoices => Vec::new(),
        Kind::Date => own(DataType::Date),
        Kind::Count | Kind::Term => own(DataType::Int64),
        Kind::Number => own(DataType::Float64),
        Kind::YesNo => own(DataType::Boolean),
        Kind::Code => vec![(name.clone(), DataType::String), (format!("{name}_raw"), DataType::String)],
        Kind::Grade => vec![(name.clone(), DataType::String), (format!("{name}_number"), DataType::Int64)],
        Kind::Choices => vec![
            (name.clone(), DataType::String),
            (format!("{name}_raw"), DataType::String),
            (format!("{name}_count"), DataType::Int64),
            (format!("{name}_unknown"), DataType::Boolean),
        ],
        Kind::IdNumber => vec![
            (name.clone(), DataType::String),
            ("id_state".to_owned(), DataType::String),
            ("id_birth".to_owned(), DataType::Date),
            ("id_sex".to_owned(), DataType::String),
            ("id_key".to_owned(), DataType::Int64),
        ],
        _ => own(DataType::String),
    }
}

/// Columns that linking adds to a table.
#[must_use]
pub fn link_columns(table: &Table) -> Vec<(String, DataType)> {
    let mut columns = vec![("at".to_owned(), DataType::Int64), ("sheet".to_owned(), DataType::Int64)];
    if table.persons {
        for (name, dtype) in [
            ("person", DataType::Int64),
            ("pass", DataType::Int64),
            ("link_note", DataType::String),
            ("household", DataType::Int64),
            ("birth", DataType::Date),
            ("age", DataType::Int64),
            ("age_from", DataType::Int64),
            ("age_to", DataType::Int64),
            ("school_age", DataType::Int64),
            ("current", DataType::Boolean),
            ("for_household", DataType::Boolean),
        ] {
            columns.push((name.to_owned(), dtype));
        }
    }
    columns
}

/// The whole schema of a linked table.
#[must_use]
pub fn table_schema(table: &Table) -> Vec<(String, DataType)> {
    table.fields.iter().flat_map(field_columns).chain(link_columns(table)).collect()
}

/// A frame without rows.
#[must_use]
pub fn empty_frame(columns: &[(String, DataType)]) -> DataFrame {
    let columns = columns.iter().map(|(name, dtype)| Column::new_empty(name.as_str().into(), dtype)).collect();
    DataFrame::new(0, columns).unwrap_or_default()
}

/// What reading and understanding files noticed, a row an event.
#[must_use]
pub fn event_schema() -> Vec<(String, DataType)> {
    let text = |name: &str| (name.to_owned(), DataType::String);
    let number = |name: &str| (name.to_owned(), DataType::Int64);
    vec![
        number("at"),
        number("col"),
        text("event"),
        text("detail"),
        text("value"),
        text("field"),
        number("person"),
        text("school"),
        text("village"),
        text("household_id"),
        text("name"),
        text("id_number"),
    ]
}

/// Which fields each sheet has a column or a title for.
#[must_use]
pub fn sheet_fields_schema() -> Vec<(String, DataType)> {
    vec![("sheet".to_owned(), DataType::Int64), ("field".to_owned(), DataType::String)]
}

/// What people settled in the ledger: a row a person.
#[must_use]
pub fn resolutions_schema() -> Vec<(String, DataType)> {
    vec![("person".to_owned(), DataType::Int64), ("resolution".to_owned(), DataType::String)]
}

/// The aid that forms tell a school year a column: a row a person, term and item.
#[must_use]
pub fn history_schema() -> Vec<(String, DataType)> {
    let number = |name: &str| (name.to_owned(), DataType::Int64);
    vec![
        number("at"),
        number("person"),
        number("household"),
        ("item".to_owned(), DataType::String),
        number("term"),
        ("amount".to_owned(), DataType::Float64),
    ]
}

/// The terms of some decades, with the name that messages give them.
pub fn term_frame() -> PolarsResult<DataFrame> {
    let terms: Vec<(i64, i64)> = (2000..2051).flat_map(|year| [(year, 1), (year, 2)]).collect();
    let label = |(year, half): &(i64, i64)| term_name(year * 10 + half);
    DataFrame::new(
        terms.len(),
        vec![
            Column::new("term".into(), terms.iter().map(|(year, half)| year * 10 + half).collect::<Vec<_>>()),
            Column::new("label".into(), terms.iter().map(label).collect::<Vec<_>>()),
        ],
    )
}

/// The school that answers for a village.
#[must_use]
pub fn answerable_schema() -> Vec<(String, DataType)> {
    vec![("village".to_owned(), DataType::String), ("school".to_owned(), DataType::String)]
}

/// A code list as a table: code, label, and its attributes.
pub fn code_frame(list: &CodeList) -> PolarsResult<DataFrame> {
    let mut columns = vec![
        Column::new("code".into(), list.codes.iter().map(|code| code.code.as_str()).collect::<Vec<_>>()),
        Column::new("label".into(), list.codes.iter().map(|code| code.label.as_str()).collect::<Vec<_>>()),
    ];
    let names = list.codes.first().map(|code| code.attributes.clone()).unwrap_or_default();
    for (index, (name, first)) in names.iter().enumerate() {
        let values = || list.codes.iter().map(|code| code.attributes.get(index).map(|(_, value)| value));
        let column = match first {
            Attribute::Text(_) => Column::new(
                name.as_str().into(),
                values()
                    .map(|value| match value {
                        Some(Attribute::Text(text)) => Some(text.as_str()),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            ),
            Attribute::Number(_) => Column::new(
                name.as_str().into(),
                values()
                    .map(|value| match value {
                        Some(Attribute::Number(number)) => Some(*number),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            ),
            Attribute::Flag(_) => Column::new(
                name.as_str().into(),
                values()
                    .map(|value| match value {
                        Some(Attribute::Flag(flag)) => Some(*flag),
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            ),
        };
        columns.push(column);
    }
    DataFrame::new(list.codes.len(), columns)
}

/// The policies in force as tables: `benefits`, a row a policy and stage; `standards`, a row for each amount besides.
pub fn benefit_frames(benefits: &[Benefit], stages: Option<&CodeList>) -> PolarsResult<(DataFrame, DataFrame)> {
    let plain: Vec<Row<'_>> = benefits
        .iter()
        .flat_map(|benefit| benefit.stages.iter().map(move |stage| Row { benefit, stage, amount: None }))
        .collect();
    let priced: Vec<Row<'_>> = plain
        .iter()
        .flat_map(|row| row.benefit.amounts.iter().map(move |amount| Row { amount: Some(*amount), ..*row }))
        .collect();
    Ok((benefit_frame(&plain, stages)?, benefit_frame(&priced, stages)?))
}

#[derive(Clone, Copy)]
struct Row<'b> {
    benefit: &'b Benefit,
    stage: &'b str,
    amount: Option<f64>,
}

fn benefit_frame(rows: &[Row<'_>], stages: Option<&CodeList>) -> PolarsResult<DataFrame> {
    let ranks: IndexMap<&str, i64> = stages
        .map(|list| {
            list.codes
                .iter()
                .filter_map(|code| {
                    code.attributes.iter().find_map(|(name, value)| match value {
                        Attribute::Number(rank) if name == "rank" => Some((code.code.as_str(), *rank)),
                        _ => None,
                    })
                })
                .collect()
        })
        .unwrap_or_default();
    let text = |name: &str, pick: fn(&Benefit) -> &str| {
        Column::new(name.into(), rows.iter().map(|row| pick(row.benefit)).collect::<Vec<_>>())
    };
    let number = |name: &str, pick: fn(&Benefit) -> i64| {
        Column::new(name.into(), rows.iter().map(|row| pick(row.benefit)).collect::<Vec<_>>())
    };
    let flag = |name: &str, pick: fn(&Benefit) -> bool| {
        Column::new(name.into(), rows.iter().map(|row| pick(row.benefit)).collect::<Vec<_>>())
    };
    let who = |name: &str, who: Who| {
        Column::new(name.into(), rows.iter().map(|row| row.benefit.who.contains(&who)).collect::<Vec<_>>())
    };
    let yuan = |name: &str, pick: fn(Per, f64) -> Option<f64>| {
        let values = rows.iter().map(|row| row.amount.and_then(|amount| pick(row.benefit.per, amount)));
        Column::new(name.into(), values.collect::<Vec<Option<f64>>>())
    };
    DataFrame::new(
        rows.len(),
        vec![
            text("policy", |benefit| &benefit.id),
            text("policy_title", |benefit| &benefit.title),
            text("aid", |benefit| &benefit.aid),
            text("item", |benefit| &benefit.item),
            Column::new("stage".into(), rows.iter().map(|row| row.stage).collect::<Vec<_>>()),
            Column::new("stage_rank".into(), rows.iter().map(|row| ranks.get(row.stage).copied()).collect::<Vec<_>>()),
            who("for_all", Who::All),
            who("for_registered", Who::Registered),
            who("for_recent", Who::Recent),
            who("for_disabled", Who::Disabled),
            who("for_low_income", Who::LowIncome),
            text("boarding", |benefit| &benefit.boarding),
            number("grade_from", |benefit| benefit.grade_from),
            number("grade_to", |benefit| benefit.grade_to),
            number("term_from", |benefit| benefit.term_from),
            number("term_to", |benefit| benefit.term_to),
            flag("at_most", |benefit| benefit.at_most),
            flag("universal", |benefit| benefit.universal),
            flag("certain", |benefit| benefit.certain),
            flag("due", |benefit| benefit.due),
            flag("applied", |benefit| benefit.applied),
            flag("carried", |benefit| benefit.carried),
            yuan("term_amount", |per, amount| match per {
                Per::Year => Some(amount / 2.0),
                Per::Term => Some(amount),
                Per::Day => None,
            }),
            yuan("year_amount", |per, amount| match per {
                Per::Year => Some(amount),
                Per::Term => Some(amount * 2.0),
                Per::Day => None,
            }),
            yuan("day_amount", |per, amount| (per == Per::Day).then_some(amount)),
        ],
    )
}
