//! One result of an earlier check, as its folder holds it. Names and numbers are hidden while reading, whatever the folder shows.

use crate::readiness::NO_SCHOOL;
use crate::report::mask::Privacy;
use anyhow::{Context, Result, anyhow, bail};
use indexmap::IndexMap;
use serde::Deserialize;
use std::path::Path;

/// The version of `summary.json` that this program reads.
const VERSION: u32 = 1;

/// Stands for the sentence of a finding in a result that shows names.
const OPEN: &str = "（原来的结果显示姓名，说明从略）";

/// One finding of a result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PastFinding {
    pub rule: String,
    pub severity: String,
    pub school: String,
    pub village: String,
    pub household_id: String,
    pub name: String,
    pub id_number: String,
    pub file: String,
    pub sheet: String,
    pub row: String,
    pub column: String,
    pub value: String,
    pub message: String,
    pub check: String,
}

/// One result.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// The folder's name.
    pub name: String,
    pub reference_date: String,
    pub settings: IndexMap<String, String>,
    /// Whether each rule ran.
    pub rules: IndexMap<String, bool>,
    pub township: f64,
    pub schools: IndexMap<String, f64>,
    pub findings: Vec<PastFinding>,
    /// The folder shows names and numbers.
    pub identities: bool,
}

#[derive(Deserialize)]
struct Summary {
    version: u32,
    reference_date: String,
    schools: Vec<School>,
    township: Option<School>,
    rules: Vec<Rule>,
    #[serde(default)]
    settings: IndexMap<String, Setting>,
}

#[derive(Deserialize)]
struct School {
    school: String,
    score: f64,
    dimensions: IndexMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Rule {
    rule: String,
    outcome: String,
}

#[derive(Deserialize)]
struct Setting {
    value: String,
}

impl PastFinding {
    /// What a finding is about: the same in two results although rows have moved and words have changed.
    #[must_use]
    pub fn about(&self) -> [&str; 5] {
        if self.name.is_empty() && self.id_number.is_empty() && self.household_id.is_empty() {
            // Of a school or a file: there the place says which.
            [&self.rule, &self.school, &self.file, &self.sheet, &self.value]
        } else {
            [&self.rule, &self.household_id, &self.name, &self.id_number, ""]
        }
    }
}

impl Past {
    /// Reads a result folder.
    ///
    /// # Errors
    /// When the folder is no result of a check, or of another version.
    pub fn open(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        let text = std::fs::read_to_string(folder.join("summary.json")).map_err(|_| {
            anyhow!("「{shown}」不是自查的结果：里面没有 summary.json。请给 zicha check 写出的文件夹。")
        })?;
        let summary: Summary = serde_json::from_str(&text)
            .with_context(|| format!("「{shown}」里的 summary.json 读不懂，请重新自查一次"))?;
        if summary.version != VERSION {
            bail!("「{shown}」是别的版本写出的结果（{}），不能比较。请用同一版本再自查一次。", summary.version);
        }
        let judged = |school: &&School| !school.dimensions.is_empty();
        let mut past = Self {
            name: folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned(),
            reference_date: summary.reference_date,
            settings: summary.settings.into_iter().map(|(name, setting)| (name, setting.value)).collect(),
            rules: summary.rules.into_iter().map(|rule| (rule.rule, rule.outcome == "ran")).collect(),
            township: summary.township.as_ref().filter(judged).map_or(0.0, |school| school.score),
            schools: summary
                .schools
                .iter()
                .filter(judged)
                .map(|school| (school.school.clone(), school.score))
                .collect(),
            ..Self::default()
        };
        past.read_findings(folder).with_context(|| format!("「{shown}」里的 findings.csv 读不出来"))?;
        Ok(past)
    }

    fn read_findings(&mut self, folder: &Path) -> Result<()> {
        if folder.join("findings.parquet").is_file() {
            bail!("问题太多，写成了 findings.parquet，不逐条比较。请分地区自查、分地区比较。");
        }
        let text = std::fs::read_to_string(folder.join("findings.csv"))?;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for record in reader.deserialize() {
            let mut finding: PastFinding = record?;
            let hidden = Privacy::Circulates.name(&finding.name);
            self.identities |= !finding.name.is_empty() && hidden != finding.name;
            if !finding.name.is_empty() && hidden != finding.name {
                // The sentence may name this person and others.
                OPEN.clone_into(&mut finding.message);
            }
            finding.name = if finding.name.is_empty() { String::new() } else { hidden };
            finding.id_number = Privacy::Circulates.number(&finding.id_number);
            finding.value = Privacy::Circulates.numbers_in(&finding.value);
            finding.message = Privacy::Circulates.numbers_in(&finding.message);
            if finding.school.is_empty() {
                NO_SCHOOL.clone_into(&mut finding.school);
            }
            self.findings.push(finding);
        }
        Ok(())
    }

    /// Whether a rule ran.
    #[must_use]
    pub fn ran(&self, rule: &str) -> bool {
        self.rules.get(rule).copied().unwrap_or(false)
    }

    /// Findings of a severity.
    #[must_use]
    pub fn count(&self, severity: &str) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
