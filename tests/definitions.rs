//! The definition files: rules fire on their examples, the index is true, and what is wrong is named with its place.

use crate::support::root;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use zicha::definitions::{Definitions, Project, Rule, plan_context, predicate};

fn load() -> Definitions {
    Definitions::load(None, &Project::default()).unwrap()
}

/// One row with the view's schema; what the example does not say is null.
fn row(schema: &Schema, values: &indexmap::IndexMap<String, toml::Value>) -> DataFrame {
    let columns = schema
        .iter()
        .map(|(name, dtype)| {
            let given = match values.get(name.as_str()) {
                None => Column::full_null(name.clone(), 1, dtype),
                Some(toml::Value::String(text)) => Column::new(name.clone(), [text.as_str()]),
                Some(toml::Value::Integer(number)) => Column::new(name.clone(), [*number]),
                Some(toml::Value::Float(number)) => Column::new(name.clone(), [*number]),
                Some(toml::Value::Boolean(flag)) => Column::new(name.clone(), [*flag]),
                Some(toml::Value::Datetime(date)) => {
                    let date = date.date.unwrap();
                    let days = zicha::standardise::date::days(
                        i32::from(date.year),
                        u32::from(date.month),
                        u32::from(date.day),
                    )
                    .unwrap();
                    Column::new(name.clone(), [days])
                }
                Some(other) => panic!("例子里的 {name} 不能是 {other}"),
            };
            given.cast(dtype).unwrap()
        })
        .collect();
    DataFrame::new(1, columns).unwrap()
}

fn schemas(definitions: &Definitions) -> BTreeMap<String, SchemaRef> {
    let context = plan_context(definitions, &BTreeMap::new()).unwrap();
    let mut out = BTreeMap::new();
    for view in definitions.views.values() {
        let sql = definitions.settings.fill(&view.sql, &indexmap::IndexMap::new()).unwrap();
        let schema = context.clone().execute(&sql).unwrap().collect_schema().unwrap();
        if view.keep {
            let columns: Vec<(String, DataType)> =
                schema.iter().map(|(name, dtype)| (name.to_string(), dtype.clone())).collect();
            context.register(&view.name, zicha::definitions::empty_frame(&columns).lazy());
        }
        out.insert(view.name.clone(), schema);
    }
    out
}

fn fires(definitions: &Definitions, rule: &Rule, frame: DataFrame) -> bool {
    let expression = predicate(definitions, rule).unwrap().fill_null(lit(false));
    frame.lazy().filter(expression).collect().unwrap().height() == 1
}

#[test]
fn every_example_does_what_it_says() {
    let definitions = load();
    let schemas = schemas(&definitions);
    let mut wrong = Vec::new();
    for rule in &definitions.rules {
        for (number, example) in rule.examples.iter().enumerate() {
            let frame = row(&schemas[&rule.view], &example.row);
            if fires(&definitions, rule, frame) != example.fires {
                wrong.push(format!(
                    "{} 的第 {} 个例子应当{}",
                    rule.id,
                    number + 1,
                    if example.fires { "报告" } else { "不报告" }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_is_generated_from_the_rules() {
    let text = zicha::commands::index_page(&load()).unwrap();
    let path = root().join("indicators/README.md");
    if std::env::var_os("ZICHA_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        text,
        "indicators/README.md 过时了：ZICHA_UPDATE=1 cargo test 重写"
    );
}

#[test]
fn rules_of_the_main_job_are_there() {
    let definitions = load();
    let ids: BTreeSet<&str> = definitions.rules.iter().map(|rule| rule.id.as_str()).collect();
    let wanted = [
        "身份/id-malformed",
        "身份/id-check-digit",
        "身份/id-duplicated",
        "身份/name-differs",
        "身份/id-damaged",
        "身份/id-placeholder",
        "身份/birth-date-differs",
        "身份/sex-differs",
        "文化程度/both-empty",
        "文化程度/both-filled",
        "文化程度/code-unknown",
        "文化程度/stage-differs",
        "文化程度/enrolled-but-not-student",
        "文化程度/student-not-found",
        "文化程度/lower-than-evidence",
        "文化程度/implausible-age",
        "A4/unaccounted",
        "A4/listed-but-in-school",
        "A4/outside-age",
        "A4/not-listed",
        "A4/date-sensitive",
        "A5/reason-missing",
        "A5/reason-unknown",
        "A5/dropout-reason",
        "A18/none-with-others",
        "A18/nothing-selected",
        "A18/overstated",
        "A18/understated",
        "输入/file-unreadable",
        "输入/sheet-unrecognised",
        "输入/column-missing",
        "输入/column-unrecognised",
        "输入/row-without-identity",
        "输入/value-unparsed",
    ];
    let missing: Vec<_> = wanted.iter().filter(|id| !ids.contains(**id)).collect();
    assert!(missing.is_empty(), "缺少规则 {missing:?}");
}

const GOOD: &str = r#"title = "试"
message = "试{name}"
severity = "error"
view = "registered"
when = "education IS NULL"
column = ["education"]
check = "试"
source = "试"

[[example]]
fires = true
row = {}

[[example]]
fires = false
row = { education = "2" }
"#;

fn complaint(file: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    Definitions::load(Some(Path::new(folder.path())), &Project::default())
        .map_or_else(|problems| problems.to_string(), |_| String::new())
}

#[test]
fn a_wrong_rule_is_named_with_file_line_and_column() {
    assert_eq!(complaint("indicators/A5/mine.toml", GOOD), "");
    let cases = [
        (GOOD.replace("check =", "chekc ="), ":7:1", "unknown field"),
        (GOOD.replace("view = \"registered\"", "view = \"registerd\""), ":4:8", "没有视图"),
        (GOOD.replace("education IS NULL", "educatoin IS NULL"), ":5:8", "educatoin"),
        (GOOD.replace("education IS NULL", "education IS IS"), ":5:8", "SQL"),
        (GOOD.replace("试{name}", "试{nmae}"), ":2:11", "nmae"),
        (GOOD.replace("[\"education\"]", "[\"educate\"]"), ":6:10", "educate"),
        (GOOD.replace("fires = false", "fires = true"), "mine.toml", "不应报告"),
        (GOOD.replace("IS NULL", "< :no_such_limit"), ":5:8", "no_such_limit"),
        (GOOD.replace("source =", "needs = [\"regsiter\"]\nsource ="), ":8:9", "regsiter"),
        (GOOD.replace("severity = \"error\"", "severity = \"fatal\""), ":3:12", "fatal"),
    ];
    for (text, place, words) in cases {
        let said = complaint("indicators/A5/mine.toml", &text);
        assert!(said.contains(place) && said.contains(words), "应当指出 {place} {words}，实际说：{said}");
    }
    let said = complaint("indicators/views/mine.sql", "-- 试\nSELECT no_such_column\nFROM register\n");
    assert!(said.contains("mine.sql:2:8") && said.contains("no_such_column"), "{said}");
}

#[test]
fn a_setting_that_does_not_exist_is_refused() {
    let project: Project = toml::from_str("[settings]\nreference-data = \"2020-08-01\"").unwrap();
    let said = Definitions::load(None, &project).err().unwrap().to_string();
    assert!(said.contains("reference-data"), "{said}");
}
