//! The output folder, all or nothing: everything is written beside it first, then put in place; on any failure the old files stand.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The page that everyone reads first.
pub const PAGE: &str = "自查报告.html";
/// The leaders' page, and its workbook of charts.
pub const BRIEF: &str = "领导简报.html";
pub const BRIEF_BOOK: &str = "领导简报.xlsx";
/// The schools' working paper; what is settled in it is read back by the next run.
pub const LEDGER: &str = "问题台账.xlsx";
/// The simulation's working paper; a rehearsal filled in there is read back by the next run.
pub const REHEARSAL: &str = "模拟普查.xlsx";
/// Where a result keeps what `zicha merge` needs.
pub const PART: &str = "合并用";
/// What people write into these is kept under the second name when a new run changes the first.
const WRITTEN_INTO: [(&str, &str); 2] = [(LEDGER, "问题台账.上次.xlsx"), (REHEARSAL, "模拟普查.上次.xlsx")];

/// Of these a result has what its run wrote: another run's would be taken for its own.
const ONE_RUN: [&str; 3] = ["findings.csv", "findings.parquet", PART];

/// A folder that will become part of the output.
#[derive(Debug)]
pub struct Output {
    target: PathBuf,
    staging: TempDir,
}

/// Makes sure that the output folder can be written, before any work is done.
///
/// # Errors
/// When it cannot be made or written to, or is a file.
pub fn prepare(target: &Path) -> Result<Output> {
    if target.exists() && !target.is_dir() {
        bail!("输出位置「{}」是一个文件。请换一个文件夹名。", target.display());
    }
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let place = if target.is_dir() { target } else { parent };
    std::fs::create_dir_all(place).with_context(|| format!("建不了文件夹「{}」", place.display()))?;
    let staging = tempfile::Builder::new()
        .prefix(".zicha-")
        .tempdir_in(place)
        .with_context(|| format!("文件夹「{}」写不进去。请换一个可以写的文件夹，或检查权限", place.display()))?;
    Ok(Output { target: target.to_path_buf(), staging })
}

impl Output {
    /// Where to write until [`Output::commit`].
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.staging.path().join("new")
    }

    /// A folder for what is needed while the output is made, and gone when it is done.
    #[must_use]
    pub fn beside(&self, name: &str) -> PathBuf {
        self.staging.path().join(name)
    }

    /// Moves every file into place. When one cannot be replaced (a spreadsheet program holds it open), all are put back.
    ///
    /// # Errors
    /// When a file cannot be replaced.
    pub fn commit(self) -> Result<()> {
        let fresh = self.folder();
        let old = self.staging.path().join("old");
        // Other commands write into folders too, beside a result that lies there.
        let fresh_result = fresh.join("summary.json").is_file();
        std::fs::create_dir_all(&self.target).with_context(|| format!("建不了文件夹「{}」", self.target.display()))?;
        let mut moved: Vec<PathBuf> = Vec::new();
        for entry in walkdir::WalkDir::new(&fresh).sort_by_file_name() {
            let entry = entry.context("输出文件不见了")?;
            let relative = entry.path().strip_prefix(&fresh).unwrap_or(entry.path()).to_path_buf();
            if entry.file_type().is_dir() {
                std::fs::create_dir_all(self.target.join(&relative)).ok();
                std::fs::create_dir_all(old.join(&relative)).ok();
                continue;
            }
            if let Err(error) = replace(&fresh, &old, &self.target, &relative) {
                put_back(&old, &self.target, &moved, &relative);
                return Err(error).with_context(|| {
                    format!(
                        "「{}」换不掉，可能正用表格软件打开着。请关闭后再运行；原来的结果没有动",
                        self.target.join(&relative).display()
                    )
                });
            }
            moved.push(relative);
        }
        for name in ONE_RUN.iter().filter(|name| fresh_result && !moved.iter().any(|path| path.starts_with(name))) {
            let left = self.target.join(name);
            if left.is_dir() {
                std::fs::remove_dir_all(left).ok()
            } else {
                std::fs::remove_file(left).ok()
            };
        }
        WRITTEN_INTO.iter().for_each(|(name, last)| keep_last(&old, &self.target, name, last));
        Ok(())
    }
}

fn replace(fresh: &Path, old: &Path, target: &Path, relative: &Path) -> std::io::Result<()> {
    let place = target.join(relative);
    if place.exists() {
        std::fs::rename(&place, old.join(relative))?;
    }
    std::fs::rename(fresh.join(relative), place)
}

fn put_back(old: &Path, target: &Path, moved: &[PathBuf], failed: &Path) {
    for relative in moved.iter().map(PathBuf::as_path).chain(std::iter::once(failed)) {
        let kept = old.join(relative);
        if kept.exists() {
            std::fs::rename(&kept, target.join(relative)).ok();
        } else if relative != failed {
            std::fs::remove_file(target.join(relative)).ok();
        }
    }
}

/// What somebody wrote into the last one is worth more than a tidy folder.
fn keep_last(old: &Path, target: &Path, name: &str, last: &str) {
    let differs = match (std::fs::read(old.join(name)), std::fs::read(target.join(name))) {
        (Ok(before), Ok(now)) => before != now,
        _ => false,
    };
    if differs {
        std::fs::rename(old.join(name), target.join(last)).ok();
    }
}
