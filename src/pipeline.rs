//! The whole program as a table of contents: files → sheets → tables → keys → findings → readiness → reports.

use crate::definitions::{Definitions, Project};
use crate::evaluate::{Evaluated, Supplied, evaluate};
use crate::link::{Area, Conflict, Linked, link};
use crate::read::{FoundFile, Input, Limits, read_all};
use crate::readiness::{Counts, Readiness, count, grade};
use crate::report::Run;
use crate::standardise::{SheetReport, Standardised, place_of, standardise};
use anyhow::{Context, Result};
use polars::prelude::{DataFrame, DataType, Expr, IntoLazy, NULL, PolarsResult, col, lit};
use std::collections::BTreeMap;
use std::path::Path;

/// The tables in which working papers bring back what people wrote, and the fields that hold it.
const ANSWERS: [(&str, &[&str]); 3] = [
    ("ledger", &["resolution", "status", "found", "paper", "by", "date"]),
    ("matches", &["same"]),
    ("rehearsal", &["answer"]),
];

/// Everything that a check works out, before it is written.
#[derive(Debug)]
pub struct Checked {
    pub input: Input,
    /// `rows` are those of the area, where there are several.
    pub sheets: Vec<SheetReport>,
    pub linked: Linked,
    pub evaluated: Evaluated,
    pub counts: Counts,
    pub readiness: Readiness,
}

/// What people wrote into the last run's working papers, by table.
pub type Answers = BTreeMap<String, DataFrame>;

/// Tells how far a run has come: the stage's name, or a file that was read.
pub trait Progress: Sync {
    fn stage(&self, name: &str);
    fn file(&self, path: &str);
    /// How much the stage that has just ended had to do with.
    fn counted(&self, _what: &str, _number: usize) {}
    /// A part of the stage begins: a view.
    fn step(&self, _name: &str) {}
    /// Who is told of one area's stages, where several areas are checked at a time.
    fn apart(&self) -> Box<dyn Progress + '_> {
        Box::new(Silent)
    }
}

/// Tells nothing, where stages are not worth a line each.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str) {}
    fn file(&self, _path: &str) {}
}

