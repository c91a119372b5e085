//! The tables that offices ask for (`reports/forms/*.toml`): filled from the linked data, or empty to fill in.

mod aid;
mod cards;
mod cover;
mod notices;
mod pupils;
mod rows;
mod sheet;
mod template;

pub use aid::{AidTold, TermItem, yuan};
pub use rows::{Cell, Filled, fill, iso};

use super::Run;
use super::ledger::{new_workbook, sheet_name};
use super::wording::Wording;
use crate::definitions::{Definitions, term_name};
use anyhow::{Context, Result};
use rayon::prelude::*;
use sheet::{FormStyles, Heading};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The view of what each person got.
const AID: &str = "aid_terms";
/// The view of who studies where.
const STUDYING: &str = "studying";

/// The views that filling forms asks for.
#[must_use]
pub fn views(definitions: &Definitions) -> Vec<&str> {
    let own = definitions.forms.iter().filter(|form| form.book.is_some()).filter_map(|form| form.view.as_deref());
    own.chain([AID, STUDYING, cards::HELPED, cards::FAMILIES]).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What each person got; nothing where no table tells it.
///
/// # Errors
/// When the view lacks a column.
pub fn aid_told(run: &Run<'_>) -> Result<AidTold> {
    Ok(match run.evaluated.asked.get(AID) {
        Some(Ok(frame)) => AidTold::new(frame)?,
        _ => AidTold::default(),
    })
}

/// What was written, for the screen.
#[derive(Debug, Default)]
pub struct Written {
    /// A line a kind of paper.
    pub lines: Vec<String>,
    /// What was not, with the reason.
    pub left_out: Vec<String>,
}

/// Writes everything below `folder`, which exists.
///
/// # Errors
/// When a file cannot be made or written.
pub fn write_all(run: &Run<'_>, folder: &Path) -> Result<Written> {
    let aid = aid_told(run)?;
    let mut written = Written::default();
    let wording = Wording::load(&run.definitions.sources)?;
    write_books(run, &wording, &aid, folder, &mut written)?;
    let pupils = match run.evaluated.asked.get(STUDYING) {
        Some(Ok(frame)) => pupils::pupils(frame)?,
        _ => Vec::new(),
    };
    notices::write(run, &wording.forms, &pupils, &aid, folder, &mut written)?;
    notices::letters(run, &wording.forms, &pupils, folder, &mut written)?;
    cards::write(run, &wording, &pupils, &aid, folder, &mut written)?;
    Ok(written)
}

/// What the terminal says.
#[must_use]
pub fn screen(run: &Run<'_>, written: &Written, output: &Path) -> String {
    let mut out = format!("填好的表在「{}」（统计表和函里姓名、证件号码是全的，请妥善保管）：\n", output.display());
    for line in &written.lines {
        out.push_str(&format!("  {line}\n"));
    }
    for line in &written.left_out {
        out.push_str(&format!("  {line}\n"));
    }
    let errors = run.severities()[0];
    if errors > 0 {
        out.push_str(&format!("这些材料里还有 {errors} 处错误没有更正，先运行 zicha check 看一遍再上报。\n"));
    }
    out
}

/// Writes every book of forms: one for the township and one for each school.
fn write_books(run: &Run<'_>, wording: &Wording, aid: &AidTold, folder: &Path, written: &mut Written) -> Result<()> {
    let mut books: BTreeMap<&str, Vec<Filled<'_>>> = BTreeMap::new();
    for form in &run.definitions.forms {
        let (Some(book), Some(view)) = (&form.book, &form.view) else { continue };
        match run.evaluated.asked.get(view) {
            Some(Ok(frame)) => {
                books.entry(book).or_default().push(fill(form, frame, aid, run.definitions, &wording.forms)?)
            }
            Some(Err(reason)) => written.left_out.push(format!("「{}」没有填：{reason}", form.title)),
            None => {}
        }
    }
    for (name, forms) in &books {
        write_book(run, wording, (name, forms), None, &folder.join(format!("{name}.xlsx")))?;
        let schools: BTreeSet<&str> = forms.iter().flat_map(Filled::schools).collect();
        let place = folder.join(format!("{name}{}", wording.forms.schools_folder));
        std::fs::create_dir_all(&place).context("建不了各校的文件夹")?;
        let files = school_files(schools.into_iter(), "xlsx");
        files
            .par_iter()
            .try_for_each(|(school, file)| write_book(run, wording, (name, forms), Some(school), &place.join(file)))?;
        let counts: Vec<String> =
            forms.iter().map(|filled| format!("{} {} 人", filled.form.sheet, filled.rows.len())).collect();
        written.lines.push(format!("{name}.xlsx：{}；各校一份共 {} 所", counts.join("，"), files.len()));
    }
    Ok(())
}

/// A file name for each school, unlike any other.
fn school_files<'s>(schools: impl Iterator<Item = &'s str>, ending: &str) -> Vec<(&'s str, String)> {
    let mut taken = BTreeSet::new();
    schools.map(|school| (school, format!("{}.{ending}", sheet_name(school, &mut taken)))).collect()
}

fn write_book(
    run: &Run<'_>,
    wording: &Wording,
    (name, forms): (&str, &[Filled<'_>]),
    school: Option<&str>,
    path: &Path,
) -> Result<()> {
    let words = &wording.forms;
    let styles = FormStyles::new();
    let term = term_name(run.definitions.settings.current_term());
    let date = run.definitions.settings.text("reference-date");
    let heading = Heading { school: school.unwrap_or(&words.township), term: &term, date: &date };
    let mut book = new_workbook(run.definitions, name)?;
    cover::write(book.add_worksheet(), (name, forms), school, &heading, words, &styles)?;
    for filled in forms {
        let sheet = book.add_worksheet().set_name(&filled.form.sheet)?;
        sheet::write(sheet, filled, school, &heading, words, &styles)?;
    }
    book.save(path).with_context(|| format!("写不出「{}」", path.display()))?;
    Ok(())
}

/// Writes an empty workbook for every form, with the school's name where it is known.
///
/// # Errors
/// When a file cannot be written.
pub fn write_templates(definitions: &Definitions, school: Option<&str>, folder: &Path) -> Result<Vec<String>> {
    let wording = Wording::load(&definitions.sources)?;
    let term = term_name(definitions.settings.current_term());
    let date = definitions.settings.text("reference-date");
    let heading = Heading { school: school.unwrap_or(&wording.forms.blank_school), term: &term, date: &date };
    let mut written = Vec::new();
    for form in &definitions.forms {
        let file = format!("{}.xlsx", form.sheet);
        template::write(form, definitions, &heading, &wording.forms, &folder.join(&file))?;
        written.push(file);
    }
    Ok(written)
}
