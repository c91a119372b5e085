//! What each command does, once its words have been understood (`cli`).

mod areas;
mod check;
mod compare;
mod dropped;
mod explain;
mod export;
mod forms;
mod generate;
mod inspect;
mod link;
mod memory;
mod progress;
mod simulate;
mod timings;

pub use areas::{MergeRequest, merge};
pub use check::{CheckRequest, FailOn, check};
pub use compare::{CompareRequest, compare};
pub use dropped::{dropped, only_paths, started_alone};
pub use explain::{explain, explain_policies, index_page};
pub use export::export;
pub use forms::{FormsRequest, fill_forms, template};
pub use generate::{GenerateRequest, generate};
pub use inspect::inspect;
pub use link::{LinkRequest, link};
pub use memory::parse as memory_size;
pub use simulate::{Audited, PlanRequest, SimulateRequest, simulate, simulate_plan};

use crate::definitions::{Definitions, Project};
use crate::report;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// How a run ended (design section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Nothing at or above the severity asked for.
    Clean = 0,
    /// Something was found.
    Found = 1,
    /// The program could not run.
    Failed = 2,
}

/// Makes sure that every input exists.
fn existing(inputs: &[PathBuf]) -> Result<()> {
    for input in inputs {
        if !input.exists() {
            bail!("找不到「{}」。请检查路径有没有写错。", input.display());
        }
    }
    Ok(())
}

/// Makes sure that a folder holds nothing yet: what people filled in there is not written over, and nothing old is taken for new.
fn empty(folder: &Path) -> Result<()> {
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("「{}」里已有文件。请换一个空文件夹，以免盖掉填过的，或新旧混在一起。", folder.display());
    }
    Ok(())
}

/// The papers in a result folder in which people may have written since, those that win last: packages, ledger, rehearsal.
fn written(output: &Path, definitions: &Definitions) -> Result<Vec<PathBuf>> {
    let folder = output.join(report::Wording::load(&definitions.sources)?.ledger.package_folder);
    let mut packages: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    // A spreadsheet program's own lock files lie beside what it has open.
    let own = |path: &PathBuf| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('~'));
    packages.retain(|path| path.extension().is_some_and(|ending| ending == "xlsx") && own(path));
    packages.sort();
    let rest = [report::LEDGER, report::REHEARSAL].map(|name| output.join(name));
    Ok(packages.into_iter().chain(rest).filter(|path| path.is_file()).collect())
}

/// The `zicha.toml` of the first input folder that has one.
fn project_of(inputs: &[PathBuf]) -> Result<Project> {
    let folder_of = |input: &PathBuf| {
        if input.is_dir() { input.clone() } else { input.parent().map(Path::to_path_buf).unwrap_or_default() }
    };
    let folder = inputs.iter().map(folder_of).find(|folder| folder.join(Project::FILE_NAME).is_file());
    Ok(Project::open(&folder.unwrap_or_default())?)
}
