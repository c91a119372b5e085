//! Code lists with their spellings (`datasets/codes/*.toml`), and the grammars of grades and terms.

use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::{parse, stem};
use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;

const GRAMMARS: [&str; 3] = ["datasets/codes/words.toml", "datasets/codes/grade.toml", "datasets/codes/term.toml"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    title: String,
    #[serde(default)]
    source: String,
    code: Vec<BTreeMap<String, toml::Value>>,
    #[serde(default)]
    unclear: Vec<RawUnclear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnclear {
    labels: Vec<String>,
    why: String,
}

/// What a code says beside its label, such as the stage of a grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    Text(String),
    Number(i64),
    Flag(bool),
}

#[derive(Debug, Clone)]
pub struct Code {
    pub code: String,
    pub label: String,
    pub labels: Vec<String>,
    /// Recognises further spellings, tried in order after all labels.
    pub pattern: Option<Regex>,
    pub attributes: Vec<(String, Attribute)>,
}

/// One code list.
#[derive(Debug, Clone)]
pub struct CodeList {
    pub name: String,
    pub title: String,
    pub source: String,
    pub codes: Vec<Code>,
    /// Spellings that are known and must not be guessed at, with the reason.
    pub unclear: Vec<(String, String)>,
}

/// Loads every code list.
pub fn load(library: &Library, problems: &mut Problems) -> IndexMap<String, CodeList> {
    let mut lists = IndexMap::new();
    for path in library.list("datasets/codes", ".toml") {
        if GRAMMARS.contains(&path.as_str()) {
            continue;
        }
        let Some(parsed) = parse::<RawList>(library, &path, problems) else { continue };
        let name = stem(&path);
        let mut codes = Vec::new();
        for entry in parsed.value.code {
            match code(entry) {
                Ok(code) => codes.push(code),
                Err(message) => problems.add(Problem::new(&path, &message)),
            }
        }
        let names = |code: &Code| code.attributes.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        if let Some(first) = codes.first().map(names)
            && let Some(odd) = codes.iter().find(|code| names(code) != first)
        {
            problems.add(
                Problem::new(&path, &format!("代码「{}」的属性与第一个代码不同。", odd.code))
                    .hint("同一张代码表的每个代码要写同样的属性。"),
            );
        }
        let unclear = parsed
            .value
            .unclear
            .into_iter()
            .flat_map(|group| group.labels.into_iter().map(move |label| (label, group.why.clone())))
            .collect();
        lists.insert(
            name.clone(),
            CodeList { name, title: parsed.value.title, source: parsed.value.source, codes, unclear },
        );
    }
    lists
}

fn code(mut entry: BTreeMap<String, toml::Value>) -> Result<Code, String> {
    let mut take = |key: &str| match entry.remove(key) {
        Some(toml::Value::String(text)) => Ok(text),
        _ => Err(format!("每个 [[code]] 都要有文字的 {key}。")),
    };
    let (code, label) = (take("code")?, take("label")?);
    let labels = match entry.remove("labels") {
        None => Vec::new(),
        Some(toml::Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        Some(_) => return Err(format!("代码「{code}」的 labels 应是文字的列表。")),
    };
    let pattern = match entry.remove("pattern") {
        Some(toml::Value::String(text)) => {
            Some(Regex::new(&text).map_err(|error| format!("代码「{code}」的 pattern 写错：{error}。"))?)
        }
        _ => None,
    };
    let mut attributes = Vec::new();
    for (name, value) in entry {
        let value = match value {
            toml::Value::String(text) => Attribute::Text(text),
            toml::Value::Integer(number) => Attribute::Number(number),
            toml::Value::Boolean(flag) => Attribute::Flag(flag),
            _ => return Err(format!("代码「{code}」的属性「{name}」只能是文字、整数或真假。")),
        };
        attributes.push((name, value));
    }
    Ok(Code { code, label, labels, pattern, attributes })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawGrades {
    #[allow(dead_code, reason = "kept in the file for its reader")]
    title: String,
    #[allow(dead_code, reason = "kept in the file for its reader")]
    source: String,
    pattern: Vec<RawGradePattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGradePattern {
    r#match: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    offset: i64,
    number: Option<i64>,
}

/// One way of writing a grade.
#[derive(Debug, Clone)]
pub struct GradePattern {
    /// First filled group: the number written; second: the class.
    pub regex: Regex,
    pub stage: Option<String>,
    /// Taken off the number written (七年级 is the first of 初中).
    pub offset: i64,
    /// The number where none is written.
    pub number: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerms {
    #[allow(dead_code, reason = "kept in the file for its reader")]
    title: String,
    pattern: Vec<RawTermPattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTermPattern {
    r#match: String,
    year: YearKind,
    half: i64,
}

/// Whether the year written is the one in which the school year starts, or the calendar year of the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YearKind {
    Start,
    Calendar,
}

/// One way of writing a term.
#[derive(Debug, Clone)]
pub struct TermPattern {
    pub regex: Regex,
    pub year: YearKind,
    /// 1 autumn, 2 spring, 0 where the second group says it.
    pub half: i64,
}

/// Loads the grammars of grades and terms.
pub fn load_patterns(library: &Library, problems: &mut Problems) -> (Vec<GradePattern>, Vec<TermPattern>) {
    let compile = |path: &str, text: &str, problems: &mut Problems| match Regex::new(text) {
        Ok(regex) => Some(regex),
        Err(error) => {
            problems.add(Problem::new(path, &format!("写错的正则「{text}」：{error}。")));
            None
        }
    };
    let mut grades = Vec::new();
    if let Some(parsed) = parse::<RawGrades>(library, GRAMMARS[1], problems) {
        for raw in parsed.value.pattern {
            if let Some(regex) = compile(GRAMMARS[1], &raw.r#match, problems) {
                let stage = (!raw.stage.is_empty()).then_some(raw.stage);
                grades.push(GradePattern { regex, stage, offset: raw.offset, number: raw.number });
            }
        }
    }
    let mut terms = Vec::new();
    if let Some(parsed) = parse::<RawTerms>(library, GRAMMARS[2], problems) {
        for raw in parsed.value.pattern {
            if let Some(regex) = compile(GRAMMARS[2], &raw.r#match, problems) {
                terms.push(TermPattern { regex, year: raw.year, half: raw.half });
            }
        }
    }
    (grades, terms)
}
