//! Each area through the pipeline, some at a time, and added up in their order.

use super::guests::Areas;
use super::total::{Adding, Total};
use crate::definitions::{Definitions, Project};
use crate::pipeline::{Answers, Checked, Progress, check_area};
use crate::report::FindingsFile;
use crate::standardise::side_by_side;
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

/// Stages of single areas are not worth a line each.
struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str) {}
    fn file(&self, _path: &str) {}
}

/// Checks every area and adds the results up; each area's findings go to `findings` as they come.
///
/// # Errors
/// When the program cannot run: a store that was changed, a disk that is full.
pub fn check_areas(areas: &Areas<'_>, checks: &AreaChecks<'_>, findings: &mut FindingsFile) -> Result<Total> {
    let mut adding = Adding::new(areas.files(), areas.areas.len(), checks.definitions);
    let numbers: Vec<usize> = (0..areas.areas.len()).collect();
    for some in numbers.chunks(checks.at_a_time.max(1)) {
        let checked: Vec<Result<Checked>> = side_by_side(some.len(), |place| {
            let (input, area) = areas.load(some[place])?;
            check_area(input, &area, checks.definitions, checks.project, checks.answers, checks.views, &Silent)
        });
        for (number, checked) in some.iter().zip(checked) {
            let name = &areas.areas[*number].name;
            let checked = checked.with_context(|| format!("查「{name}」时出错"))?;
            findings.add(&checked.run(checks.definitions, checks.show_identities))?;
            adding.add(name, checked, checks.definitions)?;
            checks.progress.file(name);
        }
    }
    adding.finish(checks.definitions)
}
