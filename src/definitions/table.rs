//! The tables that files are recognised as: fields, their kinds, and how headers name them (`datasets/<table>.toml`).

use super::codes::CodeList;
use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::{parse, stem};
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawTable {
    title: String,
    row: String,
    hints: Vec<String>,
    identity: Vec<Vec<String>>,
    period: Period,
    source: String,
    #[serde(default = "yes")]
    persons: bool,
    #[serde(default)]
    local_school: bool,
    #[serde(default)]
    ignored: Vec<String>,
    field: Vec<Spanned<RawField>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawField {
    name: String,
    title: String,
    kind: Kind,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(default)]
    codes: Option<String>,
    #[serde(default)]
    items: Option<String>,
    #[serde(default = "one")]
    weight: f64,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    unless: Option<String>,
    #[serde(default)]
    fill: bool,
    #[serde(default)]
    own_rule: bool,
    #[serde(default)]
    says: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

fn one() -> f64 {
    1.0
}

/// By which column rows of a table repeat over time; only the latest period is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// By its `year`.
    Year,
    /// By its `term`, the latest of each school.
    Term,
    /// By its `term`, all of the latest school year of each school.
    SchoolYear,
    None,
}

/// How a field's cells are read; each kind gives one or more columns (`schema`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Name,
    IdNumber,
    OtherId,
    StudentNumber,
    DisabilityNumber,
    Sex,
    Date,
    Count,
    Number,
    Phone,
    Village,
    Household,
    School,
    Stage,
    Grade,
    Term,
    YesNo,
    /// A text whose being there counts (a signature, a paper); words for "none" are empty.
    Mark,
    /// One code of a list.
    Code,
    /// Codes of a list: written as a list in one column, or ticked in a column each.
    Choices,
    /// A number for each code of a list, in a column each.
    CountChoices,
    /// The aid of each school year of a list, in a column each: `生活费补助1000；秋营养膳食补助400`.
    History,
}

impl Kind {
    /// Whether each code of its list may have a column of its own.
    #[must_use]
    pub fn spreads(self) -> bool {
        matches!(self, Self::Choices | Self::CountChoices | Self::History)
    }
}

/// One field of a table.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub title: String,
    pub kind: Kind,
    pub synonyms: Vec<String>,
    pub codes: Option<String>,
    /// The code list of what stands inside the cells of a history.
    pub items: Option<String>,
    pub weight: f64,
    pub required: bool,
    /// Another field that makes this one dispensable.
    pub unless: Option<String>,
    /// Taken from the title, sheet name or file name when no column has it.
    pub fill: bool,
    /// Values outside the code list are the business of a rule and not of `输入/value-unparsed`.
    pub own_rule: bool,
    /// Words that answer another field when they stand in this one (`未收假` in the column of amounts).
    pub says: BTreeMap<String, String>,
    /// For a column of one choice: the field it belongs to and the choice's code.
    pub choice: Option<(String, String)>,
}

/// One kind of table.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub title: String,
    pub row: String,
    pub hints: Vec<String>,
    /// Groups of fields; a row with one whole group filled can be used.
    pub identity: Vec<Vec<String>>,
    pub period: Period,
    pub source: String,
    /// Whether rows are persons.
    pub persons: bool,
    /// Whether its schools are schools of the township.
    pub local_school: bool,
    /// Known headers that are not used.
    pub ignored: Vec<String>,
    pub fields: Vec<Field>,
}

impl Table {
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A file beside a table's that only adds fields: `datasets/register.ours.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawAddition {
    field: Vec<Spanned<RawField>>,
}

/// Loads `datasets/*.toml`; `<table>.<anything>.toml` adds fields to a table.
pub fn load(library: &Library, codes: &IndexMap<String, CodeList>, problems: &mut Problems) -> IndexMap<String, Table> {
    let mut tables = IndexMap::new();
    let (additions, own): (Vec<String>, Vec<String>) = library
        .list("datasets", ".toml")
        .into_iter()
        .filter(|path| path.matches('/').count() == 1)
        .partition(|path| stem(path).contains('.'));
    for path in own {
        let Some(parsed) = parse::<RawTable>(library, &path, problems) else { continue };
        let table = whole(&path, parsed.value, &parsed.text, codes, problems);
        tables.insert(table.name.clone(), (path, table));
    }
    for path in additions {
        let name = stem(&path).split('.').next().unwrap_or_default().to_owned();
        let Some((_, table)) = tables.get_mut(&name) else {
            problems.add(Problem::new(&path, &format!("没有「{name}」这类表，加不上列。")));
            continue;
        };
        if let Some(parsed) = parse::<RawAddition>(library, &path, problems) {
            add_fields(table, parsed.value.field, (&path, &parsed.text), codes, problems);
        }
    }
    tables
        .into_iter()
        .map(|(name, (path, table))| {
            check(&path, &table, problems);
            (name, table)
        })
        .collect()
}

