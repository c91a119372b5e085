//! `zicha export`: the linked tables and the SQL of views and rules, for another engine.

use super::progress::Shown;
use super::{Exit, existing, project_of};
use crate::definitions::Definitions;
use crate::evaluate::portable;
use crate::pipeline::{self, Progress};
use crate::read::find_files;
use crate::report;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Links the papers and writes everything that another engine needs.
///
/// # Errors
/// When the program cannot run, or the folder cannot be written.
pub fn export(inputs: &[PathBuf], output: &Path, definitions: Option<&Path>, quiet: bool) -> Result<Exit> {
    existing(inputs)?;
    let project = project_of(inputs)?;
    let definitions = Definitions::load(definitions, &project)?;
    let files = find_files(inputs, Some(output));
    if files.is_empty() {
        bail!("里面没有文件。请把登记表、学籍、台账等表格放进去再运行。");
    }
    let place = report::prepare(output)?;
    let progress = Shown::new(files.len(), quiet);
    let checked = pipeline::check(&files, &definitions, &project, None, &progress)?;
    progress.stage("写表和 SQL");
    std::fs::create_dir_all(place.folder())?;
    let portable = portable(&checked.linked.tables, &checked.evaluated.findings, &definitions)?;
    report::write_portable(&portable, &place.folder())?;
    place.commit()?;
    progress.done();
    if !quiet {
        println!(
            "{} 张表、{} 个视图、{} 条规则在「{}」：tables 是关联好的表，sql.json 是 SQL，rows 是本程序得到的结果。",
            portable.tables.len(),
            portable.views.len(),
            portable.rules.len(),
            output.display()
        );
        println!("里面有完整的姓名和证件号码，请妥善保管。");
    }
    Ok(Exit::Clean)
}
