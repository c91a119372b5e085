//! What the tests share: running a check in process, and finding places.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use zicha::definitions::{Definitions, Project};
use zicha::pipeline::{Checked, Progress, check};
use zicha::read::find_files;
use zicha::report::describe;

pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str) {}
    fn file(&self, _: &str) {}
}

/// Rule, severity, file, sheet, row: what identifies a finding in the tests.
pub type Found = (String, String, String, String, String);

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn run(folder: &Path) -> (Definitions, Checked) {
    let project = Project::open(folder).unwrap();
    let definitions = Definitions::load(None, &project).unwrap();
    let files = find_files(&[folder.to_path_buf()], None);
    let checked = check(&files, &definitions, &project, None, &Silent).unwrap();
    (definitions, checked)
}

pub fn findings(definitions: &Definitions, checked: &Checked) -> BTreeSet<Found> {
    let run = checked.run(definitions, false);
    checked
        .evaluated
        .findings
        .order
        .iter()
        .map(|finding| {
            let text = describe(&run, *finding, run.circulating());
            let row = text.place.row.map(|row| row.to_string()).unwrap_or_default();
            (text.rule, text.severity.to_owned(), text.place.file, text.place.sheet, row)
        })
        .collect()
}

/// Every file below a folder, by its path in it.
pub fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Runs the program in an empty environment.
pub fn zicha(arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).env_clear().output().unwrap()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
