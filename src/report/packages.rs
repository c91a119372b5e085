//! `学校包/`: a workbook a school with its own findings and nothing of other schools', to fill in, sign and send back.
//!
//! The sheet is the ledger's with fewer columns, so that it can be printed; a package among the papers of the next check is read back as a ledger is.

use super::Run;
use super::ledger::{Styles, by_school, new_workbook, school_sheet, sheet_name};
use super::wording::Wording;
use crate::readiness::NO_SCHOOL;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// Writes the packages of all schools, those without findings too: a package of an earlier run must not stay.
pub fn write(run: &Run<'_>, wording: &Wording, folder: &Path) -> Result<()> {
    let words = &wording.ledger;
    let folder = folder.join(&words.package_folder);
    std::fs::create_dir_all(&folder).context("建不了学校包的文件夹")?;
    let styles = Styles::new();
    let note = styles.note.clone().unset_text_wrap();
    let mut taken = BTreeSet::new();
    let mut schools = by_school(run);
    for school in &run.readiness.schools {
        schools.entry(school.name.clone()).or_default();
    }
    for (school, findings) in schools.iter().filter(|(school, _)| school.as_str() != NO_SCHOOL) {
        let mut book = new_workbook(run.definitions, school)?;
        // A name that is good for a sheet is good for a file.
        let name = sheet_name(school, &mut taken);
        let sheet = book.add_worksheet().set_name(&name)?;
        let below = school_sheet(run, wording, &words.package_column, &styles, (sheet, school), findings)?;
        sheet.write_with_format(below + 1, 0, &words.package_about, &note)?;
        sheet.write_with_format(below + 3, 0, &words.package_signatures, &note)?;
        let path = folder.join(format!("{name}.xlsx"));
        book.save(&path).with_context(|| format!("写不出「{}」", path.display()))?;
    }
    Ok(())
}
