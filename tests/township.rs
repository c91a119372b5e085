//! Invented townships: every planted defect is found where it stands, nothing else is called an error, and a clean township has none.

use crate::support::{findings, root, run};
use std::collections::BTreeSet;
use std::path::Path;
use zicha::simulate::write_township;

type Place = (String, String, String, String);

fn truth(folder: &Path) -> BTreeSet<Place> {
    let mut reader = csv::Reader::from_path(folder.join("truth.csv")).unwrap();
    reader
        .records()
        .map(|record| record.unwrap())
        .map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned(), row[3].to_owned()))
        .collect()
}

/// Compares findings with the truth; the failure names what was missed and what was invented.
fn compare(folder: &Path, truth: &BTreeSet<Place>, name: &str) {
    let (definitions, checked) = run(folder);
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

#[test]
fn the_sample_holds_exactly_its_planted_defects() {
    let truth = truth(&root().join("datasets/sample.truth"));
    let rules: BTreeSet<&str> = truth.iter().map(|place| place.0.as_str()).collect();
    assert!(rules.len() >= 34, "样例应当埋有每一条规则的问题，只有 {} 条", rules.len());
    compare(&root().join("datasets/sample"), &truth, "样例");
}

#[test]
fn ten_seeds_hold_exactly_their_planted_defects() {
    for seed in 101..=110 {
        let folder = tempfile::tempdir().unwrap();
        let (input, beside) = (folder.path().join("in"), folder.path().join("truth"));
        write_township(&input, &beside, seed, 700, false).unwrap();
        compare(&input, &truth(&beside), &format!("种子 {seed}"));
    }
}

#[test]
fn clean_townships_have_no_error() {
    for seed in 201..=205 {
        let folder = tempfile::tempdir().unwrap();
        write_township(&folder.path().join("in"), &folder.path().join("truth"), seed, 700, true).unwrap();
        compare(&folder.path().join("in"), &BTreeSet::new(), &format!("干净的乡镇，种子 {seed}"));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one");
    let two = folder.path().join("two");
    for place in [&one, &two] {
        write_township(&place.join("in"), &place.join("truth"), 7, 300, false).unwrap();
    }
    for entry in walkdir::WalkDir::new(&one).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let relative = entry.path().strip_prefix(&one).unwrap();
        assert_eq!(
            std::fs::read(entry.path()).unwrap(),
            std::fs::read(two.join(relative)).unwrap(),
            "{}",
            relative.display()
        );
    }
}
