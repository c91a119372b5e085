//! `zicha compare`: what became of what was found.

use super::{Exit, existing};
use crate::definitions::{Definitions, Project};
use crate::report;
use crate::report::comparison::{compare as compare_results, comparison_screen, write_comparison};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Which results to compare.
#[derive(Debug, Clone)]
pub struct CompareRequest {
    /// Oldest first.
    pub results: Vec<PathBuf>,
    pub output: PathBuf,
    pub definitions: Option<PathBuf>,
    pub quiet: bool,
}

/// Compares, writes the outputs, prints the screen.
///
/// # Errors
/// When a folder is no result, or the output cannot be written.
pub fn compare(request: &CompareRequest) -> Result<Exit> {
    existing(&request.results)?;
    let definitions = Definitions::load(request.definitions.as_deref(), &Project::default())?;
    let folders: Vec<&Path> = request.results.iter().map(PathBuf::as_path).collect();
    let comparison = compare_results(&folders, &definitions.settings)?;
    let output = report::prepare(&request.output)?;
    std::fs::create_dir_all(output.folder())?;
    write_comparison(&comparison, &definitions, &output.folder())?;
    output.commit()?;
    if !request.quiet {
        print!("{}", comparison_screen(&comparison, &request.output)?);
    }
    Ok(Exit::Clean)
}
