//! What a title, a sheet name or a file name says that no column does: school, term, grade, class, stage, aid item.

use super::codes::Coders;
use super::grammar;
use super::text::{clean, compact, numerals};
use crate::definitions::{Definitions, Field, Kind};
use crate::read::Sheet;

/// Rows above the header that may be titles.
const TITLE_ROWS: usize = 6;

/// A value that stands outside the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub field: String,
    pub value: String,
    /// Where it was found: 标题, 表名, 文件名, zicha.toml.
    pub from: &'static str,
}

/// Texts that may say what a sheet is about, nearest first: title rows above `header`, sheet name, file name, folder.
#[must_use]
pub fn titles(sheet: &Sheet, header: u32) -> Vec<(&'static str, String)> {
    let mut texts = Vec::new();
    for index in 0..sheet.grid.len().min(TITLE_ROWS) {
        if sheet.grid.row_number(index) >= header {
            break;
        }
        texts.extend(sheet.grid.row(index).take(4).map(|(_, text)| ("标题", clean(text).into_owned())));
    }
    texts.push(("表名", clean(&sheet.name).into_owned()));
    let mut parts = sheet.file.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    texts.push(("文件名", clean(stem).into_owned()));
    texts.extend(parts.next().map(|folder| ("文件夹名", clean(folder).into_owned())));
    texts
}

/// Folders above a file that are named `name=value`, as partitioned data is stored: `县=渭新区/乡镇=永宁镇`; the nearest first.
#[must_use]
pub fn partitions(file: &str) -> Vec<(String, String)> {
    let folders = file.rsplit('/').skip(1);
    folders
        .filter_map(|folder| folder.split_once('='))
        .map(|(name, value)| (clean(name).into_owned(), clean(value).into_owned()))
        .collect()
}

/// The value of a field in one of the texts.
#[must_use]
pub fn find(
    field: &Field,
    texts: &[(&'static str, String)],
    definitions: &Definitions,
    coders: &Coders<'_>,
) -> Option<Filled> {
    texts.iter().find_map(|(from, text)| {
        let value = match field.kind {
            Kind::School => school(text, definitions),
            Kind::Term => term(text, definitions),
            Kind::Grade => grade(text, definitions),
            // A whole name is looked up as it is; a longer text only by the list's patterns.
            Kind::Code | Kind::Stage => coders.of(field).and_then(|coder| coder.one(text)).map(str::to_owned),
            _ if field.name == "class" => class(text, definitions),
            _ => None,
        };
        value.map(|value| Filled { field: field.name.clone(), value, from })
    })
}

/// The first school name in a text.
fn school(text: &str, definitions: &Definitions) -> Option<String> {
    let words = &definitions.words;
    let mut rest = text.to_owned();
    for pattern in words.term_in_title.iter() {
        // Terms are written with Chinese numerals too; what precedes a name is cut by `before_school`.
        rest = pattern.replace_all(&rest, "，").into_owned();
    }
    words.school_in_title.iter().find_map(|pattern| {
        pattern.find_iter(&rest).find_map(|found| {
            let mut name = found.as_str();
            for before in &words.before_school {
                name = before.find(name).map_or(name, |cut| &name[cut.end()..]);
            }
            (name.chars().count() >= 4).then(|| name.to_owned())
        })
    })
}

fn term(text: &str, definitions: &Definitions) -> Option<String> {
    let text = numerals(text);
    definitions
        .words
        .term_in_title
        .iter()
        .flat_map(|pattern| pattern.find_iter(&text))
        .map(|found| found.as_str().to_owned())
        .find(|found| grammar::term(found, &definitions.terms).is_some())
}

/// The grade in a text, in the text's own characters.
fn grade(text: &str, definitions: &Definitions) -> Option<String> {
    let own: Vec<char> = compact(text).chars().collect();
    let text = numerals(text);
    if grammar::grade(&text, &definitions.grades).is_some_and(|grade| grade.number > 0)
        && text.chars().any(|letter| matches!(letter, '班' | '级' | '('))
    {
        return Some(own.into_iter().collect());
    }
    let found = definitions.words.grade_in_title.iter().find_map(|pattern| pattern.find(&text))?;
    // Numerals are replaced one for one, so that places agree.
    let from = text[..found.start()].chars().count();
    Some(own.into_iter().skip(from).take(found.as_str().chars().count()).collect())
}

fn class(text: &str, definitions: &Definitions) -> Option<String> {
    grammar::grade(&grade(text, definitions)?, &definitions.grades)?.class
}
