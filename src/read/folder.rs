//! Which files there are below the inputs, in a fixed order.

use std::path::{Path, PathBuf};

/// By these files a folder is known as the result of a run: the summary, and findings of either shape.
const SUMMARY: &str = "summary.json";
const FINDINGS: [&str; 2] = ["findings.csv", "findings.parquet"];

/// A file to read.
#[derive(Debug, Clone)]
pub struct FoundFile {
    /// Relative to the input folder, with `/`.
    pub path: String,
    pub full: PathBuf,
    /// Why it cannot be read, where that is known already.
    pub error: Option<String>,
}

/// Lists the files below `inputs`, without hidden files, lock files of spreadsheet programs, `zicha.toml`, and what is in `exclude`.
#[must_use]
pub fn find_files(inputs: &[PathBuf], exclude: Option<&Path>) -> Vec<FoundFile> {
    let mut found = Vec::new();
    let exclude = exclude.and_then(|path| path.canonicalize().ok());
    for input in inputs {
        let several = inputs.len() > 1;
        if input.is_dir() {
            let prefix =
                if several { input.file_name().map(|name| format!("{}/", name.to_string_lossy())) } else { None };
            walk(input, &prefix.unwrap_or_default(), exclude.as_deref(), &mut found);
        } else {
            let path = input.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.push(FoundFile { path, full: input.clone(), error: None });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| a.full.cmp(&b.full)));
    found.dedup_by(|a, b| a.full == b.full);
    found
}

fn walk(folder: &Path, prefix: &str, exclude: Option<&Path>, found: &mut Vec<FoundFile>) {
    let keep = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let skipped = entry.depth() > 0
            && (name.starts_with('.') || name.starts_with("~$") || name == crate::definitions::Project::FILE_NAME);
        // The result of an earlier run is no input.
        let result = entry.depth() > 0
            && entry.file_type().is_dir()
            && entry.path().join(SUMMARY).is_file()
            && FINDINGS.iter().any(|name| entry.path().join(name).is_file());
        let excluded = entry.file_type().is_dir()
            && exclude.is_some_and(|path| entry.path().canonicalize().is_ok_and(|full| full == path));
        !skipped && !result && !excluded
    };
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(keep) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                let path = format!("{prefix}{}", relative.to_string_lossy().replace('\\', "/"));
                found.push(FoundFile { path, full: entry.path().to_path_buf(), error: None });
            }
            Ok(_) => {}
            Err(error) => {
                let full = error.path().map_or_else(|| folder.to_path_buf(), Path::to_path_buf);
                let relative = full.strip_prefix(folder).unwrap_or(&full).to_string_lossy().replace('\\', "/");
                let reason = error.io_error().map_or_else(|| "文件夹之间互相链接，没有读。".to_owned(), super::explain);
                found.push(FoundFile { path: format!("{prefix}{relative}"), full, error: Some(reason) });
            }
        }
    }
}
