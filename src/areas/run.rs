//! Each area through the pipeline, some at a time, and added up in their order.

use super::guests::Areas;
use super::total::{Adding, Total};
use crate::definitions::{Definitions, Project};
use crate::pipeline::{Answers, Checked, Progress, check_area};
use crate::report::FindingsFile;
use crate::standardise::in_order;
use anyhow::{Context, Result};

/// What every area's check needs.
pub struct AreaChecks<'a> {
    pub definitions: &'a Definitions,
    pub project: &'a Project,
    pub answers: &'a Answers,
    /// Views that are asked for besides the rules'.
    pub views: &'a [&'a str],
    pub show_identities: bool,
    /// Areas in memory at a time.
    pub at_a_time: usize,
    pub progress: &'a dyn Progress,
}

/// Checks every area and adds the results up; each area's findings go to `findings` as they come.
///
/// # Errors
/// When the program cannot run: a store that was changed, a disk that is full.
pub fn check_areas(areas: &Areas<'_>, checks: &AreaChecks<'_>, findings: &mut FindingsFile) -> Result<Total> {
    let mut adding = Adding::new(areas.files(), areas.areas.len(), checks.definitions);
    let alone = areas.areas.len() == 1;
    let check = |number: usize| -> Result<Checked> {
        let (definitions, project) = (checks.definitions, checks.project);
        let apart = checks.progress.apart();
        let progress = if alone { checks.progress } else { &*apart };
        progress.stage("取出");
        let (input, area) = areas.load(number)?;
        let mut checked = check_area(input, &area, definitions, project, checks.answers, checks.views, progress)?;
        // Only findings and counts are added up.
        checked.linked.tables.clear();
        checked.evaluated.units.clear();
        Ok(checked)
    };
    in_order(areas.areas.len(), checks.at_a_time, check, |number, checked| -> Result<()> {
        let name = &areas.areas[number].name;
        let checked = checked.with_context(|| format!("查「{name}」时出错"))?;
        findings.add(&checked.run(checks.definitions, checks.show_identities))?;
        adding.add(name, checked, checks.definitions)?;
        checks.progress.file(name);
        Ok(())
    })?;
    adding.finish(checks.definitions)
}
