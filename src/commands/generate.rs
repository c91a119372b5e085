//! `zicha generate`: an invented township in the shapes of real files, with known defects.

use super::Exit;
use crate::simulate::{self, Township};
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// What to invent.
#[derive(Debug, Clone)]
pub struct GenerateRequest {
    pub output: PathBuf,
    pub township: Township,
}

/// Invents a township; the truth goes beside the folder, never into it.
///
/// # Errors
/// When the folder holds something already, or cannot be written.
pub fn generate(request: &GenerateRequest) -> Result<Exit> {
    let filled = std::fs::read_dir(&request.output).is_ok_and(|mut entries| entries.next().is_some());
    if filled {
        bail!("「{}」里已有文件。请换一个空文件夹，以免混在一起。", request.output.display());
    }
    let truth = truth_folder(&request.output);
    let summary = simulate::write_township(&request.output, &truth, &request.township)?;
    println!(
        "虚构了 {} 户 {} 人，{} 个文件，埋下 {} 处问题。",
        summary.households, summary.persons, summary.files, summary.defects
    );
    println!(
        "文件在 {}，答案在 {}：truth.csv 是埋下的问题，indicators.json 是普查数字。",
        request.output.display(),
        truth.display()
    );
    Ok(Exit::Clean)
}

/// `DIR.truth` beside `DIR`.
fn truth_folder(output: &Path) -> PathBuf {
    let mut name = output.file_name().unwrap_or_default().to_os_string();
    name.push(".truth");
    output.with_file_name(name)
}
