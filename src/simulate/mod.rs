//! An invented township: people, their papers in the shapes of real files, planted defects and the truth about them.
//!
//! In: a seed and a size. Out: files, and beside their folder `truth.csv` and `indicators.json`. The same seed gives the same bytes.
//! Then the census before it happens: [`visit`] says how households answer, [`audit`] draws, meets and judges them many times over, [`outcome`] puts together what that tells.

pub mod audit;
mod defects;
mod facts;
pub mod frame;
pub mod households;
mod names;
pub mod outcome;
mod people;
pub mod rehearsal;
mod sheet;
mod tables;
pub mod visit;

pub use defects::Truth;
pub use people::Generation;

use crate::standardise::date;
use anyhow::{Context, Result};
use std::path::Path;

/// How many persons share one round of defects.
const PERSONS_PER_ROUND: usize = 600;

/// What was invented.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub households: usize,
    pub persons: usize,
    pub files: usize,
    pub defects: usize,
}

/// What to invent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Township {
    pub seed: u64,
    /// Registered persons, about.
    pub persons: usize,
    /// No planted defects.
    pub clean: bool,
    /// The codes of the register.
    pub generation: Generation,
}

/// Writes a township's files into `folder`, and into `truth` what is true of them: `truth.csv` (the defects) and `indicators.json` (the census figures).
///
/// # Errors
/// When a file cannot be written.
pub fn write_township(folder: &Path, truth: &Path, township: &Township) -> Result<Written> {
    let reference = date::days(2020, 7, 15).unwrap_or_default();
    let population = people::invent(township.seed, township.persons, township.generation, reference);
    let drafts = tables::drafts(&population);
    let (drafts, truths, facts) = if township.clean {
        let (drafts, facts) = defects::hand_in(&population, drafts);
        (drafts, Vec::new(), facts)
    } else {
        defects::plant(&population, drafts, township.seed, township.persons.div_ceil(PERSONS_PER_ROUND))
    };
    std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
    let mut files = sheet::write(&drafts, folder)?;
    if let Some(broken) = truths.iter().find(|truth| truth.rule == "输入/file-unreadable") {
        let whole = std::fs::read(folder.join("02永宁镇中心小学花名册.xlsx"))?;
        std::fs::write(folder.join(&broken.file), &whole[..whole.len() / 3])?;
        files += 1;
    }
    write_truth(&truths, truth)?;
    let mut figures = serde_json::to_string_pretty(&facts.figures(&population))?;
    figures.push('\n');
    std::fs::write(truth.join("indicators.json"), figures)?;
    let registered = population.people.iter().filter(|person| person.registered).count();
    let households = population.households.iter().filter(|household| household.registered).count();
    Ok(Written { households, persons: registered, files, defects: truths.len() })
}

fn write_truth(truths: &[Truth], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
    let mut writer = csv::Writer::from_path(folder.join("truth.csv"))?;
    writer.write_record(["rule", "file", "sheet", "row"])?;
    for truth in truths {
        let row = truth.row.map(|row| row.to_string()).unwrap_or_default();
        writer.write_record([truth.rule, &truth.file, &truth.sheet, &row])?;
    }
    writer.flush()?;
    Ok(())
}
