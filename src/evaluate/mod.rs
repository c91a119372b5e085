//! Rules and census figures: SQL over the linked tables, run by Polars.
//!
//! In: [`Linked`](crate::link::Linked). Out: [`Evaluated`]: what every rule found or why it did not run, and the people behind every figure.
//! Left out: how ready a school is (`readiness`), and every text (`report`).

mod figures;
mod findings;
mod portable;
mod supplied;

pub use figures::{Figure, Group};
pub use findings::{Findings, Outcome, RuleResult};
pub use portable::{Portable, PortableRule, PortableView, portable};
pub use supplied::Supplied;

use crate::definitions::{Definitions, Rule, View, plan_context, predicate};
use crate::link::Area;
use indexmap::IndexMap;
use polars::prelude::*;
use polars::sql::SQLContext;
use std::collections::BTreeMap;

/// Everything that was evaluated.
#[derive(Debug)]
pub struct Evaluated {
    pub findings: Findings,
    pub figures: Vec<Figure>,
    /// By indicator: a row a unit, with `school` and `unit`; none where its tables were not supplied.
    pub units: BTreeMap<String, Option<DataFrame>>,
    /// Views that were asked for besides; the reason where their tables were not supplied.
    pub asked: BTreeMap<String, Result<DataFrame, String>>,
}

impl Evaluated {
    /// Leaves the findings that are told in this area.
    ///
    /// # Errors
    /// Never in practice; frames are fallible by type.
    pub fn keep_own(&mut self, area: &Area, definitions: &Definitions) -> PolarsResult<()> {
        for (result, rule) in self.findings.results.iter_mut().zip(&definitions.rules) {
            if matches!(result.outcome, Outcome::Ran(found) if found > 0) {
                *result = RuleResult::ran(area.own_rows(std::mem::take(&mut result.frame))?, rule);
            }
        }
        let results = std::mem::take(&mut self.findings.results);
        self.findings = Findings::new(results, definitions)?;
        Ok(())
    }
}

/// Runs every rule and every figure, and the views named in `asked`. `step` is told each view's name before it runs.
///
/// # Errors
/// When SQL that was planned at load fails on the data; this is a fault of the program or of a user's definitions.
pub fn evaluate(
    tables: &BTreeMap<String, DataFrame>,
    supplied: &Supplied,
    definitions: &Definitions,
    asked: &[&str],
    area: &Area,
    step: &dyn Fn(&str),
) -> PolarsResult<Evaluated> {
    let context = kept_views(tables, definitions, step)?;
    let mut by_view: IndexMap<&str, Vec<usize>> = IndexMap::new();
    let mut results: Vec<Option<RuleResult>> = vec![None; definitions.rules.len()];
    for (index, rule) in definitions.rules.iter().enumerate() {
        match reason_not_run(rule, supplied, definitions) {
            Some(reason) => {
                results[index] = Some(RuleResult::not_run(reason));
            }
            None => by_view.entry(&rule.view).or_default().push(index),
        }
    }
    for (name, rules) in by_view {
        step(name);
        let view = &definitions.views[name];
        for (index, frame) in run_rules(&context, view, &rules, definitions)? {
            results[index] = Some(RuleResult::ran(frame, &definitions.rules[index]));
        }
    }
    let results = results.into_iter().flatten().collect();
    let mut units = BTreeMap::new();
    for indicator in &definitions.indicators {
        step("units");
        let ran =
            definitions.rules_of(&indicator.name).any(|rule| reason_not_run(rule, supplied, definitions).is_none());
        let frame = match &indicator.units {
            Some(sql) if ran => Some(area.own_rows(in_order(execute(&context, sql, definitions)?.collect()?)?)?),
            _ => None,
        };
        units.insert(indicator.name.clone(), frame);
    }
    step("figures");
    let figures = figures::all(&context, supplied, definitions, area)?;
    let mut views = BTreeMap::new();
    for name in asked {
        step(name);
        let view = &definitions.views[*name];
        let frame = match view.needs.iter().find_map(|need| supplied.missing(&need.0, definitions)) {
            Some(reason) => Err(reason),
            None => Ok(area.own_rows(execute(&context, &view.sql, definitions)?.collect()?)?),
        };
        views.insert((*name).to_owned(), frame);
    }
    Ok(Evaluated { findings: Findings::new(results, definitions)?, figures, units, asked: views })
}

