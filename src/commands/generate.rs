//! `zicha generate`: an invented township, county, province or nation, with known defects.

use super::{Exit, empty};
use crate::definitions::{Definitions, Project};
use crate::simulate::{self, FileKind, Generation, Region, Scale, Township};
use anyhow::{Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// What to invent.
#[derive(Debug, Clone)]
pub struct GenerateRequest {
    pub output: PathBuf,
    pub scale: Scale,
    pub seed: u64,
    pub persons: Option<usize>,
    pub townships: Option<usize>,
    /// The name of an error model.
    pub errors: String,
    pub generation: Generation,
    /// Terms of aid on record, counted back from the present.
    pub terms: usize,
    pub kind: Option<FileKind>,
    pub definitions: Option<PathBuf>,
}

/// Invents; the truth goes beside the folder, never into it.
///
/// # Errors
/// When the folder holds something already, or cannot be written, or what is asked does not fit together.
pub fn generate(request: &GenerateRequest) -> Result<Exit> {
    empty(&request.output)?;
    let model = Definitions::load(request.definitions.as_deref(), &Project::default())?.population;
    let errors = error_model(&model, &request.errors)?;
    let persons = request.persons.unwrap_or_else(|| request.scale.persons(&model));
    if persons == 0 {
        bail!("人数（--persons）至少是 1。");
    }
    let kind = request.kind.unwrap_or(match request.scale {
        Scale::Township | Scale::County => FileKind::Papers,
        Scale::Province | Scale::Nation => FileKind::Parquet,
    });
    if kind == FileKind::Papers && matches!(request.scale, Scale::Province | Scale::Nation) {
        bail!("全省、全国的表放不进工作簿。请用 --format csv 或 --format parquet。");
    }
    let truth = truth_folder(&request.output);
    let written = if request.scale == Scale::Township && kind == FileKind::Papers {
        let township =
            Township { seed: request.seed, persons, errors, generation: request.generation, terms: request.terms };
        simulate::write_township(&request.output, &truth, &township, &model)?
    } else {
        let townships = match request.scale {
            Scale::Township => 1,
            _ => request.townships.unwrap_or_else(|| Region::townships(persons, &model)).clamp(1, persons),
        };
        let region = Region {
            seed: request.seed,
            persons,
            townships,
            per_county: request.scale.per_county(townships, &model),
            errors,
            generation: request.generation,
            terms: request.terms,
        };
        let bar = bar(persons);
        let told = |persons: usize| bar.set_position(persons as u64);
        let written = simulate::write_region(&request.output, &truth, &region, kind, &model, &told)?;
        bar.finish_and_clear();
        written
    };
    println!(
        "虚构了 {} 户 {} 人，{} 个文件，埋下 {} 处问题。",
        written.households, written.persons, written.files, written.defects
    );
    println!(
        "文件在 {}，答案在 {}：truth.csv 是埋下的问题，indicators.json 是普查数字。",
        request.output.display(),
        truth.display()
    );
    Ok(Exit::Clean)
}

/// The error model of that name.
pub(super) fn error_model(
    model: &crate::definitions::PopulationModel,
    name: &str,
) -> Result<crate::definitions::ErrorModel> {
    model.errors(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = model.errors.iter().map(|errors| errors.name.as_str()).collect();
        anyhow!("没有「{name}」这种出错的样子。可用的有：{}。", known.join("、"))
    })
}

fn bar(persons: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(persons as u64);
    if let Ok(style) = ProgressStyle::with_template("虚构 [{bar:30}] {pos}/{len} 人，还要 {eta}") {
        bar.set_style(style);
    }
    bar
}

/// `DIR.truth` beside `DIR`.
fn truth_folder(output: &Path) -> PathBuf {
    let mut name = output.file_name().unwrap_or_default().to_os_string();
    name.push(".truth");
    output.with_file_name(name)
}
