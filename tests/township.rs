//! Invented townships: every planted defect is found where it stands, nothing else is called an error, and a clean township has none.

use crate::support::{findings, root, run};
use std::collections::BTreeSet;
use std::path::Path;
use zicha::definitions::{Definitions, Project};
use zicha::report::summarise;
use zicha::simulate::{Generation, Township, write_township};

type Place = (String, String, String, String);

fn truth(folder: &Path) -> BTreeSet<Place> {
    let mut reader = csv::Reader::from_path(folder.join("truth.csv")).unwrap();
    reader
        .records()
        .map(|record| record.unwrap())
        .map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned(), row[3].to_owned()))
        .collect()
}

/// Compares findings and census figures with the truth; the failure names what was missed and what was invented.
pub fn compare(folder: &Path, beside: &Path, name: &str) {
    let truth = &truth(beside);
    let (definitions, checked) = run(folder);
    let summary = serde_json::to_value(summarise(&checked.run(&definitions, false)).unwrap()).unwrap();
    let text = std::fs::read_to_string(beside.join("indicators.json")).unwrap();
    let figures: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(summary["indicators"], figures, "{name}：普查数字");
    let found = findings(&definitions, &checked);
    let places: BTreeSet<Place> = found
        .iter()
        .map(|(rule, _, file, sheet, row)| (rule.clone(), file.clone(), sheet.clone(), row.clone()))
        .collect();
    let errors: BTreeSet<Place> = found
        .iter()
        .filter(|found| found.1 == "error")
        .map(|(rule, _, file, sheet, row)| (rule.clone(), file.clone(), sheet.clone(), row.clone()))
        .collect();
    let missed: Vec<_> = truth.difference(&places).collect();
    let invented: Vec<_> = errors.difference(truth).collect();
    assert!(missed.is_empty() && invented.is_empty(), "{name}：漏报 {missed:?}；误报 {invented:?}");
}

/// Rules that no invented township can break: they need a filled-in ledger, or are only told.
const NOT_PLANTED: [&str; 1] = ["A4/resolution-contradicted"];

#[test]
fn the_sample_holds_exactly_its_planted_defects_of_every_rule() {
    let beside = root().join("datasets/sample.truth");
    let planted: BTreeSet<String> = truth(&beside).into_iter().map(|place| place.0).collect();
    let definitions = Definitions::load(None, &Project::default()).unwrap();
    let missing: Vec<_> = definitions
        .rules
        .iter()
        .map(|rule| rule.id.as_str())
        .filter(|id| !planted.contains(*id) && !NOT_PLANTED.contains(id))
        .collect();
    assert!(missing.is_empty(), "样例里没有埋 {missing:?}");
    compare(&root().join("datasets/sample"), &beside, "样例");
}

/// Writes a township as the program does.
pub fn write(
    input: &Path,
    beside: &Path,
    seed: u64,
    persons: usize,
    errors: &str,
    generation: Generation,
    terms: usize,
) {
    let model = Definitions::load(None, &Project::default()).unwrap().population;
    let errors = model.errors(errors).unwrap().clone();
    write_township(input, beside, &Township { seed, persons, errors, generation, terms }, &model).unwrap();
}

/// Ten seeds of one size and register; two with all terms of aid on record, the rest with the last three.
fn townships(persons: usize, generation: Generation, errors: &str) {
    for seed in 101..=110 {
        let folder = tempfile::tempdir().unwrap();
        let (input, beside) = (folder.path().join("in"), folder.path().join("truth"));
        write(&input, &beside, seed, persons, errors, generation, if seed % 5 == 0 { 13 } else { 3 });
        compare(&input, &beside, &format!("{generation:?}，{persons} 人，种子 {seed}，{errors}"));
    }
}

#[test]
fn small_townships_hold_exactly_their_planted_defects() {
    townships(350, Generation::New, "typical");
    townships(350, Generation::Old, "typical");
}

#[test]
fn townships_hold_exactly_their_planted_defects() {
    townships(700, Generation::New, "typical");
    townships(700, Generation::Old, "typical");
}

#[test]
fn large_townships_hold_exactly_their_planted_defects() {
    townships(1500, Generation::New, "typical");
    townships(1500, Generation::Old, "typical");
}

#[test]
fn clean_townships_have_no_error() {
    townships(500, Generation::New, "clean");
    townships(500, Generation::Old, "clean");
}

#[test]
fn the_sample_is_what_the_readme_says_made_it() {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder.path().join("sample"),
        &folder.path().join("sample.truth"),
        2020,
        1200,
        "typical",
        Generation::New,
        13,
    );
    same_bytes(folder.path(), &root().join("datasets"));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one");
    let two = folder.path().join("two");
    for place in [&one, &two] {
        write(&place.join("in"), &place.join("truth"), 7, 300, "typical", Generation::New, 13);
    }
    same_bytes(&one, &two);
}

/// Every file below the first folder is in the second, byte for byte.
fn same_bytes(one: &Path, two: &Path) {
    let files = walkdir::WalkDir::new(one).into_iter().map(Result::unwrap);
    for entry in files.filter(|entry| entry.file_type().is_file()) {
        let relative = entry.path().strip_prefix(one).unwrap();
        let same = std::fs::read(entry.path()).unwrap() == std::fs::read(two.join(relative)).unwrap();
        assert!(same, "{} 不同", relative.display());
    }
}
