//! Words that mean yes, no, a sex, no number, or a placeholder (`datasets/codes/words.toml`).

use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::parse;
use regex::RegexSet;
use serde::Deserialize;

const PATH: &str = "datasets/codes/words.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawWords {
    #[allow(dead_code, reason = "kept in the file for its reader")]
    title: String,
    yes: List,
    no: List,
    male: List,
    female: List,
    no_number: List,
    placeholder: List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    words: Vec<String>,
}

/// Word lists, compared after text has been standardised.
#[derive(Debug, Clone)]
pub struct Words {
    pub yes: Vec<String>,
    pub no: Vec<String>,
    pub male: Vec<String>,
    pub female: Vec<String>,
    pub no_number: Vec<String>,
    pub placeholder: RegexSet,
}

/// Loads the word lists; empty ones stand in when the file has problems.
pub fn load(library: &Library, problems: &mut Problems) -> Words {
    let empty = || List { words: Vec::new() };
    let raw = parse::<RawWords>(library, PATH, problems).map_or_else(
        || RawWords { title: String::new(), yes: empty(), no: empty(), male: empty(), female: empty(), no_number: empty(), placeholder: empty() },
        |parsed| parsed.value,
    );
    let placeholder = RegexSet::new(&raw.placeholder.words).unwrap_or_else(|error| {
        problems.add(Problem::new(PATH, &format!("placeholder 里有写错的正则：{error}。")));
        RegexSet::empty()
    });
    Words { yes: raw.yes.words, no: raw.no.words, male: raw.male.words, female: raw.female.words, no_number: raw.no_number.words, placeholder }
}
