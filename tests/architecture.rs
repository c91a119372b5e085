//! The shape of the source: data flows one way, documents name only what exists, limits stay out of code.

use crate::support::root;
use std::path::Path;

/// Source folders in the order in which data flows; each may use those before it.
const FLOW: [&str; 8] = ["definitions", "read", "standardise", "link", "evaluate", "readiness", "simulate", "report"];
/// Above the flow.
const ABOVE: [&str; 4] = ["pipeline", "areas", "commands", "cli"];

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "rs"))
        .map(|entry| {
            (
                entry.path().strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/"),
                std::fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn each_folder_uses_only_those_before_it() {
    let mut wrong = Vec::new();
    for (place, folder) in FLOW.iter().enumerate() {
        for (file, text) in sources(&root().join("src").join(folder)) {
            let later = FLOW[place + 1..].iter().chain(&ABOVE);
            wrong.extend(
                later
                    .filter(|name| text.contains(&format!("crate::{name}::")))
                    .map(|name| format!("{file} 用到了后面的 {name}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_is_named_in_the_engine() {
    let definitions = zicha::definitions::Definitions::load(None, &zicha::definitions::Project::default()).unwrap();
    let mut wrong = Vec::new();
    for folder in ["definitions", "read", "link", "evaluate", "readiness", "report", "areas", "commands"] {
        for (file, text) in sources(&root().join("src").join(folder)) {
            wrong.extend(
                definitions
                    .rules
                    .iter()
                    .filter(|rule| text.contains(&format!("\"{}\"", rule.id)))
                    .map(|rule| format!("{file} 里写了规则名 {}", rule.id)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_path_that_a_document_names_exists() {
    let pattern =
        regex::Regex::new(r"`((?:src|tests|indicators|datasets|reports|benches|\.ci)/[^`\s<>*…{]+)`").unwrap();
    let mut missing = Vec::new();
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "benches/README.md",
        "reports/fonts/README.md",
    ] {
        let text = std::fs::read_to_string(root().join(document)).unwrap_or_else(|_| panic!("缺少 {document}"));
        for found in pattern.captures_iter(&text) {
            let path = found[1].trim_end_matches('/');
            if !root().join(path).exists() {
                missing.push(format!("{document} 提到 {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn only_invented_people_stand_in_the_repository() {
    let number =
        regex::Regex::new(r"\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]\b").unwrap();
    // The examples that GB 11643 prints, and the placeholder that real registers hold.
    let published = ["11010519491231002X", "440524188001010014", "999999"];
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "indicators", "datasets", "reports"] {
        for entry in walkdir::WalkDir::new(root().join(folder))
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
        {
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            wrong.extend(
                number
                    .find_iter(&text)
                    .filter(|found| {
                        !found.as_str().starts_with("610398")
                            && !published.iter().any(|known| found.as_str().starts_with(known))
                    })
                    .map(|found| format!("{} 有 {}", entry.path().display(), found.as_str())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
