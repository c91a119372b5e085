//! `zicha check`: files in, findings, figures, readiness and reports out.

use super::areas::Large;
use super::memory::Memory;
use super::progress::Shown;
use super::{Exit, existing, project_of};
use crate::areas::several;
use crate::definitions::{Definitions, Severity};
use crate::link::Area;
use crate::pipeline::{self, Answers, Progress};
use crate::read::{find_files, read_all};
use crate::report::{self, Output, Run};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// From which severity on a run counts as having found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    At(Severity),
    Never,
}

/// What is to be checked, and how.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    pub inputs: Vec<PathBuf>,
    pub output: PathBuf,
    pub definitions: Option<PathBuf>,
    /// Settings that win over `zicha.toml`, as `name=value`.
    pub settings: Vec<(String, String)>,
    pub show_identities: bool,
    /// A workbook a school besides.
    pub packages: bool,
    /// Keep beside the result what `zicha merge` needs.
    pub part: bool,
    /// Bytes that the run may take.
    pub memory: Option<u64>,
    pub fail_on: FailOn,
    pub quiet: bool,
    /// Say how long each stage took.
    pub timings: bool,
    pub json: bool,
}

/// Checks, writes the outputs, prints the screen (or the summary as JSON).
///
/// # Errors
/// When the program cannot run: inputs that do not exist, an output folder that cannot be written, definitions with problems.
pub fn check(request: &CheckRequest) -> Result<Exit> {
    existing(&request.inputs)?;
    let mut project = project_of(&request.inputs)?;
    project.settle(&request.settings);
    let definitions = Definitions::load(request.definitions.as_deref(), &project)?;
    let files = find_files(&request.inputs, Some(&request.output));
    if files.is_empty() {
        bail!("里面没有文件可查。请把登记表、学籍、台账等表格放进去再运行。");
    }
    let output = report::prepare(&request.output)?;
    let progress = Shown::timed(files.len(), request.quiet || request.json, request.timings);
    let answers = answers(&request.output, &definitions)?;
    let memory = Memory { most: request.memory };
    let whole = if memory.holds_whole(&files, &definitions) {
        progress.stage("读文件");
        let input = read_all(&files, pipeline::limits(&definitions), &|path| progress.file(path));
        progress.counted("行", input.sheets.iter().map(|sheet| sheet.grid.len()).sum());
        (!several(&input, &definitions, &project).context("整理表格时出错")?).then_some(input)
    } else {
        None
    };
    let large = Large { request, definitions: &definitions, project: &project, answers: &answers, memory };
    let Some(input) = whole else {
        return large.check(&files, output, &progress);
    };
    let (area, views) = (Area::default(), &report::ARCHIVE_VIEWS);
    let checked = pipeline::check_area(input, &area, &definitions, &project, &answers, views, &progress)?;
    progress.stage("写报告");
    let run = Run { packages: request.packages, ..checked.run(&definitions, request.show_identities) };
    std::fs::create_dir_all(output.folder())?;
    if request.part {
        large.keep_part(&files, &output)?;
    }
    finish(request, &run, output, &progress)
}

/// Writes the reports of a run, puts them in place, and says on the screen what was found.
pub(super) fn finish(request: &CheckRequest, run: &Run<'_>, output: Output, progress: &Shown) -> Result<Exit> {
    std::fs::create_dir_all(output.folder())?;
    report::write_all(run, &output.folder(), &request.output)?;
    output.commit()?;
    progress.done();
    if request.json {
        println!("{}", serde_json::to_string_pretty(&report::summarise(run)?)?);
    } else if !request.quiet {
        print!("{}", report::screen(run, &request.output)?);
        if request.part {
            println!(
                "合并用的数据在「{}」，里面有完整的姓名和证件号码，请妥善保管。",
                request.output.join(report::PART).display()
            );
        }
    }
    Ok(exit(run.severities(), request.fail_on))
}

pub(super) fn answers(output: &Path, definitions: &Definitions) -> Result<Answers> {
    let written = super::written(output, definitions)?;
    let written: Vec<&Path> = written.iter().map(PathBuf::as_path).collect();
    pipeline::answers(&written, definitions)
}

fn exit(found: [usize; 3], fail_on: FailOn) -> Exit {
    let counted = match fail_on {
        FailOn::Never => 0,
        FailOn::At(Severity::Error) => found[0],
        FailOn::At(Severity::Warning) => found[0] + found[1],
        FailOn::At(Severity::Info) => found.iter().sum(),
    };
    if counted > 0 { Exit::Found } else { Exit::Clean }
}
