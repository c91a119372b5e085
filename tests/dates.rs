//! The reference date: the same data at two dates differ only in the children whose status depends on the date, and those are listed.

use std::collections::BTreeSet;
use std::path::Path;
use zicha::definitions::{Definitions, Project};
use zicha::pipeline::check;
use zicha::read::find_files;
use zicha::report::{Privacy, describe};
use zicha::simulate::Generation;

/// Rule, place and person of every finding about a person.
type Found = (String, String, String, Option<u32>, String);

fn at(folder: &Path, date: &str) -> BTreeSet<Found> {
    let project: Project = toml::from_str(&format!("[settings]\nreference-date = {date}")).unwrap();
    let definitions = Definitions::load(None, &project).unwrap();
    let files = find_files(&[folder.to_path_buf()], None);
    let checked = check(&files, &definitions, &project, None, &crate::support::Silent).unwrap();
    let run = checked.run(&definitions, true);
    let text = |finding: &(u32, u32)| describe(&run, *finding, Privacy::Open);
    checked
        .evaluated
        .findings
        .order
        .iter()
        .map(text)
        .filter(|text| !text.name.is_empty())
        .map(|text| {
            (text.rule, text.place.file, text.place.sheet, text.place.row, format!("{}{}", text.name, text.id_number))
        })
        .collect()
}

fn listed(findings: &BTreeSet<Found>) -> BTreeSet<&str> {
    findings.iter().filter(|found| found.0.ends_with("/date-sensitive")).map(|found| found.4.as_str()).collect()
}

#[test]
fn two_dates_differ_only_in_the_children_that_are_listed() {
    let mut changed = 0;
    for (seed, generation) in [(31, Generation::New), (32, Generation::Old), (33, Generation::New)] {
        let folder = tempfile::tempdir().unwrap();
        let (input, truth) = (folder.path().join("in"), folder.path().join("truth"));
        crate::township::write(&input, &truth, seed, 1500, "typical", generation, 4);
        // Within the registration of July and August, and into the one of the 52 counties.
        let first = at(&folder.path().join("in"), "2020-07-03");
        for date in ["2020-08-30", "2020-12-20"] {
            let second = at(&folder.path().join("in"), date);
            let sensitive: BTreeSet<&str> = listed(&first).union(&listed(&second)).copied().collect();
            let elsewhere: Vec<_> =
                first.symmetric_difference(&second).filter(|found| !sensitive.contains(found.4.as_str())).collect();
            assert!(elsewhere.is_empty(), "种子 {seed}，2020-07-03 和 {date}：{elsewhere:?}");
            changed += first.symmetric_difference(&second).count();
        }
    }
    assert!(changed > 0, "换了日期应当有变化，否则什么也没有检验");
}
