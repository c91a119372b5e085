//! Which tables and columns the input holds, so that what is missing can be named.

use crate::definitions::Definitions;
use crate::standardise::SheetReport;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Tables with at least one record, and the fields that they have.
#[derive(Debug, Default)]
pub struct Supplied {
    fields: BTreeMap<String, BTreeSet<String>>,
    /// The index of a sheet, and a field that it has.
    by_sheet: BTreeSet<(i64, String)>,
}

impl Supplied {
    #[must_use]
    pub fn new(sheets: &[SheetReport], definitions: &Definitions) -> Self {
        let mut supplied = Self::default();
        for (index, sheet) in (0_i64..).zip(sheets).filter(|(_, sheet)| sheet.rows > 0) {
            let Some(table) = sheet.table.as_ref().and_then(|name| definitions.table(name)) else { continue };
            let fields = supplied.fields.entry(table.name.clone()).or_default();
            let names = sheet
                .columns
                .iter()
                .filter_map(|column| column.field.clone())
                .chain(sheet.filled.iter().map(|filled| filled.field.clone()));
            for name in names {
                if let Some((parent, _)) = table.field(&name).and_then(|field| field.choice.clone()) {
                    fields.insert(parent);
                }
                supplied.by_sheet.insert((index, name.clone()));
                fields.insert(name);
            }
        }
        supplied
    }

    /// Which sheet has which field, as the table `sheet_fields` of SQL.
    ///
    /// # Errors
    /// Never in practice; frames are fallible by type.
    pub fn sheet_fields(&self) -> PolarsResult<DataFrame> {
        let (sheets, fields): (Vec<i64>, Vec<&str>) =
            self.by_sheet.iter().map(|(sheet, field)| (*sheet, field.as_str())).unzip();
        DataFrame::new(sheets.len(), vec![Column::new("sheet".into(), sheets), Column::new("field".into(), fields)])
    }

    #[must_use]
    pub fn has(&self, table: &str, field: Option<&str>) -> bool {
        self.fields.get(table).is_some_and(|fields| field.is_none_or(|field| fields.contains(field)))
    }

    /// What is missing when none of the alternatives is there, as a sentence.
    #[must_use]
    pub fn missing(&self, alternatives: &[(String, Option<String>)], definitions: &Definitions) -> Option<String> {
        if alternatives.iter().any(|(table, field)| self.has(table, field.as_deref())) {
            return None;
        }
        let names: Vec<String> = alternatives
            .iter()
            .map(|(name, field)| {
                let table = definitions.table(name);
                let title = table.map_or(name.as_str(), |table| table.title.as_str());
                match field.as_ref().filter(|_| self.has(name, None)) {
                    Some(field) => {
                        let column = table
                            .and_then(|table| table.field(field))
                            .map_or(field.as_str(), |field| field.title.as_str());
                        format!("「{title}」里的「{column}」列")
                    }
                    None => format!("「{title}」表"),
                }
            })
            .collect();
        Some(format!("没有{}。", names.join("或")))
    }
}
