//! One township on paper: its people, their papers, the defects planted in them, and the truth beside.

use super::defects::{self, Truth};
use super::facts::Facts;
use super::invent::{Order, invent};
use super::people::{Generation, Population};
use super::place::Place;
use super::sheet::{self, Draft};
use super::tables;
use crate::definitions::{ErrorModel, PopulationModel};
use crate::standardise::date;
use anyhow::{Context, Result};
use std::path::Path;

/// What to invent.
#[derive(Debug, Clone, Default)]
pub struct Township {
    pub seed: u64,
    /// Registered persons, about.
    pub persons: usize,
    /// How carelessly its papers are kept.
    pub errors: ErrorModel,
    /// The codes of the register.
    pub generation: Generation,
    /// Terms of aid on record, counted back from the present.
    pub terms: usize,
}

/// What was invented.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub households: usize,
    pub persons: usize,
    pub files: usize,
    pub defects: usize,
}

/// A township's people and their papers, with what is true of them.
pub(super) struct Papers {
    pub population: Population,
    pub drafts: Vec<Draft>,
    pub truths: Vec<Truth>,
    pub facts: Facts,
}

/// The date that the papers are about.
pub(super) fn reference() -> i32 {
    date::days(2020, 7, 15).unwrap_or_default()
}

/// How many rounds of defects some persons get: everywhere, and at one school besides.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of persons"
)]
fn rounds(model: &PopulationModel, errors: &ErrorModel, persons: usize) -> (usize, usize) {
    let times = |rate: f64| (persons as f64 / model.persons_per_round as f64 * rate).ceil() as usize;
    (times(errors.rounds), times(errors.bad_rounds))
}

/// Invents people and papers. `plain` papers are one table each in the order of its fields, as large files are.
pub(super) fn papers(model: &PopulationModel, township: &Township, place: Place, plain: bool) -> Papers {
    let population = invent(Order {
        model,
        place,
        seed: township.seed,
        persons: township.persons,
        generation: township.generation,
        terms: township.terms,
        list_form: !plain,
        reference: reference(),
    });
    let drafts = if plain { tables::plain(&population) } else { tables::drafts(&population) };
    let rounds = rounds(model, &township.errors, township.persons);
    let (mut drafts, truths, facts) = if rounds == (0, 0) {
        let (drafts, facts) = defects::hand_in(&population, drafts);
        (drafts, Vec::new(), facts)
    } else {
        defects::plant(&population, drafts, township.seed, rounds, !plain)
    };
    if plain {
        drafts.iter_mut().for_each(|draft| tables::with_county(draft, &population.place.county));
    }
    Papers { population, drafts, truths, facts }
}

/// Writes a township's files into `folder`, and into `truth` what is true of them: `truth.csv` (the defects) and `indicators.json` (the census figures).
///
/// # Errors
/// When a file cannot be written.
pub fn write_township(folder: &Path, truth: &Path, township: &Township, model: &PopulationModel) -> Result<Written> {
    let papers = papers(model, township, Place::alone(), false);
    let written = papers.write(folder)?;
    write_truth(&papers.truths, truth)?;
    write_figures(&papers.facts.figures(&papers.population), truth)?;
    Ok(written)
}

impl Papers {
    /// Writes the files in their shapes.
    pub fn write(&self, folder: &Path) -> Result<Written> {
        std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
        let mut files = sheet::write(&self.drafts, folder)?;
        if let Some(broken) = self.truths.iter().find(|truth| truth.rule == "输入/file-unreadable") {
            let roster = self.drafts.iter().find(|draft| draft.table == "roll").map_or("", |draft| draft.file.as_str());
            let whole = std::fs::read(folder.join(roster))?;
            std::fs::write(folder.join(&broken.file), &whole[..whole.len() / 3])?;
            files += 1;
        }
        Ok(Written { files, ..self.counted() })
    }

    /// Registered households and persons, and planted defects.
    pub fn counted(&self) -> Written {
        Written {
            households: self.population.households.iter().filter(|household| household.registered).count(),
            persons: self.population.people.iter().filter(|person| person.registered).count(),
            files: 0,
            defects: self.truths.len(),
        }
    }
}

/// Writes `truth.csv`.
pub(super) fn write_truth(truths: &[Truth], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
    let mut writer = csv::Writer::from_path(folder.join("truth.csv"))?;
    writer.write_record(["rule", "file", "sheet", "row"])?;
    for truth in truths {
        writer.write_record(truth.record())?;
    }
    writer.flush()?;
    Ok(())
}

/// Writes `indicators.json`.
pub(super) fn write_figures(figures: &serde_json::Value, folder: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(figures)?;
    text.push('\n');
    std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
    std::fs::write(folder.join("indicators.json"), text)?;
    Ok(())
}
