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
fn the_whole_catalogue_is_there() {
    let definitions = load();
    let ids: BTreeSet<&str> = definitions.rules.iter().map(|rule| rule.id.as_str()).collect();
    let catalogue = [
        (
            "身份",
            "id-malformed id-check-digit birth-date-differs sex-differs id-duplicated name-differs probable-match id-damaged id-placeholder id-old-15-digit household-head",
        ),
        (
            "文化程度",
            "both-empty both-filled code-unknown stage-differs enrolled-but-not-student student-not-found lower-than-evidence implausible-age",
        ),
        ("A4", "unaccounted listed-but-in-school outside-age not-listed reported-total-differs date-sensitive"),
        (
            "A5",
            "reason-missing reason-multiple reason-unknown leave-over-a-year deferral-too-old graduated-unproven home-teaching-unproven dropout-reason register-reason-differs evidence-missing reported-breakdown-differs",
        ),
        (
            "A18",
            "none-with-others nothing-selected overstated understated stage-ineligible entitled-unpaid amount-differs paid-twice beneficiary-unregistered term-not-started",
        ),
        ("签字", "officer-unsigned head-unsigned"),
        ("档案", "category-missing item-missing unsigned-or-undated"),
        (
            "输入",
            "file-unreadable sheet-unrecognised column-missing column-unrecognised row-without-identity value-unparsed",
        ),
    ];
    let missing: Vec<String> = catalogue
        .iter()
        .flat_map(|(indicator, names)| names.split(' ').map(move |name| format!("{indicator}/{name}")))
        .filter(|id| !ids.contains(id.as_str()))
        .collect();
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
