//! Rules (`indicators/<indicator>/<rule>.toml`): one file a rule; the path is its id.

use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::parse;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRule {
    title: String,
    message: Spanned<String>,
    severity: Severity,
    #[serde(default)]
    red_line: bool,
    view: Spanned<String>,
    when: Spanned<String>,
    column: Spanned<Vec<String>>,
    #[serde(default)]
    other: Option<String>,
    #[serde(default)]
    other_column: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    needs: Option<Spanned<Vec<String>>>,
    check: String,
    source: String,
    #[serde(default)]
    assumption: bool,
    since: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    #[serde(default)]
    disabled: bool,
    resolution: Option<String>,
    #[serde(default)]
    limits: IndexMap<String, f64>,
    #[serde(default)]
    example: Vec<RawExample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExample {
    fires: bool,
    row: IndexMap<String, toml::Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

impl Severity {
    /// The name in `findings.csv`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A table, or a field of one, without which a rule cannot run; `a|b` means either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need(pub Vec<(String, Option<String>)>);

impl Need {
    /// Reads `roll|outside` or `register.education`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let one = |part: &str| match part.split_once('.') {
            Some((table, field)) => (table.to_owned(), Some(field.to_owned())),
            None => (part.to_owned(), None),
        };
        Self(text.split('|').map(one).collect())
    }
}

/// One example in a rule's file: values of view columns, and whether the rule fires.
#[derive(Debug, Clone)]
pub struct Example {
    pub fires: bool,
    pub row: IndexMap<String, toml::Value>,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    pub indicator: String,
    pub path: String,
    pub title: String,
    pub message: String,
    pub severity: Severity,
    pub red_line: bool,
    pub view: String,
    pub when: String,
    /// Fields that the finding points at; the first that the sheet has. `{column}` takes a value of the view.
    pub column: Vec<String>,
    /// The view column that holds the location of what it is compared with.
    pub other: String,
    pub other_column: Vec<String>,
    pub needs: Vec<Need>,
    pub check: String,
    pub source: String,
    pub assumption: bool,
    pub since: Option<String>,
    pub until: Option<String>,
    /// The code list by which a person may settle such a finding in the ledger. The view then says `resolution` and `settled`.
    pub resolution: Option<String>,
    pub limits: IndexMap<String, f64>,
    pub examples: Vec<Example>,
    text: String,
    places: Places,
}

#[derive(Debug, Clone, Copy)]
struct Places {
    message: usize,
    view: usize,
    when: usize,
    column: usize,
    other_column: usize,
    needs: usize,
}

/// The parts of a rule file that a problem can point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Message,
    View,
    When,
    Column,
    OtherColumn,
    Needs,
    File,
}

impl Rule {
    /// A problem at one part of the rule's file.
    #[must_use]
    pub fn problem(&self, part: Part, message: &str) -> Problem {
        let problem = Problem::new(&self.path, message);
        let offset = match part {
            Part::Message => self.places.message,
            Part::View => self.places.view,
            Part::When => self.places.when,
            Part::Column => self.places.column,
            Part::OtherColumn => self.places.other_column,
            Part::Needs => self.places.needs,
            Part::File => return problem,
        };
        problem.at(&self.text, offset)
    }

    /// Whether the rule holds at a date (`2020-07-15`).
    #[must_use]
    pub fn in_force(&self, date: &str) -> bool {
        self.since.as_deref().is_none_or(|since| since <= date)
            && self.until.as_deref().is_none_or(|until| date <= until)
    }
}

/// Names between braces in a text: `{age}周岁` has `age`.
#[must_use]
pub fn placeholders(text: &str) -> Vec<String> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned())).collect()
}

/// Loads every rule, sorted by id; disabled ones are left out.
pub fn load(library: &Library, problems: &mut Problems) -> Vec<Rule> {
    let mut rules = Vec::new();
    for path in library.list("indicators", ".toml") {
        let parts: Vec<&str> = path.split('/').collect();
        let [_, indicator, file] = parts[..] else { continue };
        if file == "indicator.toml" || indicator == "policies" || indicator == "views" {
            continue;
        }
        let Some(parsed) = parse::<RawRule>(library, &path, problems) else { continue };
        let (raw, text) = (parsed.value, parsed.text);
        if raw.disabled {
            continue;
        }
        let start = |span: Option<std::ops::Range<usize>>| span.map_or(0, |range| range.start);
        let places = Places {
            message: raw.message.span().start,
            view: raw.view.span().start,
            when: raw.when.span().start,
            column: raw.column.span().start,
            other_column: start(raw.other_column.as_ref().map(Spanned::span)),
            needs: start(raw.needs.as_ref().map(Spanned::span)),
        };
        rules.push(Rule {
            id: format!("{indicator}/{}", file.trim_end_matches(".toml")),
            indicator: indicator.to_owned(),
            title: raw.title,
            message: raw.message.into_inner(),
            severity: raw.severity,
            red_line: raw.red_line,
            view: raw.view.into_inner(),
            when: raw.when.into_inner(),
            column: raw.column.into_inner(),
            other: raw.other.unwrap_or_else(|| "other_at".to_owned()),
            other_column: raw.other_column.map(Spanned::into_inner).unwrap_or_default(),
            needs: raw
                .needs
                .map(Spanned::into_inner)
                .unwrap_or_default()
                .iter()
                .map(|text| Need::parse(text))
                .collect(),
            check: raw.check,
            source: raw.source,
            assumption: raw.assumption,
            since: raw.since.map(|date| date.to_string()),
            until: raw.until.map(|date| date.to_string()),
            resolution: raw.resolution,
            limits: raw.limits,
            examples: raw
                .example
                .into_iter()
                .map(|example| Example { fires: example.fires, row: example.row })
                .collect(),
            path,
            text,
            places,
        });
    }
    rules
}
