//! What `zicha check` does with several areas or with more than fits into memory, and `zicha merge`.

use super::check::finish;
use super::memory::Memory;
use super::progress::Shown;
use super::{CheckRequest, Exit};
use crate::areas::{AreaChecks, Areas, Corpus, REST, Store, check_areas, settle, spread};
use crate::definitions::{Definitions, Project};
use crate::pipeline::{Answers, Progress, Silent};
use crate::read::FoundFile;
use crate::report::{self, ARCHIVE_VIEWS, FindingsFile, Output, PART};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// A check by areas.
pub(super) struct Large<'l> {
    pub request: &'l CheckRequest,
    pub definitions: &'l Definitions,
    pub project: &'l Project,
    pub answers: &'l Answers,
    pub memory: Memory,
}

impl Large<'_> {
    /// Lays the files out by area, checks each, and writes the sum.
    pub fn check(&self, files: &[FoundFile], output: Output, progress: &Shown) -> Result<Exit> {
        if self.request.packages {
            bail!("材料涉及几个地区，或太大要分开查，这时不写学校包。请分地区查，或去掉 --packages。");
        }
        let folder = if self.request.part { output.folder().join(PART) } else { output.beside("rows") };
        progress.stage("读文件，按地区放好");
        let (store, keys) = spread(files, &folder, self.definitions, self.project, progress)?;
        progress
            .counted("行", store.buckets.iter().map(|bucket| usize::try_from(bucket.rows).unwrap_or_default()).sum());
        if self.request.part {
            store.keep(&keys, self.project)?;
        }
        self.total(Corpus::new(vec![(String::new(), store, keys)]), output, progress)
    }

    /// Keeps what `zicha merge` needs of a check that was done whole.
    pub fn keep_part(&self, files: &[FoundFile], output: &Output) -> Result<()> {
        let (store, keys) = spread(files, &output.folder().join(PART), self.definitions, self.project, &Silent)?;
        store.keep(&keys, self.project)
    }

    /// Checks every area of what was laid out, and writes the sum.
    pub fn total(&self, corpus: Corpus, output: Output, progress: &Shown) -> Result<Exit> {
        progress.stage("分地区");
        let settled = settle(&corpus, self.definitions);
        let keys = corpus.keys.iter().map(|keys| keys.len() as u64).sum();
        let areas = Areas::place(&corpus, &settled, self.definitions, &output.beside("areas"))?;
        progress.counted("个地区", areas.areas.len());
        let sizes: Vec<(String, u64)> = areas.areas.iter().map(|area| (area.name.clone(), area.bytes)).collect();
        let checks = AreaChecks {
            definitions: self.definitions,
            project: self.project,
            answers: self.answers,
            views: &ARCHIVE_VIEWS,
            show_identities: self.request.show_identities,
            at_a_time: self.memory.at_a_time(&sizes, keys)?,
            progress,
        };
        progress.stage("逐个地区核对");
        let mut findings = FindingsFile::create(&output.beside("findings"))?;
        let mut total = check_areas(&areas, &checks, &mut findings)?;
        for (small, area) in &settled.small {
            let area = if area.is_empty() { REST } else { area };
            total.ask(format!("只有不多的行写着「{small}」，按前后各行归到「{area}」。写错了的请改正。"));
        }
        progress.stage("写报告");
        let most = usize::try_from(self.definitions.settings.integer("csv-rows")).unwrap_or(usize::MAX);
        let whole = findings.finish(most)?;
        progress.counted("处", whole.rows);
        let run = total.run(self.definitions, self.request.show_identities, &whole);
        finish(self.request, &run, output, progress)
    }
}

/// Parts that were checked apart.
#[derive(Debug, Clone)]
pub struct MergeRequest {
    /// Result folders, written with `--part`.
    pub parts: Vec<PathBuf>,
    pub check: CheckRequest,
}

/// Adds up parts to what one check of everything gives.
///
/// # Errors
/// When a folder holds no part, or the output cannot be written.
pub fn merge(request: &MergeRequest) -> Result<Exit> {
    let mut project: Option<Project> = None;
    let mut parts = Vec::new();
    for folder in &request.parts {
        super::existing(std::slice::from_ref(folder))?;
        let place = if folder.join(PART).is_dir() { folder.join(PART) } else { folder.clone() };
        let mut store = Store::open(&place)?;
        let own = std::mem::take(&mut store.project);
        match &mut project {
            None => project = Some(own),
            Some(project) => {
                if let Err(name) = project.join(own, &request.check.settings) {
                    bail!(
                        "「{}」查的时候，设定「{name}」与前面的部分不同，合不到一起。请按同样的设定重新查，或用 --set {name}=… 写明用哪个。",
                        folder.display()
                    );
                }
            }
        }
        let keys = store.keys()?;
        parts.push((name_of(folder), store, keys));
    }
    let mut project = project.unwrap_or_default();
    project.settle(&request.check.settings);
    let definitions = Definitions::load(request.check.definitions.as_deref(), &project)?;
    let output = report::prepare(&request.check.output)?;
    let progress = Shown::timed(0, request.check.quiet || request.check.json, request.check.timings);
    let answers = super::check::answers(&request.check.output, &definitions)?;
    let memory = Memory { most: request.check.memory };
    let large =
        Large { request: &request.check, definitions: &definitions, project: &project, answers: &answers, memory };
    large.total(Corpus::new(parts), output, &progress)
}

fn name_of(folder: &Path) -> String {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
