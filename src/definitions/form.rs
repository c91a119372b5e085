//! Forms (`reports/forms/*.toml`): the tables that offices ask for, empty to fill in or filled from the linked data.

use super::codes::CodeList;
use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::{parse, stem};
use indexmap::IndexMap;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawForm {
    order: u32,
    title: String,
    sheet: String,
    table: String,
    #[serde(default)]
    book: Option<String>,
    #[serde(default)]
    view: Option<String>,
    #[serde(default)]
    when: Option<String>,
    #[serde(default)]
    notes: Vec<String>,
    column: Vec<RawColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawColumn {
    #[serde(default)]
    title: String,
    #[serde(default)]
    field: Option<String>,
    width: f64,
    #[serde(default)]
    input: Input,
    #[serde(default)]
    aid: Option<AidCell>,
    #[serde(default)]
    codes: Option<String>,
    #[serde(default)]
    spread: Option<Spread>,
    #[serde(default)]
    alone: Option<String>,
    #[serde(default)]
    hint: String,
    #[serde(default)]
    options: Vec<String>,
    /// By code, where the column stands for a list.
    #[serde(default)]
    examples: toml::Table,
    #[serde(default)]
    example: String,
    #[serde(default)]
    total: bool,
    #[serde(default)]
    tally: bool,
}

/// What may be entered in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    #[default]
    Text,
    /// The row's number, which the form counts itself.
    Number,
    /// 18 characters with a sound check character, or a disability certificate's 20 or 22.
    IdNumber,
    Date,
    /// A whole number, not below zero.
    Count,
    /// Yuan, not below zero.
    Amount,
    /// One label of `codes`.
    Code,
    /// 是 or 否.
    YesNo,
    /// A tick or nothing.
    Tick,
}

/// What of a person's aid a column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AidCell {
    /// Yuan of all terms.
    Total,
    /// The items of the present term.
    Term,
    /// Yuan of the present term.
    TermTotal,
}

/// A column that stands for a column each code of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// One a code.
    Codes,
    /// One a school year; in a filled form only years in which somebody got something.
    Years,
}

/// One column.
#[derive(Debug, Clone)]
pub struct FormColumn {
    pub title: String,
    /// The column of the view that fills it.
    pub field: Option<String>,
    /// What of the person's aid fills it.
    pub aid: Option<AidCell>,
    /// In half-width characters.
    pub width: f64,
    pub input: Input,
    pub codes: Option<String>,
    /// What may be chosen where no code list says it.
    pub options: Vec<String>,
    pub spread: Option<Spread>,
    /// The code that this column stands for, where it came of a list.
    pub code: Option<String>,
    /// Among ticks: this one excludes all others.
    pub alone: bool,
    /// Shown beside the cell that is being filled in.
    pub hint: String,
    /// In the example row.
    pub example: String,
    pub total: bool,
    /// Counted by its values below the table.
    pub tally: bool,
}

/// One form.
#[derive(Debug, Clone)]
pub struct Form {
    pub name: String,
    pub path: String,
    pub order: u32,
    pub title: String,
    /// Its sheet's name, and its file's where it has one of its own.
    pub sheet: String,
    /// The table as which a filled form is read.
    pub table: String,
    /// The workbook in which it stands when filled from data; none for what is only a template.
    pub book: Option<String>,
    pub view: Option<String>,
    /// A predicate over the view.
    pub when: Option<String>,
    /// Printed below the table.
    pub notes: Vec<String>,
    pub columns: Vec<FormColumn>,
}

/// Loads every form, in their order.
pub fn load(library: &Library, codes: &IndexMap<String, CodeList>, problems: &mut Problems) -> Vec<Form> {
    let mut forms = Vec::new();
    for path in library.list("reports/forms", ".toml") {
        let Some(parsed) = parse::<RawForm>(library, &path, problems) else { continue };
        let raw = parsed.value;
        let mut columns = Vec::new();
        for column in raw.column {
            match whole(column, codes) {
                Ok(own) => columns.extend(own),
                Err(message) => problems.add(Problem::new(&path, &message)),
            }
        }
        if raw.book.is_some() && raw.view.is_none() {
            problems.add(Problem::new(&path, "写了 book 的表要写 view：从哪个视图填。"));
        }
        forms.push(Form {
            name: stem(&path),
            path,
            order: raw.order,
            title: raw.title,
            sheet: raw.sheet,
            table: raw.table,
            book: raw.book,
            view: raw.view,
            when: raw.when,
            notes: raw.notes,
            columns,
        });
    }
    forms.sort_by_key(|form| form.order);
    forms
}

/// A column, or the columns of its list.
fn whole(raw: RawColumn, codes: &IndexMap<String, CodeList>) -> Result<Vec<FormColumn>, String> {
    let needs = raw.input == Input::Code || raw.spread.is_some();
    let list = match (&raw.codes, needs) {
        (Some(name), _) => Some(codes.get(name).ok_or_else(|| format!("代码表「{name}」不存在。"))?),
        (None, true) => return Err(format!("列「{}」要用 codes 写明代码表。", raw.title)),
        (None, false) => None,
    };
    let example = |key: &str| match raw.examples.get(key) {
        Some(toml::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let column = |title: String, code: Option<String>| FormColumn {
        title,
        field: raw.field.clone(),
        aid: raw.aid,
        width: raw.width,
        input: raw.input,
        codes: raw.codes.clone(),
        options: raw.options.clone(),
        spread: raw.spread,
        alone: raw.alone.is_some() && raw.alone == code,
        hint: raw.hint.clone(),
        example: code.as_deref().map_or_else(|| raw.example.clone(), example),
        code,
        total: raw.total,
        tally: raw.tally,
    };
    let Some((spread, list)) = raw.spread.zip(list) else {
        if raw.title.is_empty() {
            return Err("每列都要有 title。".to_owned());
        }
        return Ok(vec![column(raw.title.clone(), None)]);
    };
    let title = |code: &super::Code| match spread {
        Spread::Codes => format!("{}{}", code.code, code.label),
        Spread::Years => code.label.clone(),
    };
    Ok(list.codes.iter().map(|code| column(title(code), Some(code.code.clone()))).collect())
}
