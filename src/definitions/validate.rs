//! Whether definitions fit together: every SQL text is planned against the tables' schemas, every name is looked up.

use super::rule::{Part, Rule, Severity, placeholders};
use super::schema::{
    answerable_schema, benefit_frames, code_frame, empty_frame, event_schema, history_schema, resolutions_schema,
    sheet_fields_schema, table_schema, term_frame,
};
use super::{Definitions, Form, Problem, Problems};
use indexmap::IndexMap;
use polars::prelude::*;
use polars::sql::{SQLContext, sql_expr};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that every view gives, because every finding has them.
pub const FINDING_COLUMNS: [&str; 6] = ["at", "school", "village", "household_id", "name", "id_number"];

/// An SQL context that holds the code lists, the benefits, and `tables` (by name), with empty frames for those not given.
///
/// # Errors
/// When a code list cannot be made into a table.
pub fn plan_context(definitions: &Definitions, tables: &BTreeMap<String, DataFrame>) -> PolarsResult<SQLContext> {
    // The engine warns on every date literal of portable SQL; the warning is for its own callers.
    polars_error::set_warning_function(|_, _| {});
    let context = SQLContext::new();
    let register = |name: &str, frame: DataFrame| context.register(name, frame.lazy());
    for table in definitions.tables.values() {
        register(&table.name, tables.get(&table.name).cloned().unwrap_or_else(|| empty_frame(&table_schema(table))));
    }
    for (name, schema) in [
        ("input_events", event_schema()),
        ("answerable", answerable_schema()),
        ("sheet_fields", sheet_fields_schema()),
        ("resolutions", resolutions_schema()),
        ("history", history_schema()),
    ] {
        register(name, tables.get(name).cloned().unwrap_or_else(|| empty_frame(&schema)));
    }
    for list in definitions.codes.values() {
        register(&format!("code_{}", list.name), code_frame(list)?);
    }
    let (benefits, standards) = benefit_frames(&definitions.benefits, definitions.codes.get("stage"))?;
    register("benefits", benefits);
    register("terms", term_frame()?);
    register("standards", standards);
    Ok(context)
}

/// Checks everything that needs more than one file.
pub fn check(definitions: &Definitions, problems: &mut Problems) {
    let (context, schemas) = match view_schemas(definitions, problems) {
        Ok(planned) => planned,
        Err(error) => {
            problems.add(Problem::new("datasets/codes", &format!("代码表不能用作表：{error}。")));
            return;
        }
    };
    let known_fields: BTreeSet<&str> =
        definitions.tables.values().flat_map(|table| table.fields.iter().map(|field| field.name.as_str())).collect();
    for rule in &definitions.rules {
        check_rule(definitions, rule, &schemas, &known_fields, problems);
    }
    for indicator in &definitions.indicators {
        let mut complain = |message: String| problems.add(Problem::new(&indicator.path, &message));
        if let Some(weight) = &indicator.weight
            && !definitions.settings.stated.contains_key(weight)
        {
            complain(format!("weight 指的设定「{weight}」不存在。"));
        }
        if let Some(tolerance) = &indicator.tolerance
            && !definitions.settings.stated.contains_key(tolerance)
        {
            complain(format!("tolerance 指的设定「{tolerance}」不存在。"));
        }
        if let Some(sql) = &indicator.units
            && let Err(error) = plan_units(definitions, sql, &context)
        {
            complain(format!("units 的 SQL 不成立：{error}"));
        }
        if let Some(view) = &indicator.figures
            && !definitions.views.contains_key(view)
        {
            complain(format!("figures 指的视图「{view}」不存在。"));
        }
        if let Some(codes) = &indicator.figure_codes
            && !definitions.codes.contains_key(codes)
        {
            complain(format!("figure-codes 指的代码表「{codes}」不存在。"));
        }
    }
    for form in &definitions.forms {
        check_form(definitions, form, &schemas, problems);
    }
    for table in definitions.tables.values() {
        for view in &definitions.views.values().collect::<Vec<_>>() {
            if view.name == table.name {
                problems.add(Problem::new(&view.path, &format!("视图「{}」与表同名。", view.name)));
            }
        }
    }
}

/// A form is read as a table, and filled from columns that its view has.
fn check_form(definitions: &Definitions, form: &Form, schemas: &IndexMap<String, SchemaRef>, problems: &mut Problems) {
    let mut complain = |message: String| problems.add(Problem::new(&form.path, &message));
    if !definitions.tables.contains_key(&form.table) {
        complain(format!("table 指的「{}」不是表。", form.table));
    }
    let Some(view) = &form.view else { return };
    let Some(schema) = schemas.get(view) else {
        if !definitions.views.contains_key(view) {
            complain(format!("view 指的视图「{view}」不存在。"));
        }
        return;
    };
    for field in form.columns.iter().filter_map(|column| column.field.as_ref()).filter(|name| !schema.contains(name)) {
        complain(format!("「{field}」不是视图「{view}」的列。"));
    }
    if let Some(when) = &form.when {
        match form_predicate(definitions, when) {
            Ok(expression) => {
                for name in expression.meta().root_names().into_iter().filter(|name| !schema.contains(name)) {
                    complain(format!("when 里的「{name}」不是视图「{view}」的列。"));
                }
            }
            Err(error) => complain(format!("when 的 SQL 写法不对：{error}")),
        }
    }
}

