//! Cases as data: each folder of `tests/cases` holds files as an office would, and `expected.csv` with every finding.
//!
//! `ZICHA_UPDATE=1 cargo test` rewrites the expectations; read the difference before committing it.

use crate::support::{findings, root, run};
use std::fmt::Write;

#[test]
fn every_case_finds_what_it_expects() {
    let folder = root().join("tests/cases");
    let mut cases: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= 6, "tests/cases 里的用例少了");
    let mut wrong = Vec::new();
    for case in cases {
        let (definitions, checked) = run(&case.join("in"));
        let mut text = String::from("rule,severity,file,sheet,row\n");
        for (rule, severity, file, sheet, row) in findings(&definitions, &checked) {
            writeln!(text, "{rule},{severity},{file},{sheet},{row}").unwrap();
        }
        for figure in &checked.evaluated.figures {
            for scope in &figure.scopes {
                let counts = figure.counts(*scope, zicha::evaluate::Group::Township);
                let shown: Vec<String> = counts
                    .iter()
                    .map(|((_, code), count)| format!("{}={count}", if code.is_empty() { "all" } else { code }))
                    .collect();
                writeln!(text, "# {} {scope:?} {}", figure.indicator, shown.join(" ")).unwrap();
            }
        }
        let expected = case.join("expected.csv");
        if std::env::var_os("ZICHA_UPDATE").is_some() {
            std::fs::write(&expected, &text).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if wanted != text {
            wrong.push(format!("{}\n应当是：\n{wanted}\n实际是：\n{text}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
