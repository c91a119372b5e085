//! The words of the reports (`reports/wording.toml`).

use crate::definitions::Library;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    pub ledger: Ledger,
    pub figures: FigureWords,
    pub charts: ChartWords,
    pub page: PageWords,
    pub pairs: PairWords,
    pub simulation: SimulationWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SimulationWords {
    pub chart_schools: String,
    pub chart_curve: String,
    pub chart_gain: String,
    /// Steps and households that the page lists, and households that the workbook lists.
    pub most_steps: usize,
    pub most_risks: usize,
    pub most_villages: usize,
    pub most_homes: usize,
    pub summary_sheet: String,
    pub schools_sheet: String,
    pub steps_sheet: String,
    pub risks_sheet: String,
    pub rehearsal_sheet: String,
    pub curve_sheet: String,
    pub settings_sheet: String,
    pub rehearsal_titles: Vec<String>,
    pub rehearsal_widths: Vec<f64>,
    /// By indicator: how a helper asks it in a rehearsal.
    pub ask: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PageWords {
    /// Findings listed on the page; all are counted, and all stand in the workbook.
    pub most_listed: usize,
}

/// The list of rows that may be one person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PairWords {
    pub sheet: String,
    pub about: String,
    pub titles: Vec<String>,
    pub widths: Vec<f64>,
    /// What became of a pair: used, only listed, or judged in an earlier run.
    pub used: String,
    pub listed: String,
    pub earlier: String,
    /// What people choose from.
    pub yes: String,
    pub no: String,
    pub most_in_ledger: usize,
    pub most_on_page: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ledger {
    pub summary_sheet: String,
    pub kept_sheet: String,
    pub package_folder: String,
    pub package_about: String,
    pub package_signatures: String,
    pub statuses: Vec<String>,
    /// By severity code.
    pub severities: BTreeMap<String, String>,
    pub column: Vec<LedgerColumn>,
    /// The columns of a school's package: fewer, because it is printed and signed.
    pub package_column: Vec<LedgerColumn>,
    pub summary_columns: SummaryColumns,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerColumn {
    pub key: String,
    pub title: String,
    pub width: f64,
    #[serde(default)]
    pub hidden: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryColumns {
    pub titles: Vec<String>,
    pub widths: Vec<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FigureWords {
    pub about_sheet: String,
    pub people_sheet: String,
    pub unknown: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChartWords {
    pub readiness: String,
    pub dimensions: String,
    pub severity: String,
    pub levels: String,
    pub reasons: String,
    pub aid: String,
    /// Schools on one chart; what is left out is said on it, and stands in the workbooks.
    pub most_rows: usize,
    pub progress: String,
    /// Schools whose lines the chart over time draws.
    pub most_lines: usize,
}

impl Wording {
    /// # Errors
    /// When the file is missing or not as this type says.
    pub fn load(library: &Library) -> Result<Self> {
        let text = library.text("reports/wording.toml").map_err(|problem| anyhow::anyhow!("{problem}"))?;
        toml::from_str(&text).context("reports/wording.toml 写法不对")
    }
}
