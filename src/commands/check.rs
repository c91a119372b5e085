//! `zicha check`: files in, findings, figures, readiness and reports out.

use super::progress::Shown;
use super::{Exit, existing, project_of};
use crate::definitions::{Definitions, Severity};
use crate::pipeline::{self, Progress};
use crate::read::find_files;
use crate::report::{self, Run};
use anyhow::{Result, bail};
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
    let written = super::written(&request.output, &definitions)?;
    let written: Vec<&Path> = written.iter().map(PathBuf::as_path).collect();
    let checked =
        pipeline::check_and_look(&files, &definitions, &project, &written, &report::ARCHIVE_VIEWS, &progress)?;
    progress.stage("写报告");
    let run = Run { packages: request.packages, ..checked.run(&definitions, request.show_identities) };
    std::fs::create_dir_all(output.folder())?;
    report::write_all(&run, &output.folder(), &request.output)?;
    output.commit()?;
    progress.done();
    if request.json {
        println!("{}", serde_json::to_string_pretty(&report::summarise(&run)?)?);
    } else if !request.quiet {
        print!("{}", report::screen(&run, &request.output)?);
    }
    Ok(exit(run.severities(), request.fail_on))
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
