//! What people and programs get: page, workbooks, charts, `findings.csv`, `summary.json`, terminal.
//!
//! In: [`Run`], everything that a check worked out. Out: files, written all or nothing. Nothing is judged here.

mod archive;
mod brief;
mod charts;
pub mod comparison;
mod csv_file;
mod figure_book;
mod finding;
pub mod forms;
mod ledger;
mod likely;
mod mask;
mod output;
mod packages;
mod page;
mod portable;
mod render;
pub mod simulation;
mod summary;
mod terminal;
mod wording;

pub use archive::VIEWS as ARCHIVE_VIEWS;
pub use csv_file::{FindingsFile, Whole};
pub use finding::{FindingText, Place, describe};
pub use mask::Privacy;
pub use output::{BRIEF, BRIEF_BOOK, LEDGER, Output, PAGE, PART, REHEARSAL, prepare};
pub use portable::write_portable;
pub use summary::{Summary, summarise};
pub use terminal::screen;
pub use wording::Wording;

use crate::definitions::Definitions;
use crate::evaluate::{Evaluated, Outcome};
use crate::link::{LikelyPair, LinkCounts, Notes, Settled, Verdict};
use crate::read::Input;
use crate::readiness::Readiness;
use crate::standardise::SheetReport;
use anyhow::{Context, Result};
use rayon::prelude::*;
use std::path::Path;

/// Everything that a check worked out.
pub struct Run<'a> {
    pub definitions: &'a Definitions,
    pub input: &'a Input,
    pub sheets: &'a [SheetReport],
    pub links: LinkCounts,
    pub questions: &'a [String],
    pub settled: &'a [Settled],
    pub notes: &'a Notes,
    pub pairs: &'a [LikelyPair],
    pub verdicts: &'a [Verdict],
    pub evaluated: &'a Evaluated,
    pub readiness: &'a Readiness,
    /// Names and numbers are shown everywhere.
    pub show_identities: bool,
    /// A workbook a school is wanted besides.
    pub packages: bool,
    /// Where all findings are, when only some of them are listed.
    pub whole: Option<&'a Whole>,
}

impl Run<'_> {
    /// What may be shown in what circulates.
    #[must_use]
    pub fn circulating(&self) -> Privacy {
        if self.show_identities { Privacy::Open } else { Privacy::Circulates }
    }

    /// What may be shown in working papers.
    #[must_use]
    pub fn working(&self) -> Privacy {
        if self.show_identities { Privacy::Open } else { Privacy::WorkingPaper }
    }

    /// How many findings are listed, and of how many; none where all are.
    #[must_use]
    pub fn listed(&self) -> Option<(usize, usize)> {
        let (listed, whole) = (self.evaluated.findings.len(), self.whole?.rows);
        (listed < whole).then_some((listed, whole))
    }

    /// Findings of each severity.
    #[must_use]
    pub fn severities(&self) -> [usize; 3] {
        self.readiness.township.findings
    }

    /// Rules that did not run, with the reason.
    pub fn not_run(&self) -> impl Iterator<Item = (&str, &str)> {
        self.definitions.rules.iter().zip(&self.evaluated.findings.results).filter_map(|(rule, result)| {
            match &result.outcome {
                Outcome::NotRun(reason) => Some((rule.id.as_str(), reason.as_str())),
                Outcome::Ran(_) => None,
            }
        })
    }
}

/// All findings, where they are not in one file already.
fn findings(run: &Run<'_>, folder: &Path) -> Result<()> {
    match run.whole {
        None => csv_file::write(run, &folder.join("findings.csv")),
        Some(whole) => {
            std::fs::rename(&whole.path, folder.join(whole.name))?;
            Ok(())
        }
    }
}

/// Writes every output below `folder`, which exists. `last` holds the result that this one takes the place of, if there is one.
///
/// # Errors
/// When a file cannot be made or written.
pub fn write_all(run: &Run<'_>, folder: &Path, last: &Path) -> Result<()> {
    let wording = Wording::load(&run.definitions.sources)?;
    let charts = folder.join("charts");
    std::fs::create_dir_all(&charts).context("建不了 charts 文件夹")?;
    type Job<'j> = (&'static str, Box<dyn Fn() -> Result<()> + Sync + Send + 'j>);
    let jobs: Vec<Job<'_>> = vec![
        // The longest first, so that the cores end together.
        ("指标汇总.xlsx", Box::new(|| figure_book::write(run, &wording, &folder.join("指标汇总.xlsx")))),
        (LEDGER, Box::new(|| ledger::write(run, &wording, &folder.join(LEDGER)))),
        ("charts", Box::new(|| charts::write(run, &wording, &charts))),
        (PAGE, Box::new(|| page::write(run, &wording, &folder.join(PAGE)))),
        ("学校包", Box::new(|| if run.packages { packages::write(run, &wording, folder) } else { Ok(()) })),
        ("findings.csv", Box::new(|| findings(run, folder))),
        ("summary.json", Box::new(|| summary::write(run, &folder.join("summary.json")))),
    ];
    jobs.par_iter()
        .with_max_len(1)
        .map(|(name, job)| job().with_context(|| format!("写「{name}」时出错")))
        .collect::<Result<Vec<()>>>()?;
    // Last, because it compares what has just been written with what was there.
    let change = brief::change(run, last, folder);
    brief::write(run, &wording, change.as_ref(), folder).with_context(|| format!("写「{BRIEF}」时出错"))
}