/// Which rows of its view a form takes.
///
/// # Errors
/// When the text is no predicate.
pub fn form_predicate(definitions: &Definitions, when: &str) -> PolarsResult<Expr> {
    let sql = definitions
        .settings
        .fill(when, &IndexMap::new())
        .map_err(|(name, _)| polars_err!(ComputeError: "没有「:{name}」这个设定"))?;
    sql_expr(&sql)
}

/// Plans a units query over the kept views; it gives `school` and `unit`.
fn plan_units(definitions: &Definitions, sql: &str, context: &SQLContext) -> PolarsResult<()> {
    let sql = definitions
        .settings
        .fill(sql, &IndexMap::new())
        .map_err(|(name, _)| polars_err!(ComputeError: "没有「:{name}」这个设定"))?;
    let schema = context.clone().execute(&sql)?.collect_schema()?;
    for name in ["school", "unit"] {
        polars_ensure!(schema.contains(name), ComputeError: "没有「{name}」列");
    }
    Ok(())
}

/// The schema of every view, planned on empty tables.
fn view_schemas(
    definitions: &Definitions,
    problems: &mut Problems,
) -> PolarsResult<(SQLContext, IndexMap<String, SchemaRef>)> {
    let context = plan_context(definitions, &BTreeMap::new())?;
    let mut schemas = IndexMap::new();
    for view in definitions.views.values() {
        let sql = match definitions.settings.fill(&view.sql, &IndexMap::new()) {
            Ok(sql) => sql,
            Err((name, offset)) => {
                problems.add(Problem::new(&view.path, &format!("没有「:{name}」这个设定。")).at(&view.sql, offset));
                continue;
            }
        };
        // A statement that fails leaves its aliases behind in the context, so each is planned in a copy.
        let tables_before = context.get_tables().len();
        let planned = context.clone().execute(&sql).and_then(|mut plan| {
            let schema = plan.collect_schema()?;
            Ok((plan, schema))
        });
        match planned {
            Ok((_, schema)) => {
                let columns: Vec<(String, DataType)> =
                    schema.iter().map(|(name, dtype)| (name.to_string(), dtype.clone())).collect();
                if view.keep {
                    context.register(&view.name, empty_frame(&columns).lazy());
                }
                schemas.insert(view.name.clone(), schema);
            }
            Err(error) => {
                let message = error.to_string();
                let message = message.lines().next().unwrap_or_default();
                problems.add(
                    locate(Problem::new(&view.path, &format!("SQL 不成立：{message}")), &view.sql, message)
                        .hint("列名、表名要与 datasets/ 里的字段一致。"),
                );
            }
        }
        if context.get_tables().len() > tables_before + usize::from(view.keep && schemas.contains_key(&view.name)) {
            // The SQL engine keeps the alias of such a subquery as a table for all later statements.
            problems.add(
                Problem::new(&view.path, "FROM 或 JOIN 后面直接写了子查询。").hint("把子查询写成 WITH 里的一段。"),
            );
        }
        for (need, _) in view.needs.iter().flat_map(|need| &need.0) {
            if !definitions.tables.contains_key(need) {
                problems.add(Problem::new(&view.path, &format!("needs 里的「{need}」不是表。")));
            }
        }
    }
    Ok((context, schemas))
}

