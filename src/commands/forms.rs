//! `zicha forms` and `zicha template`: the tables that offices ask for, filled from the papers or empty.

use super::progress::Shown;
use super::{Exit, empty, existing, project_of};
use crate::definitions::{Definitions, Project};
use crate::pipeline::{self, Progress};
use crate::read::find_files;
use crate::report::{self, forms};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Which papers to fill forms from.
#[derive(Debug, Clone)]
pub struct FormsRequest {
    pub inputs: Vec<PathBuf>,
    pub output: PathBuf,
    pub definitions: Option<PathBuf>,
    /// Settings that win over `zicha.toml`, as `name=value`.
    pub settings: Vec<(String, String)>,
    pub show_identities: bool,
    /// The result of a check, in whose ledger people may have settled who is where.
    pub result: Option<PathBuf>,
    pub quiet: bool,
}

/// Fills every form and writes it.
///
/// # Errors
/// When the program cannot run: inputs that do not exist, an output folder that holds something or cannot be written, definitions with problems.
pub fn fill_forms(request: &FormsRequest) -> Result<Exit> {
    existing(&request.inputs)?;
    existing(request.result.as_slice())?;
    empty(&request.output)?;
    let mut project = project_of(&request.inputs)?;
    project.settle(&request.settings);
    let definitions = Definitions::load(request.definitions.as_deref(), &project)?;
    let files = find_files(&request.inputs, Some(&request.output));
    if files.is_empty() {
        bail!("里面没有文件。请把登记表、学籍、台账等表格放进去再运行。");
    }
    let output = report::prepare(&request.output)?;
    let progress = Shown::new(files.len(), request.quiet);
    let views = forms::views(&definitions);
    let written = match &request.result {
        Some(folder) => super::written(folder, &definitions)?,
        None => Vec::new(),
    };
    let written: Vec<&Path> = written.iter().map(PathBuf::as_path).collect();
    let checked = pipeline::check_and_look(&files, &definitions, &project, &written, &views, &progress)?;
    progress.stage("填表");
    std::fs::create_dir_all(output.folder())?;
    let run = checked.run(&definitions, request.show_identities);
    let filled = forms::write_all(&run, &output.folder())?;
    output.commit()?;
    progress.done();
    if !request.quiet {
        print!("{}", forms::screen(&run, &filled, &request.output));
    }
    Ok(Exit::Clean)
}

/// Writes empty forms with drop-downs and input checks.
///
/// # Errors
/// When the folder holds something already, or cannot be written.
pub fn template(output: &Path, school: Option<&str>, definitions: Option<&Path>) -> Result<Exit> {
    empty(output)?;
    let definitions = Definitions::load(definitions, &Project::default())?;
    let place = report::prepare(output)?;
    std::fs::create_dir_all(place.folder())?;
    let written = forms::write_templates(&definitions, school, &place.folder())?;
    place.commit()?;
    println!("空表 {} 份在「{}」：{}。", written.len(), output.display(), written.join("、"));
    println!("填好放进材料文件夹，自查时就读得到，不用再对列名。");
    Ok(Exit::Clean)
}