/// Runs every stage. `ledger` is the one of the last run, in which people may have settled findings.
///
/// # Errors
/// Only when the program cannot run; what is wrong with the data is a finding.
pub fn check(
    files: &[FoundFile],
    definitions: &Definitions,
    project: &Project,
    ledger: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Checked> {
    check_and_look(files, definitions, project, ledger.as_slice(), &[], progress)
}

/// The same, with some views besides, which are not rules' (`indicators/views/`). `written` are the last run's working papers, in which people may have written.
///
/// # Errors
/// As [`check`].
pub fn check_and_look(
    files: &[FoundFile],
    definitions: &Definitions,
    project: &Project,
    written: &[&Path],
    views: &[&str],
    progress: &dyn Progress,
) -> Result<Checked> {
    progress.stage("读文件");
    let input = read_all(files, limits(definitions), &|path| progress.file(path));
    progress.counted("行", input.sheets.iter().map(|sheet| sheet.grid.len()).sum());
    let answers = answers(written, definitions)?;
    check_area(input, &Area::default(), definitions, project, &answers, views, progress)
}

/// Everything after reading, for one area (or for everything, which is one area by default).
///
/// # Errors
/// As [`check`].
pub fn check_area(
    input: Input,
    area: &Area,
    definitions: &Definitions,
    project: &Project,
    answers: &Answers,
    views: &[&str],
    progress: &dyn Progress,
) -> Result<Checked> {
    progress.stage("认表、规范");
    let mut standardised = standardise(&input, definitions, project).context("整理表格时出错")?;
    for (name, given) in answers {
        let mut given = given.clone();
        if let Some(own) = standardised.tables.get(name) {
            given.vstack_mut(own)?;
        }
        standardised.tables.insert(name.clone(), given);
    }
    let mut sheets = std::mem::take(&mut standardised.sheets);
    for at in area.guests.keys() {
        // A sheet of which only guests are here was not supplied here.
        if let Some(sheet) = sheets.get_mut(place_of(*at).0) {
            sheet.rows = sheet.rows.saturating_sub(1);
        }
    }
    progress.counted("条记录", sheets.iter().map(|sheet| sheet.rows).sum());
    progress.stage("认人、认户、认校");
    let step = |name: &str| progress.step(name);
    let mut linked = link(Standardised { sheets: Vec::new(), ..standardised }, definitions, project, area, &step)
        .context("关联各表时出错")?;
    progress.counted("条连到人", linked.counts.certain + linked.counts.probable);
    linked.questions.extend(linked.conflicts.iter().map(|conflict| contradiction(conflict, &input)));
    progress.stage("核对规则");
    let supplied = Supplied::new(&sheets, definitions);
    linked.tables.insert("sheet_fields".to_owned(), supplied.sheet_fields()?);
    let mut evaluated =
        evaluate(&linked.tables, &supplied, definitions, views, area, &step).context("核对规则时出错")?;
    progress.counted("处", evaluated.findings.len());
    progress.stage("评就绪度");
    let counts = count(&evaluated, definitions, area).context("评就绪度时出错")?;
    if area.several {
        evaluated.keep_own(area, definitions)?;
    }
    let readiness = grade(&counts, definitions);
    progress.counted("所学校", readiness.schools.len());
    Ok(Checked { input, sheets, linked, evaluated, counts, readiness })
}

/// What the last run's working papers bring back; the later paper's rows come first, as before what the input itself says.
///
/// # Errors
/// When polars fails.
pub fn answers(written: &[&Path], definitions: &Definitions) -> Result<Answers> {
    let mut all = Answers::new();
    for paper in written {
        answered(paper, &mut all, definitions).context("读上次填的台账时出错")?;
    }
    Ok(all)
}

fn answered(ledger: &Path, all: &mut Answers, definitions: &Definitions) -> PolarsResult<()> {
    let file = FoundFile { path: ledger.display().to_string(), full: ledger.to_path_buf(), error: None };
    let input = read_all(&[file], limits(definitions), &|_| {});
    let mut last = standardise(&input, definitions, &Project::default())?;
    for (name, fields) in ANSWERS {
        let Some(answers) = last.tables.remove(name) else { continue };
        let said = fields.iter().map(|field| col(*field).is_not_null()).reduce(Expr::or).unwrap_or_else(|| lit(false));
        // They have no place among the sheets of this input.
        let nowhere = lit(NULL).cast(DataType::Int64).alias("at");
        let mut answers = answers.lazy().filter(said).with_column(nowhere).collect()?;
        if let Some(before) = all.get(name) {
            answers.vstack_mut(before)?;
        }
        all.insert(name.to_owned(), answers);
    }
    Ok(())
}

/// Without names, because questions circulate.
fn contradiction(conflict: &Conflict, input: &Input) -> String {
    let file = |sheet: i64| {
        let sheet = usize::try_from(sheet).ok().and_then(|sheet| input.sheets.get(sheet));
        sheet.map_or("上次的结果", |sheet| sheet.file.as_str()).to_owned()
    };
    let (earlier, later) = (&conflict.earlier, &conflict.later);
    format!(
        "两处对同一个问题（户编号{}，{}）说法不同：「{}」写“{}”，「{}」写“{}”；用了后一份。",
        conflict.household_id,
        conflict.rule,
        file(earlier.1),
        earlier.0,
        file(later.1),
        later.0
    )
}

/// The limits on reading, from the settings.
#[must_use]
pub fn limits(definitions: &Definitions) -> Limits {
    let setting = |name| u64::try_from(definitions.settings.integer(name)).unwrap_or_default();
    Limits {
        max_columns: u32::try_from(setting("max-columns")).unwrap_or(u32::MAX),
        max_expanded: setting("max-expanded-mib") << 20,
        max_expansion: setting("max-expansion"),
    }
}

impl Checked {
    /// What the reports look at.
    #[must_use]
    pub fn run<'a>(&'a self, definitions: &'a Definitions, show_identities: bool) -> Run<'a> {
        Run {
            definitions,
            input: &self.input,
            sheets: &self.sheets,
            links: self.linked.counts,
            questions: &self.linked.questions,
            settled: &self.linked.settled,
            notes: &self.linked.notes,
            pairs: &self.linked.pairs,
            verdicts: &self.linked.verdicts,
            evaluated: &self.evaluated,
            readiness: &self.readiness,
            show_identities,
            packages: false,
            whole: None,
        }
    }
}