fn check_rule(
    definitions: &Definitions,
    rule: &Rule,
    schemas: &IndexMap<String, SchemaRef>,
    fields: &BTreeSet<&str>,
    problems: &mut Problems,
) {
    if !definitions.indicators.iter().any(|indicator| indicator.name == rule.indicator) {
        problems.add(rule.problem(Part::File, &format!("文件夹「{}」里没有 indicator.toml。", rule.indicator)));
    }
    check_needs(definitions, rule, problems);
    for name in [true, false] {
        if !rule.examples.iter().any(|example| example.fires == name) {
            let kind = if name { "应当报告" } else { "不应报告" };
            problems.add(
                rule.problem(Part::File, &format!("缺少一个{kind}的 [[example]]。"))
                    .hint("每条规则至少一个报告的例子、一个不报告的例子。"),
            );
        }
    }
    let Some(schema) = schemas.get(&rule.view) else {
        if !definitions.views.contains_key(&rule.view) {
            problems.add(
                rule.problem(Part::View, &format!("没有视图「{}」。", rule.view))
                    .hint("视图在 indicators/views/ 里，文件名就是它的名字。"),
            );
        }
        return;
    };
    for column in FINDING_COLUMNS {
        if !schema.contains(column) {
            problems
                .add(rule.problem(Part::View, &format!("视图「{}」没有每个问题都要有的列「{column}」。", rule.view)));
        }
    }
    let places = [
        (Part::Message, std::slice::from_ref(&rule.message)),
        (Part::Column, &rule.column[..]),
        (Part::OtherColumn, &rule.other_column[..]),
    ];
    for (part, texts) in places {
        for name in texts.iter().flat_map(|text| placeholders(text)) {
            if !schema.contains(&name) {
                problems.add(rule.problem(part, &format!("花括号里的「{name}」不是视图「{}」的列。", rule.view)).hint(
                    &format!(
                        "可用的列：{}。",
                        schema.iter_names().map(|name| name.to_string()).collect::<Vec<_>>().join("、")
                    ),
                ));
            }
        }
    }
    if !rule.other_column.is_empty() && !schema.contains(&rule.other) {
        problems.add(
            rule.problem(Part::OtherColumn, &format!("视图「{}」没有对照位置的列「{}」。", rule.view, rule.other))
                .hint("用 other 写明哪一列是对照处的位置。"),
        );
    }
    for (part, columns) in [(Part::Column, &rule.column), (Part::OtherColumn, &rule.other_column)] {
        for column in columns.iter().filter(|column| !column.contains('{') && !fields.contains(column.as_str())) {
            problems.add(rule.problem(part, &format!("「{column}」不是任何表的字段。")));
        }
    }
    match predicate(definitions, rule) {
        Ok(expression) => {
            for name in expression.clone().meta().root_names() {
                if !schema.contains(&name) {
                    problems
                        .add(rule.problem(Part::When, &format!("when 里的「{name}」不是视图「{}」的列。", rule.view)));
                }
            }
            let columns: Vec<(String, DataType)> =
                schema.iter().map(|(name, dtype)| (name.to_string(), dtype.clone())).collect();
            let planned = empty_frame(&columns).lazy().select([expression.alias("fires")]).collect_schema();
            if let Ok(result) = &planned
                && result.get("fires") != Some(&DataType::Boolean)
            {
                problems.add(rule.problem(Part::When, "when 的结果不是真假。"));
            } else if let Err(error) = planned
                && !problems.0.iter().any(|problem| problem.file == rule.path)
            {
                problems.add(rule.problem(Part::When, &format!("when 不成立：{error}")));
            }
        }
        Err(problem) => problems.add(problem),
    }
    for example in &rule.examples {
        for name in example.row.keys().filter(|name| !schema.contains(name)) {
            problems.add(rule.problem(Part::File, &format!("例子里的「{name}」不是视图「{}」的列。", rule.view)));
        }
    }
    if let Some(list) = &rule.resolution {
        if !definitions.codes.contains_key(list) {
            problems.add(rule.problem(Part::File, &format!("resolution 指的代码表「{list}」不存在。")));
        }
        for name in ["resolution", "settled"].into_iter().filter(|name| !schema.contains(name)) {
            problems.add(rule.problem(Part::View, &format!("能认定的规则，视图「{}」要有「{name}」列。", rule.view)));
        }
    }
    if rule.red_line && rule.severity != Severity::Error {
        problems.add(rule.problem(Part::File, "red-line 只能用于 error。"));
    }
}

fn check_needs(definitions: &Definitions, rule: &Rule, problems: &mut Problems) {
    for (table, field) in rule.needs.iter().flat_map(|need| &need.0) {
        let found = definitions.table(table);
        let message = match (found, field) {
            (None, _) => format!("needs 里的「{table}」不是表。"),
            (Some(known), Some(field)) if known.field(field).is_none() => {
                format!("needs 里的「{table}.{field}」不是字段。")
            }
            _ => continue,
        };
        problems.add(rule.problem(Part::Needs, &message));
    }
}

/// The rule's predicate as an expression, with its limits and settings filled in.
pub fn predicate(definitions: &Definitions, rule: &Rule) -> Result<Expr, Problem> {
    let sql = definitions
        .settings
        .fill(&rule.when, &rule.limits)
        .map_err(|(name, _)| rule.problem(Part::When, &format!("「:{name}」既不是本规则的 limits，也不是设定。")))?;
    sql_expr(&sql).map_err(|error| {
        let message = error.to_string();
        rule.problem(Part::When, &format!("when 的 SQL 写法不对：{}", message.lines().next().unwrap_or_default()))
    })
}

/// Points at the first place of the name that an SQL error quotes, where it quotes one.
fn locate(problem: Problem, sql: &str, message: &str) -> Problem {
    let quoted = message.split(['"', '\'', '`']).nth(1).filter(|name| !name.is_empty());
    match quoted.and_then(|name| sql.find(name)) {
        Some(offset) => problem.at(sql, offset),
        None => problem,
    }
}
