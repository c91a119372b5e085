//! What a user settles for one input folder: `zicha.toml`.

use super::problem::{Problem, Problems};
use super::toml_file::describe;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    /// Overrides of `indicators/policies/`.
    #[serde(default)]
    pub settings: IndexMap<String, toml::Value>,
    #[serde(default)]
    pub sheet: Vec<SheetSetting>,
    /// A school's name and the other names that it goes by.
    #[serde(default)]
    pub schools: IndexMap<String, Vec<String>>,
    /// Where this came from, for messages.
    #[serde(skip)]
    pub origin: String,
}

/// What is settled for the sheets of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SheetSetting {
    /// A file name or relative path; `*` stands for any letters.
    pub file: String,
    pub sheet: Option<String>,
    /// A table's name, or `skip`.
    pub table: Option<String>,
    /// The header's row number as the spreadsheet shows it.
    pub header_row: Option<u32>,
    /// Header text → field name.
    #[serde(default)]
    pub columns: IndexMap<String, String>,
    /// Field name → value for every row.
    #[serde(default)]
    pub values: IndexMap<String, String>,
}

impl Project {
    /// The file's name in the input folder.
    pub const FILE_NAME: &str = "zicha.toml";

    /// Reads `zicha.toml` in `folder`; the default when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid.
    pub fn open(folder: &Path) -> Result<Self, Problems> {
        let path = folder.join(Self::FILE_NAME);
        if !path.is_file() {
            return Ok(Self { origin: Self::FILE_NAME.to_owned(), ..Self::default() });
        }
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Problem::new(Self::FILE_NAME, &format!("读不出来：{error}。")).hint("用 UTF-8 编码保存。")
        })?;
        let mut project: Self = toml::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| describe(Self::FILE_NAME, &text, &error))?;
        project.origin = Self::FILE_NAME.to_owned();
        Ok(project)
    }

    /// Adds settings of the command line, as names and values, which win over those of the file.
    pub fn settle(&mut self, settings: &[(String, String)]) {
        if !settings.is_empty() {
            self.origin.push_str(if self.origin.is_empty() { "命令行" } else { " 或命令行" });
        }
        for (name, value) in settings {
            let value = value.parse::<toml::Value>().unwrap_or_else(|_| toml::Value::String(value.clone()));
            self.settings.insert(name.clone(), value);
        }
    }

    /// Takes over what another part of the same material settles. Gives the name of a setting on which both differ and that `wins` does not hold.
    ///
    /// # Errors
    /// The name of that setting.
    pub fn join(&mut self, other: Self, wins: &[(String, String)]) -> Result<(), String> {
        let names: Vec<&String> = self.settings.keys().chain(other.settings.keys()).collect();
        let differs = names.into_iter().find(|name| {
            self.settings.get(*name) != other.settings.get(*name) && !wins.iter().any(|(known, _)| known == *name)
        });
        if let Some(name) = differs {
            return Err(name.clone());
        }
        self.sheet.extend(other.sheet.into_iter().filter(|setting| !self.sheet.contains(setting)).collect::<Vec<_>>());
        for (school, names) in other.schools {
            let own = self.schools.entry(school).or_default();
            own.extend(names.into_iter().filter(|name| !own.contains(name)).collect::<Vec<_>>());
        }
        Ok(())
    }

    /// The settings that apply to a sheet, in the order of the file.
    pub fn sheet_settings<'a>(&'a self, file: &'a str, sheet: &'a str) -> impl Iterator<Item = &'a SheetSetting> {
        self.sheet.iter().filter(move |setting| {
            let name = file.rsplit('/').next().unwrap_or(file);
            (matches(&setting.file, file) || matches(&setting.file, name))
                && setting.sheet.as_deref().is_none_or(|wanted| matches(wanted, sheet))
        })
    }
}

/// Whether `text` fits a pattern in which `*` stands for any letters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn star_stands_for_any_letters() {
        assert!(matches("a*c", "abbc") && matches("*", "") && matches("名册*.xls*", "名册1.xlsx"));
        assert!(!matches("a*c", "abb") && !matches("ab", "abc"));
    }
}
