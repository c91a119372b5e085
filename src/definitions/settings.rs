//! Settings that decide results (`indicators/policies/*.toml`): value, source, and whether it is our assumption.

use super::library::Library;
use super::problem::{Problem, Problems};
use super::project::Project;
use super::toml_file::{parse, stem};
use indexmap::IndexMap;
use serde::Deserialize;
use std::fmt;

/// Policies of other shapes than a setting a section.
const LISTS: [&str; 3] =
    ["indicators/policies/aid/", "indicators/policies/linking.toml", "indicators/policies/population.toml"];
/// The file whose settings only a simulated visit and audit look at.
const SIMULATED: &str = "audit";

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
    /// The file it stands in: `census`, `readiness`, `reading`, `audit`.
    pub group: String,
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

    /// The settings that decide what a check finds, in their order.
    pub fn of_check(&self) -> impl Iterator<Item = (&String, &Setting)> {
        self.stated.iter().filter(|(_, setting)| setting.group != SIMULATED)
    }

    /// The settings that decide what a simulated audit says.
    pub fn of_audit(&self) -> impl Iterator<Item = (&String, &Setting)> {
        self.stated.iter().filter(|(_, setting)| setting.group == SIMULATED)
    }

    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.stated.get(name).map(|setting| setting.value.to_string()).unwrap_or_default()
    }

    /// Year, month and day of a date.
    #[must_use]
    pub fn date(&self, name: &str) -> (i32, u32, u32) {
        match self.named(name) {
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
        school_year(self.date("reference-date"), self.month_day("school-year-start"))
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

    /// Dates that follow from others: cut-offs of school entry, of the age window, of leaves and deferrals, at the reference date and at both ends of the registration (`_from`, `_to`).
    fn derive(&mut self) {
        let reference = self.date("reference-date");
        let from = reference.min(self.date("registration-from"));
        let to = reference.max(self.date("registration-to"));
        let mut derived = IndexMap::new();
        let mut put = |name: String, value: SettingValue| {
            derived.insert(name, value);
        };
        let (start_month, start_day) = self.month_day("school-year-start");
        let months = |name: &str| self.integer(name);
        let (leave, deferral) = (months("leave-months"), months("deferral-months"));
        let entry_age = i32::try_from(months("entry-age")).unwrap_or_default();
        let day = |(year, month, day)| SettingValue::Date(year, month, day);
        for (ending, date) in [("", reference), ("_from", from), ("_to", to)] {
            let year = school_year(date, (start_month, start_day));
            // Who is of age on the day before the school year starts enters (six by 31 August).
            let entry = before((year - entry_age, start_month, start_day));
            put(format!("entry_cutoff{ending}"), day(entry));
            put(format!("leave_cutoff{ending}"), day(months_back(date, leave)));
            put(format!("deferral_cutoff{ending}"), day(months_back(date, deferral)));
        }
        put("window_from".into(), day(from));
        put("window_to".into(), day(to));
        // Papers are of the school year in which the registration begins, whatever the reference date.
        let start = school_year(from, (start_month, start_day));
        put("school_year_start".into(), SettingValue::Date(start, start_month, start_day));
        put("current_term".into(), SettingValue::Integer(self.current_term()));
        let since = i64::from(self.date("registered-since").0);
        put("first_year".into(), SettingValue::Integer(since - 1));
        put("current_year".into(), SettingValue::Integer(i64::from(self.school_year())));
        self.derived = derived;
    }
}

/// The year in which the school year of a date started.
fn school_year((year, month, day): (i32, u32, u32), start: (u32, u32)) -> i32 {
    if (month, day) >= start { year } else { year - 1 }
}

/// The day before a date.
fn before((year, month, day): (i32, u32, u32)) -> (i32, u32, u32) {
    match (month, day) {
        (1, 1) => (year - 1, 12, 31),
        (_, 1) => (year, month - 1, month_length(year, month - 1)),
        _ => (year, month, day - 1),
    }
}

/// The same day some months earlier, or the last of a shorter month.
fn months_back((year, month, day): (i32, u32, u32), months: i64) -> (i32, u32, u32) {
    let count = i64::from(year) * 12 + i64::from(month) - 1 - months;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    let (year, month) = (i32::try_from(year).unwrap_or_default(), u32::try_from(month).unwrap_or(1));
    (year, month, day.min(month_length(year, month)))
}

/// How many days a month has.
#[must_use]
pub fn month_length(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Loads all settings, overridden by the project's.
pub fn load(library: &Library, project: &Project, problems: &mut Problems) -> Settings {
    let mut settings = Settings::default();
    for path in library.list("indicators/policies", ".toml") {
        if LISTS.iter().any(|list| path.starts_with(list)) {
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
                            group: stem(&path),
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