/// The context in which the views that others use are tables.
fn kept_views(
    tables: &BTreeMap<String, DataFrame>,
    definitions: &Definitions,
    step: &dyn Fn(&str),
) -> PolarsResult<SQLContext> {
    let context = plan_context(definitions, tables)?;
    for view in definitions.views.values().filter(|view| view.keep) {
        step(&view.name);
        let frame = execute(&context, &view.sql, definitions)?.collect()?;
        context.register(&view.name, frame.lazy());
    }
    Ok(context)
}

/// Plans one statement, in a copy of the context: the engine keeps aliases between statements.
fn execute(context: &SQLContext, sql: &str, definitions: &Definitions) -> PolarsResult<LazyFrame> {
    let sql = definitions
        .settings
        .fill(sql, &IndexMap::new())
        .map_err(|(name, _)| polars_err!(ComputeError: "没有「:{name}」这个设定"))?;
    context.clone().execute(&sql)
}

/// All rules over one view in one pass: the rows that any of them finds, then those of each.
fn run_rules(
    context: &SQLContext,
    view: &View,
    rules: &[usize],
    definitions: &Definitions,
) -> PolarsResult<Vec<(usize, DataFrame)>> {
    let plan = execute(context, &view.sql, definitions)?;
    let mut found = Vec::new();
    for index in rules {
        let expression = predicate(definitions, &definitions.rules[*index])
            .map_err(|problem| polars_err!(ComputeError: "{problem}"))?;
        found.push((*index, expression.fill_null(lit(false))));
    }
    let any = found.iter().map(|(_, expression)| expression.clone()).reduce(Expr::or).unwrap_or_else(|| lit(false));
    let marks: Vec<Expr> = found.into_iter().map(|(index, expression)| expression.alias(mark_name(index))).collect();
    // Rows are found before they are described: the engine carries a condition on plain columns below the joins that follow.
    let found = plan.filter(any).with_columns(marks).collect()?;
    let names: Vec<PlSmallStr> = rules.iter().map(|index| mark_name(*index)).collect();
    rules
        .iter()
        .map(|index| {
            let mask = found.column(&mark_name(*index))?.bool()?.clone();
            let frame = found.filter(&mask)?.drop_many(names.iter().cloned());
            Ok((*index, in_order(frame)?))
        })
        .collect()
}

fn mark_name(index: usize) -> PlSmallStr {
    format!("rule {index}").into()
}

/// Rows in the order of their cells; everything else breaks ties, so that the order never depends on the engine.
fn in_order(frame: DataFrame) -> PolarsResult<DataFrame> {
    let others = frame.get_column_names().into_iter().filter(|name| *name != "at").cloned().collect();
    sorted(frame, others)
}

/// Rows by `at`, then by other columns where one place has several rows. What is in order already stays as it is.
fn sorted(mut frame: DataFrame, others: Vec<PlSmallStr>) -> PolarsResult<DataFrame> {
    let options = || SortMultipleOptions::default().with_multithreaded(false);
    let one_each = |frame: &DataFrame| frame.column("at").and_then(Column::i64).map(ascending);
    if !one_each(&frame).unwrap_or(true) {
        frame = frame.sort(["at"], options())?;
        if !one_each(&frame)? {
            return frame.sort(std::iter::once("at".into()).chain(others).collect::<Vec<_>>(), options());
        }
    }
    Ok(frame)
}

/// Whether each is greater than the one before, and none is missing.
fn ascending(numbers: &Int64Chunked) -> bool {
    let mut before = None;
    numbers.iter().all(|number| number.is_some() && std::mem::replace(&mut before, number) < number)
}

/// Why a rule cannot run; `None` when it can.
fn reason_not_run(rule: &Rule, supplied: &Supplied, definitions: &Definitions) -> Option<String> {
    let date = definitions.settings.text("reference-date");
    if !rule.in_force(&date) {
        return Some(format!("基准日 {date} 不在这条规则的有效期内。"));
    }
    let view = definitions.views.get(&rule.view)?;
    view.needs.iter().chain(&rule.needs).find_map(|need| supplied.missing(&need.0, definitions))
}
