//! Words that mean yes, no, a sex, no number, or a placeholder (`datasets/codes/words.toml`).

use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::parse;
use regex::{Regex, RegexSet};
use serde::Deserialize;

const PATH: &str = "datasets/codes/words.toml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawWords {
    #[allow(dead_code, reason = "kept in the file for its reader")]
    title: String,
    yes: List,
    no: List,
    male: List,
    female: List,
    no_number: List,
    absent: List,
    placeholder: List,
    not_a_row: List,
    own_output: List,
    school_in_title: List,
    term_in_title: List,
    grade_in_title: List,
    before_school: List,
}

#[derive(Default, Deserialize)]
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
    /// In a column of signatures or papers: there is none.
    pub absent: Vec<String>,
    pub placeholder: RegexSet,
    /// The first text of a row that is no record.
    pub not_a_row: RegexSet,
    /// The first title of a sheet that this program wrote itself.
    pub own_output: RegexSet,
    pub school_in_title: Vec<Regex>,
    pub term_in_title: Vec<Regex>,
    pub grade_in_title: Vec<Regex>,
    pub before_school: Vec<Regex>,
}

/// Loads the word lists; empty ones stand in when the file has problems.
pub fn load(library: &Library, problems: &mut Problems) -> Words {
    let raw = parse::<RawWords>(library, PATH, problems).map(|parsed| parsed.value).unwrap_or_default();
    let mut complain = |error: regex::Error| problems.add(Problem::new(PATH, &format!("写错的正则：{error}。")));
    let mut set = |list: &List| {
        RegexSet::new(&list.words).unwrap_or_else(|error| {
            complain(error);
            RegexSet::empty()
        })
    };
    let (placeholder, not_a_row, own_output) = (set(&raw.placeholder), set(&raw.not_a_row), set(&raw.own_output));
    let mut each =
        |list: List| list.words.iter().filter_map(|word| Regex::new(word).map_err(&mut complain).ok()).collect();
    Words {
        yes: raw.yes.words,
        no: raw.no.words,
        male: raw.male.words,
        female: raw.female.words,
        no_number: raw.no_number.words,
        absent: raw.absent.words,
        placeholder,
        not_a_row,
        own_output,
        school_in_title: each(raw.school_in_title),
        term_in_title: each(raw.term_in_title),
        grade_in_title: each(raw.grade_in_title),
        before_school: each(raw.before_school),
    }
}
