//! Settings that decide results (`indicators/policies/*.toml` but `aid.toml`): value, source, and whether it is our assumption.

use super::library::Library;
use super::problem::{Problem, Problems};
use super::project::Project;
use super::toml_file::parse;
use indexmap::IndexMap;
use serde::Deserialize;
use std::fmt;

/// Policies that are lists of their own and not settings.
const LISTS: [&str; 1] = ["indicators/policies/aid.toml"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSetting {
    title: String,
    value: toml::Value,
    source: String,
    assumption: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    /// Year, month, day.
    Date(i32, u32, u32),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl SettingValue {
    /// The value as an SQL literal.
    #[must_use]
    pub fn literal(&self) -> String {
        match self {
            Self::Date(year, month, day) => format!("CAST('{year:04}-{month:02}-{day:02}' AS DATE)"),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => format!("{number:?}"),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// Reads a TOML value; `None` for lists and tables.
    #[must_use]
    pub fn from_toml(value: &toml::Value) -> Option<Self> {
        match value {
            toml::Value::Integer(number) => Some(Self::Integer(*number)),
            toml::Value::Float(number) => Some(Self::Float(*number)),
            toml::Value::String(text) => Some(Self::Text(text.clone())),
            toml::Value::Datetime(date) => {
                date.date.map(|day| Self::Date(i32::from(day.year), u32::from(day.month), u32::from(day.day)))
            }
            _ => None,
        }
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(year, month, day) => write!(out, "{year:04}-{month:02}-{day:02}"),
            Self::Integer(number) => write!(out, "{number}"),
            Self::Float(number) => write!(out, "{number}"),
            Self::Text(text) => write!(out, "{text}"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Setting {
    pub title: String,
    pub value: SettingValue,
    pub source: String,
    pub assumption: bool,
    /// Changed by `zicha.toml`.
    pub changed: bool,
}

/// All settings by their names (`reference-date`), and the values derived from them.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub stated: IndexMap<String, Setting>,
    derived: IndexMap<String, SettingValue>,
}

impl Settings {
    /// A whole number; 0 when there is none, which the load has refused before.
    #[must_use]
    pub fn integer(&self, name: &str) -> i64 {
        match self.stated.get(name).map(|setting| &setting.value) {
            Some(SettingValue::Integer(number)) => *number,
            #[allow(clippy::cast_possible_truncation, reason = "settings are small")]
            Some(SettingValue::Float(number)) => *number as i64,
            _ => 0,
        }
    }

    #[must_use]
    pub fn float(&self, name: &str) -> f64 {
        match self.stated.get(name).map(|setting| &setting.value) {
            Some(SettingValue::Float(number)) => *number,
            #[allow(clippy::cast_precision_loss, reason = "settings are small")]
            Some(SettingValue::Integer(number)) => *number as f64,
            _ => 0.0,
        }
    }

    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.stated.get(name).map(|setting| setting.value.to_string()).unwrap_or_default()
    }

    /// Year, month and day of a date.
    #[must_use]
    pub fn date(&self, name: &str) -> (i32, u32, u32) {
        match self.stated.get(name).map(|setting| &setting.value) {
            Some(SettingValue::Date(year, month, day)) => (*year, *month, *day),
            _ => (1970, 1, 1),
        }
    }

    /// The term in force at the reference date: start year × 10 + 1 (autumn) or 2 (spring).
    #[must_use]
    pub fn current_term(&self) -> i64 {
        let (year, month, _) = self.date("reference-date");
        let start = i64::from(self.school_year());
        if i64::from(year) == start && month >= self.month_day("school-year-start").0 {
            start * 10 + 1
        } else {
            start * 10 + 2
        }
    }

    /// The year in which the school year in force at the reference date started.
    #[must_use]
    pub fn school_year(&self) -> i32 {
        let (year, month, day) = self.date("reference-date");
        if (month, day) >= self.month_day("school-year-start") { year } else { year - 1 }
    }

    fn month_day(&self, name: &str) -> (u32, u32) {
        let text = self.text(name);
        let mut parts = text.split('-').map(|part| part.parse().unwrap_or(1));
        (parts.next().unwrap_or(9), parts.next().unwrap_or(1))
    }

    /// Replaces `:name` by the value's SQL literal; rule limits come first. Names that stand for nothing are returned as errors.
    ///
    /// # Errors
    /// The first name that is neither a limit nor a setting, with its byte offset.
    pub fn fill(&self, sql: &str, limits: &IndexMap<String, f64>) -> Result<String, (String, usize)> {
        let mut out = String::with_capacity(sql.len());
        let mut rest = sql;
        while let Some(at) = rest.find(':') {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let name: String =
                after[1..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            if name.is_empty() {
                out.push(':');
                rest = &after[1..];
                continue;
            }
            let literal = if let Some(limit) = limits.get(&name) {
                limit.to_string()
            } else if let Some(value) = self.named(&name) {
                value.literal()
            } else {
                return Err((name, sql.len() - after.len()));
            };
            out.push_str(&literal);
            rest = &after[1 + name.len()..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn named(&self, name: &str) -> Option<&SettingValue> {
        self.derived.get(name).or_else(|| self.stated.get(&name.replace('_', "-")).map(|setting| &setting.value))
    }

    fn derive(&mut self) {
        let age = |name| i32::try_from(self.integer(name)).unwrap_or_default();
        let (entry_age, age_max) = (age("entry-age"), age("age-max"));
        let (start_month, _) = self.month_day("school-year-start");
        let (entry_month, entry_day) =
            if start_month == 9 { (8, 31) } else { (start_month.saturating_sub(1).max(1), 28) };
        let back = |(year, month, day): (i32, u32, u32), years: i32| SettingValue::Date(year - years, month, day);
        let cutoff = SettingValue::Date(self.school_year() - entry_age, entry_month, entry_day);
        let from = back(self.date("registration-from"), age_max + 1);
        let to = back(self.date("registration-to"), age_max + 1);
        let term = SettingValue::Integer(self.current_term());
        self.derived.insert("entry_cutoff".into(), cutoff);
        self.derived.insert("leaving_from".into(), from);
        self.derived.insert("leaving_to".into(), to);
        self.derived.insert("current_term".into(), term);
    }
}

/// Loads all settings, overridden by the project's.
pub fn load(library: &Library, project: &Project, problems: &mut Problems) -> Settings {
    let mut settings = Settings::default();
    for path in library.list("indicators/policies", ".toml") {
        if LISTS.contains(&path.as_str()) {
            continue;
        }
        let Some(parsed) = parse::<IndexMap<String, RawSetting>>(library, &path, problems) else { continue };
        for (name, raw) in parsed.value {
            match SettingValue::from_toml(&raw.value) {
                Some(value) => {
                    settings.stated.insert(
                        name,
                        Setting {
                            title: raw.title,
                            value,
                            source: raw.source,
                            assumption: raw.assumption,
                            changed: false,
                        },
                    );
                }
                None => problems.add(Problem::new(&path, &format!("设定「{name}」的值只能是日期、数或文字。"))),
            }
        }
    }
    for (name, value) in &project.settings {
        override_one(&mut settings, name, value, project, problems);
    }
    settings.derive();
    settings
}

fn override_one(settings: &mut Settings, name: &str, value: &toml::Value, project: &Project, problems: &mut Problems) {
    let Some(setting) = settings.stated.get_mut(name) else {
        problems.add(
            Problem::new(&project.origin, &format!("没有「{name}」这个设定。"))
                .hint("可用的设定见 indicators/policies/，键名要一字不差。"),
        );
        return;
    };
    let given = match (&setting.value, SettingValue::from_toml(value)) {
        (SettingValue::Date(..), Some(SettingValue::Text(text))) => parse_day(&text),
        (SettingValue::Float(_), Some(SettingValue::Integer(number))) =>
        {
            #[allow(clippy::cast_precision_loss, reason = "settings are small")]
            Some(SettingValue::Float(number as f64))
        }
        (_, given) => given,
    };
    match given {
        Some(given) if std::mem::discriminant(&given) == std::mem::discriminant(&setting.value) => {
            setting.changed = true;
            setting.value = given;
        }
        _ => problems.add(
            Problem::new(&project.origin, &format!("设定「{name}」的值「{value}」写法不对。"))
                .hint("日期写成 2020-07-15，其余照原来的样子写。"),
        ),
    }
}

/// `2020-07-15` as a date; `None` when it is none.
fn parse_day(text: &str) -> Option<SettingValue> {
    let date: toml::value::Datetime = text.parse().ok()?;
    SettingValue::from_toml(&toml::Value::Datetime(date))
}
