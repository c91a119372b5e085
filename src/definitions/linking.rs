//! How two records are told to be one person (`indicators/policies/linking.toml`): fields, levels of agreement, what each says.

use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::parse;
use serde::Deserialize;

const PATH: &str = "indicators/policies/linking.toml";

/// The fields that records are compared by, each with its levels; the comparison knows them by these names.
pub const FIELDS: [(&str, &[&str]); 9] = [
    ("name", &["same", "sound", "similar", "moved", "one", "surname", "other"]),
    ("number", &["same", "slip", "tail", "slips", "born", "other", "sound"]),
    ("birth", &["same", "near", "year", "other"]),
    ("sex", &["same", "other"]),
    ("village", &["same", "other"]),
    ("household", &["same", "other"]),
    ("guardian", &["same", "sound", "other"]),
    ("phone", &["same", "other"]),
    ("family", &["linked", "other"]),
];

/// The parameters of linking.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Linking {
    pub title: String,
    pub source: String,
    pub assumption: bool,
    /// Probabilities from which a pair is used, and listed.
    pub r#use: f64,
    pub list: f64,
    /// Bits by which a used pair must be ahead of the next best.
    pub margin: f64,
    /// How many known pairs the stated `m` are worth.
    pub strength: f64,
    /// Cosine of two drawn characters from which they count as look-alikes.
    pub look_alike: f32,
    /// Pairs in a block above which it is not compared.
    pub largest_block: usize,
    pub field: Vec<LinkField>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkField {
    pub name: String,
    pub title: String,
    pub levels: Vec<LinkLevel>,
}

/// One level of agreement: its words, and how likely it is among records of one person (`m`) and of two (`u`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkLevel {
    pub name: String,
    pub says: String,
    pub m: f64,
    pub u: f64,
}

/// Loads the file; fields and levels must be the ones that the comparison knows, in their order.
pub fn load(library: &Library, problems: &mut Problems) -> Linking {
    let Some(parsed) = parse::<Linking>(library, PATH, problems) else { return Linking::default() };
    let linking = parsed.value;
    let mut complain = |message: String| problems.add(Problem::new(PATH, &message));
    let names: Vec<&str> = linking.field.iter().map(|field| field.name.as_str()).collect();
    if names != FIELDS.map(|(name, _)| name) {
        complain(format!("字段应依次是 {}。", FIELDS.map(|(name, _)| name).join("、")));
        return Linking::default();
    }
    for (field, (_, levels)) in linking.field.iter().zip(FIELDS) {
        let given: Vec<&str> = field.levels.iter().map(|level| level.name.as_str()).collect();
        if given != levels {
            complain(format!("「{}」的 levels 应依次是 {}。", field.name, levels.join("、")));
        }
        let fits = |value: f64| value > 0.0 && value < 1.0;
        if let Some(level) = field.levels.iter().find(|level| !fits(level.m) || !fits(level.u)) {
            complain(format!("「{}」里「{}」的 m、u 应在 0 和 1 之间。", field.name, level.name));
        }
    }
    linking
}
