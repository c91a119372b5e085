//! Aid policies (`indicators/policies/aid.toml`): which stage has which A18 item, from which term, for whom.

use super::library::Library;
use super::problem::Problems;
use super::settings::Settings;
use super::toml_file::parse;
use serde::Deserialize;

const PATH: &str = "indicators/policies/aid.toml";

/// One benefit, as its file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Benefit {
    /// The A18 code.
    pub item: String,
    pub title: String,
    pub stages: Vec<String>,
    pub region: String,
    pub who: String,
    /// First and last term: start year × 10 + 1 or 2.
    pub term_from: i64,
    pub term_to: i64,
    /// Lowest grade within the stage.
    pub grade_from: i64,
    /// Given to everybody of the stage: selecting it is never overstating.
    pub universal: bool,
    /// Follows from being enrolled, so that A18 figures count it without a payment.
    pub certain: bool,
    /// Presumed of those who have gone on to a higher stage.
    pub carried: bool,
    pub source: String,
    pub assumption: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBenefits {
    benefit: Vec<Benefit>,
}

/// The benefits in force for the region of the settings.
pub fn load(library: &Library, settings: &Settings, problems: &mut Problems) -> Vec<Benefit> {
    let region = settings.text("region");
    parse::<RawBenefits>(library, PATH, problems).map_or_else(Vec::new, |parsed| {
        parsed
            .value
            .benefit
            .into_iter()
            .filter(|benefit| benefit.region == "全国" || benefit.region == region)
            .collect()
    })
}
