//! Indicators (`indicators/<name>/indicator.toml`): what a readiness dimension counts, and which census figures it gives.

use super::library::Library;
use super::problem::Problems;
use super::toml_file::parse;
use serde::Deserialize;

/// Whom a census figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    All,
    Registered,
}

/// How the census comes by an item, and so in what ways it may go wrong at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// Taken from the register, not asked.
    Register,
    /// How many children are not in school.
    Children,
    /// Why they are not.
    Reason,
    /// Which aid the household has had.
    Aid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawIndicator {
    title: String,
    order: u32,
    description: String,
    weight: Option<String>,
    #[serde(default)]
    unit: String,
    units: Option<String>,
    unit_column: Option<String>,
    figures: Option<String>,
    figure_codes: Option<String>,
    figure_unit: Option<String>,
    #[serde(default)]
    scopes: Vec<Scope>,
    answered: Option<Answered>,
    tolerance: Option<String>,
}

/// One indicator: a folder of rules.
#[derive(Debug, Clone)]
pub struct Indicator {
    pub name: String,
    pub path: String,
    pub title: String,
    pub order: u32,
    pub description: String,
    /// The setting that weighs it; none for what readiness leaves out.
    pub weight: Option<String>,
    /// What a unit is called (人, 户, 份).
    pub unit: String,
    /// SQL: columns `school`, `unit` and `at` (the cell that it is told at, where several areas are checked), a row a unit.
    pub units: Option<String>,
    /// The view column that says to which unit a finding belongs.
    pub unit_column: Option<String>,
    /// The view whose rows are the people behind the census figure.
    pub figures: Option<String>,
    /// The code list of the figure; none for a plain count.
    pub figure_codes: Option<String>,
    /// What a figure counts once: `person` or `household`.
    pub figure_unit: String,
    pub scopes: Vec<Scope>,
    /// How the census comes by it; none for what an audit does not compare.
    pub answered: Option<Answered>,
    /// The setting that says which error rate an audit allows for it alone.
    pub tolerance: Option<String>,
}

/// Loads every indicator, in their order.
pub fn load(library: &Library, problems: &mut Problems) -> Vec<Indicator> {
    let mut indicators = Vec::new();
    for path in library.list("indicators", "/indicator.toml") {
        let Some(parsed) = parse::<RawIndicator>(library, &path, problems) else { continue };
        let raw = parsed.value;
        let name = path.split('/').nth(1).unwrap_or_default().to_owned();
        indicators.push(Indicator {
            name,
            path,
            title: raw.title,
            order: raw.order,
            description: raw.description,
            weight: raw.weight,
            unit: raw.unit,
            units: raw.units,
            unit_column: raw.unit_column,
            figures: raw.figures,
            figure_codes: raw.figure_codes.filter(|codes| !codes.is_empty()),
            figure_unit: raw.figure_unit.unwrap_or_else(|| "person".to_owned()),
            scopes: raw.scopes,
            answered: raw.answered,
            tolerance: raw.tolerance,
        });
    }
    indicators.sort_by_key(|indicator| indicator.order);
    indicators
}
