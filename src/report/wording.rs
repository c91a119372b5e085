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
    pub forms: FormWords,
    pub cards: CardWords,
    pub archive: ArchiveWords,
    pub brief: BriefWords,
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
    /// Schools and sheets listed on the page.
    pub most_schools: usize,
    pub most_sheets: usize,
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
    /// Schools with a sheet of their own, where several areas are added up.
    pub most_schools: usize,
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
    pub readiness_areas: String,
    pub dimensions: String,
    pub dimensions_areas: String,
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

/// The words of forms and templates; `{school}`, `{term}` and `{date}` are filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FormWords {
    pub cover_sheet: String,
    pub cover_title: String,
    pub cover_lines: Vec<String>,
    pub cover_tables: String,
    pub unit_line: String,
    pub township: String,
    pub signatures: String,
    /// Codes of the spreadsheet's footers: of templates, and of filled forms.
    pub footer: String,
    pub page_footer: String,
    pub blank_school: String,
    pub total: String,
    pub nobody: String,
    pub schools_folder: String,
    pub notices_folder: String,
    pub letters_folder: String,
    pub cards_folder: String,
    pub notices_a_page: usize,
    pub not_started: String,
    pub about_sheet: String,
    pub example: String,
    pub options_sheet: String,
    pub options_title: String,
    pub tick: String,
    pub not_ticked: String,
    pub yes: String,
    pub no: String,
    /// Rows of a template that are drawn, and that are checked.
    pub blank_rows: u32,
    pub checked_rows: u32,
    pub about: Vec<String>,
    pub wrong_id: String,
    pub wrong_date: String,
    pub wrong_number: String,
    pub wrong_code: String,
    pub wrong_tick: String,
}

/// The cards of helping teachers; `{key}` in questions and answers is a fact of the pupil.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardWords {
    pub duty: String,
    pub life: String,
    pub missing: String,
    pub section: Vec<CardSection>,
    pub ask: Vec<Ask>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardSection {
    pub title: String,
    /// Key of a fact, and what it is called.
    pub line: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub question: String,
    pub answer: String,
}

/// The words of the archive's map and list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ArchiveWords {
    pub map_sheet: String,
    pub map_title: String,
    /// What the marks mean.
    pub legend: String,
    pub gap_sheet: String,
    pub gap_title: String,
    pub gap_titles: Vec<String>,
    pub gap_widths: Vec<f64>,
    pub complete: String,
    pub most_on_page: usize,
}

/// The words and the sizes of the leaders' brief.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BriefWords {
    /// Schools on the page's chart, things to do, and schools named for each.
    pub most_schools: usize,
    pub most_tasks: usize,
    pub most_named: usize,
    pub schools_sheet: String,
    pub schools_title: String,
    pub schools_titles: Vec<String>,
    pub schools_widths: Vec<f64>,
    pub items_sheet: String,
    pub items_title: String,
    pub tasks_sheet: String,
    pub tasks_title: String,
    pub tasks_titles: Vec<String>,
    pub tasks_widths: Vec<f64>,
    pub change_sheet: String,
    pub change_title: String,
    pub change_titles: Vec<String>,
    pub nothing: String,
    pub no_tasks: String,
    pub differs: String,
}

impl Wording {
    /// # Errors
    /// When the file is missing or not as this type says.
    pub fn load(library: &Library) -> Result<Self> {
        let text = library.text("reports/wording.toml").map_err(|problem| anyhow::anyhow!("{problem}"))?;
        toml::from_str(&text).context("reports/wording.toml 写法不对")
    }
}
