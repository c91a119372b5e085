//! Everything that another SQL engine needs to run the same views and rules, and what this one gets.

use super::{Findings, Outcome, execute, plan_context};
use crate::definitions::Definitions;
use indexmap::IndexMap;
use polars::prelude::*;
use std::collections::BTreeMap;

/// Tables, then statements in an order in which each finds what it uses, then rules over them.
#[derive(Debug, Default)]
pub struct Portable {
    /// Every table that a statement may name, code lists and policies among them.
    pub tables: Vec<(String, DataFrame)>,
    pub views: Vec<PortableView>,
    pub rules: Vec<PortableRule>,
}

/// One rule.
#[derive(Debug)]
pub struct PortableRule {
    pub name: String,
    pub view: String,
    /// A predicate over the view, with every setting and limit filled in.
    pub when: String,
    /// The rows that this engine found, by their cells; none where the rule did not run.
    pub found: Option<Vec<i64>>,
}

/// One view.
#[derive(Debug)]
pub struct PortableView {
    pub name: String,
    /// With every setting filled in.
    pub sql: String,
    /// What this engine gets.
    pub rows: DataFrame,
}

/// Runs every view, and takes what the rules found from a check of the same tables.
///
/// # Errors
/// When SQL fails on the data.
pub fn portable(
    tables: &BTreeMap<String, DataFrame>,
    findings: &Findings,
    definitions: &Definitions,
) -> PolarsResult<Portable> {
    let context = plan_context(definitions, tables)?;
    let mut out = Portable::default();
    for name in context.get_tables() {
        let frame = context.clone().execute(&format!("SELECT * FROM {name}"))?.collect()?;
        out.tables.push((name, frame));
    }
    let filled = |sql: &str, limits: &IndexMap<String, f64>| {
        definitions.settings.fill(sql, limits).map_err(|(name, _)| polars_err!(ComputeError: "没有「:{name}」这个设定"))
    };
    for view in definitions.views.values() {
        let rows = execute(&context, &view.sql, definitions)?.collect()?;
        if view.keep {
            context.register(&view.name, rows.clone().lazy());
        }
        let sql = filled(&view.sql, &IndexMap::new())?;
        out.views.push(PortableView { name: view.name.clone(), sql, rows });
    }
    for (rule, result) in definitions.rules.iter().zip(&findings.results) {
        let found = match result.outcome {
            Outcome::NotRun(_) => None,
            Outcome::Ran(0) => Some(Vec::new()),
            Outcome::Ran(_) => Some(result.frame.column("at")?.i64()?.iter().flatten().collect()),
        };
        let when = filled(&rule.when, &rule.limits)?;
        out.rules.push(PortableRule { name: rule.id.clone(), view: rule.view.clone(), when, found });
    }
    Ok(out)
}
