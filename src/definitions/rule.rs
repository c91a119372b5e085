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
    shows: Option<f64>,
    #[serde(default)]
    limits: IndexMap<String, f64>,
    #[serde(default)]
    example: Vec<RawExample>,
}

/// A user's file with the path of a built-in rule: what it says takes the place of what the rule says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawOverride {
    title: Option<String>,
    message: Option<Spanned<String>>,
    severity: Option<Severity>,
    red_line: Option<bool>,
    view: Option<Spanned<String>>,
    when: Option<Spanned<String>>,
    column: Option<Spanned<Vec<String>>>,
    other: Option<String>,
    other_column: Option<Spanned<Vec<String>>>,
    needs: Option<Spanned<Vec<String>>>,
    check: Option<String>,
    source: Option<String>,
    assumption: Option<bool>,
    since: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    disabled: Option<bool>,
    resolution: Option<String>,
    shows: Option<f64>,
    #[serde(default)]
    limits: IndexMap<String, f64>,
    example: Option<Vec<RawExample>>,
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
    /// The chance that an audit of the census sees it, where that is another than its severity's.
    pub shows: Option<f64>,
    pub limits: IndexMap<String, f64>,
    pub examples: Vec<Example>,
    text: String,
    places: Places,
}

/// Offsets in the file's text; none for parts that it does not say itself.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    message: Option<usize>,
    view: Option<usize>,
    when: Option<usize>,
    column: Option<usize>,
    other_column: Option<usize>,
    needs: Option<usize>,
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
            Part::File => None,
        };
        match offset {
            Some(offset) => problem.at(&self.text, offset),
            None => problem,
        }
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
        let id = format!("{indicator}/{}", file.trim_end_matches(".toml"));
        let rule = match library.overridden(&path) {
            Some(built_in) => overridden(library, (&path, &id, indicator), &built_in, problems),
            None => parse::<RawRule>(library, &path, problems)
                .and_then(|parsed| complete(parsed.value, parsed.text, &path, &id, indicator)),
        };
        rules.extend(rule);
    }
    rules
}

fn start<T>(spanned: &Spanned<T>) -> Option<usize> {
    Some(spanned.span().start)
}

/// A whole rule; `None` when it is disabled.
fn complete(raw: RawRule, text: String, path: &str, id: &str, indicator: &str) -> Option<Rule> {
    if raw.disabled {
        return None;
    }
    let places = Places {
        message: start(&raw.message),
        view: start(&raw.view),
        when: start(&raw.when),
        column: start(&raw.column),
        other_column: raw.other_column.as_ref().and_then(start),
        needs: raw.needs.as_ref().and_then(start),
    };
    Some(Rule {
        id: id.to_owned(),
        indicator: indicator.to_owned(),
        path: path.to_owned(),
        title: raw.title,
        message: raw.message.into_inner(),
        severity: raw.severity,
        red_line: raw.red_line,
        view: raw.view.into_inner(),
        when: raw.when.into_inner(),
        column: raw.column.into_inner(),
        other: raw.other.unwrap_or_else(|| "other_at".to_owned()),
        other_column: raw.other_column.map(Spanned::into_inner).unwrap_or_default(),
        needs: needs(raw.needs.map(Spanned::into_inner).unwrap_or_default()),
        check: raw.check,
        source: raw.source,
        assumption: raw.assumption,
        since: raw.since.map(|date| date.to_string()),
        until: raw.until.map(|date| date.to_string()),
        resolution: raw.resolution,
        shows: raw.shows.map(|chance| chance.clamp(0.0, 1.0)),
        limits: raw.limits,
        examples: examples(raw.example),
        text,
        places,
    })
}

fn needs(texts: Vec<String>) -> Vec<Need> {
    texts.iter().map(|text| Need::parse(text)).collect()
}

fn examples(raw: Vec<RawExample>) -> Vec<Example> {
    raw.into_iter().map(|example| Example { fires: example.fires, row: example.row }).collect()
}

/// A built-in rule with what the user's file says instead.
fn overridden(
    library: &Library,
    (path, id, indicator): (&str, &str, &str),
    built_in: &str,
    problems: &mut Problems,
) -> Option<Rule> {
    let parsed = parse::<RawOverride>(library, path, problems)?;
    let raw = parsed.value;
    let base: RawRule = toml::from_str(built_in).ok()?;
    let mut rule = complete(
        RawRule { disabled: raw.disabled.unwrap_or(base.disabled), ..base },
        parsed.text,
        path,
        id,
        indicator,
    )?;
    rule.places = Places {
        message: raw.message.as_ref().and_then(start),
        view: raw.view.as_ref().and_then(start),
        when: raw.when.as_ref().and_then(start),
        column: raw.column.as_ref().and_then(start),
        other_column: raw.other_column.as_ref().and_then(start),
        needs: raw.needs.as_ref().and_then(start),
    };
    fn put<T>(place: &mut T, given: Option<T>) {
        if let Some(given) = given {
            *place = given;
        }
    }
    put(&mut rule.title, raw.title);
    put(&mut rule.message, raw.message.map(Spanned::into_inner));
    put(&mut rule.severity, raw.severity);
    put(&mut rule.red_line, raw.red_line);
    put(&mut rule.view, raw.view.map(Spanned::into_inner));
    put(&mut rule.when, raw.when.map(Spanned::into_inner));
    put(&mut rule.column, raw.column.map(Spanned::into_inner));
    put(&mut rule.other, raw.other);
    put(&mut rule.other_column, raw.other_column.map(Spanned::into_inner));
    put(&mut rule.needs, raw.needs.map(|texts| needs(texts.into_inner())));
    put(&mut rule.check, raw.check);
    put(&mut rule.source, raw.source);
    put(&mut rule.assumption, raw.assumption);
    rule.since = raw.since.map(|date| date.to_string()).or(rule.since);
    rule.until = raw.until.map(|date| date.to_string()).or(rule.until);
    rule.resolution = raw.resolution.or(rule.resolution);
    rule.shows = raw.shows.map(|chance| chance.clamp(0.0, 1.0)).or(rule.shows);
    rule.limits.extend(raw.limits);
    put(&mut rule.examples, raw.example.map(examples));
    // A red line is an error; who lowers the severity lifts it.
    rule.red_line &= rule.severity == Severity::Error;
    Some(rule)
}