fn whole(path: &str, raw: RawTable, text: &str, codes: &IndexMap<String, CodeList>, problems: &mut Problems) -> Table {
    let mut table = Table {
        name: stem(path),
        title: raw.title,
        row: raw.row,
        hints: raw.hints,
        identity: raw.identity,
        period: raw.period,
        source: raw.source,
        persons: raw.persons,
        local_school: raw.local_school,
        ignored: raw.ignored,
        fields: Vec::new(),
    };
    add_fields(&mut table, raw.field, (path, text), codes, problems);
    table
}

/// The table of any list of persons (`datasets/link/person.toml`), which takes no part in recognising tables.
pub fn load_any_person(
    library: &Library,
    codes: &IndexMap<String, CodeList>,
    problems: &mut Problems,
) -> Option<Table> {
    let path = "datasets/link/person.toml";
    let parsed = parse::<RawTable>(library, path, problems)?;
    let table = whole(path, parsed.value, &parsed.text, codes, problems);
    check(path, &table, problems);
    Some(table)
}

/// Adds the fields of one file to a table, with a field for each choice of a list.
fn add_fields(
    table: &mut Table,
    raw: Vec<Spanned<RawField>>,
    (path, text): (&str, &str),
    codes: &IndexMap<String, CodeList>,
    problems: &mut Problems,
) {
    for spanned in raw {
        let start = spanned.span().start;
        let field = spanned.into_inner();
        let complain = |message: String| Problem::new(path, &message).at(text, start);
        let needs_codes = field.kind == Kind::Code || field.kind.spreads();
        match (&field.codes, needs_codes) {
            (None, true) => problems.add(complain(format!("字段「{}」要写明 codes。", field.name))),
            (Some(list), true) if !codes.contains_key(list) => problems.add(
                complain(format!("字段「{}」用的代码表「{list}」不存在。", field.name))
                    .hint("代码表在 datasets/codes/ 里，文件名就是它的名字。"),
            ),
            _ => {}
        }
        if field.kind == Kind::History && field.items.as_ref().is_none_or(|list| !codes.contains_key(list)) {
            problems.add(complain(format!("字段「{}」要用 items 写明格子里是哪个代码表的项目。", field.name)));
        }
        if table.field(&field.name).is_some() {
            problems.add(complain(format!("字段「{}」已经有了。", field.name)).hint("换一个名字。"));
            continue;
        }
        if let (true, Some(list)) = (field.kind.spreads(), field.codes.as_ref().and_then(|name| codes.get(name))) {
            table.fields.extend(choice_fields(&field, list));
        }
        table.fields.push(Field {
            name: field.name,
            title: field.title,
            kind: field.kind,
            synonyms: field.synonyms,
            codes: field.codes,
            items: field.items,
            weight: field.weight,
            required: field.required,
            unless: field.unless,
            fill: field.fill,
            own_rule: field.own_rule,
            says: field.says,
            choice: None,
        });
    }
}

/// The columns of one choice each: `a18_3` is headed by the labels of code 3.
fn choice_fields(field: &RawField, list: &CodeList) -> Vec<Field> {
    list.codes
        .iter()
        .map(|code| {
            let mut synonyms = vec![code.label.clone(), format!("{}{}", code.code, code.label)];
            synonyms.extend(code.labels.iter().cloned());
            synonyms.extend(code.labels.iter().map(|label| format!("{}{label}", code.code)));
            synonyms.push(format!("{}{}", field.name.to_uppercase(), code.code));
            synonyms.extend(field.synonyms.iter().map(|parent| format!("{parent}{}", code.code)));
            Field {
                name: format!("{}_{}", field.name, code.code),
                title: code.label.clone(),
                kind: field.kind,
                synonyms,
                codes: None,
                items: None,
                weight: field.weight / 2.0,
                required: false,
                unless: None,
                fill: false,
                own_rule: false,
                says: BTreeMap::new(),
                choice: Some((field.name.clone(), code.code.clone())),
            }
        })
        .collect()
}

/// Names and synonyms are unique within a table, and identity groups name fields.
fn check(path: &str, table: &Table, problems: &mut Problems) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for field in table.fields.iter().filter(|field| field.choice.is_none()) {
        for synonym in &field.synonyms {
            if let Some(other) = owners.insert(synonym, &field.name) {
                problems.add(
                    Problem::new(path, &format!("列名「{synonym}」同时属于字段「{other}」和「{}」。", field.name))
                        .hint("一个列名只能属于一个字段。"),
                );
            }
        }
    }
    for name in table.identity.iter().flatten().chain(table.fields.iter().filter_map(|field| field.unless.as_ref())) {
        if table.field(name).is_none() {
            problems.add(Problem::new(path, &format!("identity 或 unless 里的「{name}」不是本表的字段。")));
        }
    }
}
