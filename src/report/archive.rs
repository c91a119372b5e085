//! How far each school's archive is: sixteen categories and the papers named in two of them, what is missing, and by when.

use super::Run;
use super::ledger::Styles;
use super::wording::Wording;
use crate::definitions::{Attribute, Code, Definitions};
use anyhow::Result;
use polars::prelude::{DataFrame, PolarsResult};
use rust_xlsxwriter::{Color, Workbook};
use serde::Serialize;
use std::collections::BTreeMap;

/// The views that the archive is read from.
pub const VIEWS: [&str; 2] = ["archives", "archive_items"];

/// How far one category, or one named paper, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shelf {
    Full,
    /// Something of it is missing, unsigned or undated.
    Partly,
    Missing,
    /// The school lists no single papers of this category.
    Unlisted,
}

impl Shelf {
    /// A shape that tells it without colour.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Full => "●",
            Self::Partly => "▲",
            Self::Missing => "■",
            Self::Unlisted => "—",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partly => "partly",
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
        }
    }
}

/// A column of the heat map: a category, or a paper of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// `4`, or `4①`.
    pub head: String,
    pub label: String,
}

/// Something that a school still has to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub school: String,
    pub category: String,
    pub what: String,
    /// The day by which it is due, and how far off that is.
    pub due: String,
    pub left: String,
}

/// A school, how many categories are full, and the mark and name of each shelf.
pub type PageRow = (String, usize, Vec<(&'static str, &'static str)>);

/// The archives of all schools that handed in a list.
#[derive(Debug, Default)]
pub struct Archive {
    pub columns: Vec<Column>,
    /// The school, and how far each column is.
    pub schools: Vec<(String, Vec<Shelf>)>,
    pub gaps: Vec<Gap>,
}

/// Reads the views; nothing where no list was handed in.
///
/// # Errors
/// When a view lacks a column.
pub fn archive(run: &Run<'_>) -> Result<Option<Archive>> {
    let (Some(Ok(shelves)), Some(Ok(papers))) = (run.evaluated.asked.get(VIEWS[0]), run.evaluated.asked.get(VIEWS[1]))
    else {
        return Ok(None);
    };
    let (Some(categories), Some(named)) =
        (run.definitions.codes.get("archive_category"), run.definitions.codes.get("archive_item"))
    else {
        return Ok(None);
    };
    let papers = read_papers(papers)?;
    let mut archive = Archive::default();
    for category in &categories.codes {
        archive.columns.push(Column { head: category.code.clone(), label: category.label.clone() });
        for item in of_category(&named.codes, &category.code) {
            archive.columns.push(Column { head: numbered(&item.code), label: item.label.clone() });
        }
    }
    let mut schools: BTreeMap<String, BTreeMap<String, (i64, i64)>> = BTreeMap::new();
    let text = |name: &str| -> PolarsResult<Vec<String>> {
        Ok(shelves.column(name)?.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    };
    let (names, codes) = (text("school")?, text("category")?);
    let (held, items) = (numbers(shelves, "held")?, numbers(shelves, "items")?);
    for row in 0..shelves.height() {
        schools.entry(names[row].clone()).or_default().insert(codes[row].clone(), (held[row], items[row]));
    }
    for (school, shelves) in schools {
        let mut row = Vec::new();
        for category in &categories.codes {
            let (held, items) = shelves.get(&category.code).copied().unwrap_or_default();
            let own: Vec<&Paper> = papers
                .get(&format!("{school}/{}", category.code))
                .map(|papers| papers.iter().collect())
                .unwrap_or_default();
            let wanting: Vec<String> = own.iter().filter_map(|paper| paper.wanting()).collect();
            row.push(match (held, wanting.is_empty()) {
                (0, _) => Shelf::Missing,
                (_, true) => Shelf::Full,
                _ => Shelf::Partly,
            });
            for item in of_category(&named.codes, &category.code) {
                let paper = own.iter().find(|paper| paper.item == item.code);
                row.push(match paper {
                    _ if held == 0 => Shelf::Missing,
                    _ if items == 0 => Shelf::Unlisted,
                    None => Shelf::Missing,
                    Some(paper) if paper.absent => Shelf::Missing,
                    Some(paper) if paper.wanting().is_some() => Shelf::Partly,
                    Some(_) => Shelf::Full,
                });
            }
            let (due, left) = due(category, run.definitions);
            let whole = if held == 0 { vec!["整类没有".to_owned()] } else { wanting };
            let shown = if school.is_empty() { crate::readiness::NO_SCHOOL.to_owned() } else { school.clone() };
            archive.gaps.extend(whole.into_iter().map(|what| Gap {
                school: shown.clone(),
                category: format!("{} {}", category.code, category.label),
                what,
                due: due.clone(),
                left: left.clone(),
            }));
        }
        let shown = if school.is_empty() { crate::readiness::NO_SCHOOL.to_owned() } else { school };
        archive.schools.push((shown, row));
    }
    // Those with the most to do first.
    let mut rows = std::mem::take(&mut archive.schools);
    rows.sort_by(|a, b| archive.full(&a.1).cmp(&archive.full(&b.1)).then_with(|| a.0.cmp(&b.0)));
    archive.schools = rows;
    Ok(Some(archive))
}

/// One line of a school's list, or a paper that the list lacks.
struct Paper {
    item: String,
    label: String,
    absent: bool,
    unsigned: bool,
    undated: bool,
}

impl Paper {
    fn wanting(&self) -> Option<String> {
        let mut what = Vec::new();
        if self.absent {
            what.push("缺");
        } else {
            what.extend(self.unsigned.then_some("没有签字盖章"));
            what.extend(self.undated.then_some("没有归档日期"));
        }
        let label = if self.label.is_empty() { String::new() } else { format!("{}：", self.label) };
        (!what.is_empty()).then(|| format!("{label}{}", what.join("、")))
    }
}

/// By school and category.
fn read_papers(frame: &DataFrame) -> PolarsResult<BTreeMap<String, Vec<Paper>>> {
    let (units, items, labels) =
        (frame.column("unit")?.str()?, frame.column("item")?.str()?, frame.column("item_label")?.str()?);
    let flag = |name: &str| frame.column(name)?.bool().cloned();
    let (present, unlisted, unsigned, undated) =
        (flag("present")?, flag("unlisted")?, flag("unsigned")?, flag("undated")?);
    let mut papers: BTreeMap<String, Vec<Paper>> = BTreeMap::new();
    for row in 0..frame.height() {
        let Some(unit) = units.get(row) else { continue };
        papers.entry(unit.to_owned()).or_default().push(Paper {
            item: items.get(row).unwrap_or_default().to_owned(),
            label: labels.get(row).unwrap_or_default().to_owned(),
            absent: unlisted.get(row).unwrap_or(false) || present.get(row) == Some(false),
            unsigned: unsigned.get(row).unwrap_or(false),
            undated: undated.get(row).unwrap_or(false),
        });
    }
    for list in papers.values_mut() {
        list.sort_by(|a, b| (&a.item, &a.label).cmp(&(&b.item, &b.label)));
    }
    Ok(papers)
}

fn numbers(frame: &DataFrame, name: &str) -> PolarsResult<Vec<i64>> {
    Ok(frame
        .column(name)?
        .cast(&polars::prelude::DataType::Int64)?
        .i64()?
        .iter()
        .map(Option::unwrap_or_default)
        .collect())
}

/// The named papers of a category, by their codes.
fn of_category<'c>(items: &'c [Code], category: &str) -> Vec<&'c Code> {
    let mut own: Vec<&Code> = items.iter().filter(|item| attribute(item, "category") == category).collect();
    own.sort_by(|a, b| a.code.cmp(&b.code));
    own
}

fn attribute<'c>(code: &'c Code, wanted: &str) -> &'c str {
    code.attributes
        .iter()
        .find_map(|(name, value)| match value {
            Attribute::Text(text) if name == wanted => Some(text.as_str()),
            _ => None,
        })
        .unwrap_or_default()
}

/// `4①` for `4-1`.
fn numbered(code: &str) -> String {
    const RINGS: [&str; 10] = ["", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨"];
    match code
        .split_once('-')
        .and_then(|(category, number)| Some((category, RINGS.get(number.parse::<usize>().ok()?)?)))
    {
        Some((category, ring)) => format!("{category}{ring}"),
        None => code.to_owned(),
    }
}

/// When a category is due, and how far that is from the reference date.
fn due(category: &Code, definitions: &Definitions) -> (String, String) {
    let settings = &definitions.settings;
    let own = attribute(category, "due");
    let day = if own.is_empty() { settings.text("archive-due") } else { own.to_owned() };
    let left = match (days(&day), days(&settings.text("reference-date"))) {
        (Some(due), Some(today)) if due < today => format!("已过 {} 天", today - due),
        (Some(due), Some(today)) => format!("还有 {} 天", due - today),
        _ => String::new(),
    };
    (day, left)
}

fn days(text: &str) -> Option<i32> {
    crate::standardise::date::parse(text).map(|moment| moment.days())
}

impl Archive {
    /// How many of a school's sixteen categories are full.
    #[must_use]
    pub fn full(&self, row: &[Shelf]) -> usize {
        let category = |column: &Column| column.head.chars().all(|letter| letter.is_ascii_digit());
        self.columns.iter().zip(row).filter(|(column, shelf)| category(column) && **shelf == Shelf::Full).count()
    }

    /// The rows as the page's template takes them.
    #[must_use]
    pub fn for_page(&self) -> Vec<PageRow> {
        let cells = |row: &[Shelf]| row.iter().map(|shelf| (shelf.mark(), shelf.name())).collect();
        let row = |(school, row): &(String, Vec<Shelf>)| (school.clone(), self.full(row), cells(row));
        self.schools.iter().map(row).collect()
    }
}

/// Two sheets of `指标汇总.xlsx`: the map, and what is missing.
pub(super) fn sheets(archive: &Archive, wording: &Wording, styles: &Styles, book: &mut Workbook) -> Result<()> {
    let words = &wording.archive;
    let map = book.add_worksheet().set_name(&words.map_sheet)?;
    map.write_with_format(0, 0, &words.map_title, &styles.title)?;
    map.write_with_format(1, 0, &words.legend, &styles.note.clone().unset_text_wrap())?;
    map.set_column_width(0, 24)?.set_column_width(1, 9)?;
    map.write_with_format(2, 0, "学校", &styles.header)?.write_with_format(2, 1, "齐的类数", &styles.header)?;
    for (column, definition) in (2_u16..).zip(&archive.columns) {
        map.write_with_format(2, column, format!("{} {}", definition.head, definition.label), &styles.header)?;
        map.set_column_width(column, 7.5)?;
    }
    map.set_row_height(2, 110)?;
    for (row, (school, shelves)) in (3_u32..).zip(&archive.schools) {
        map.write_string_with_format(row, 0, school, &styles.cell)?;
        map.write_with_format(row, 1, u32::try_from(archive.full(shelves))?, &styles.number)?;
        for (column, shelf) in (2_u16..).zip(shelves) {
            let plain = styles.number.clone();
            let format = match shelf {
                Shelf::Full | Shelf::Unlisted => plain,
                Shelf::Partly => plain.set_background_color(Color::RGB(0x00F6_DFA8)),
                Shelf::Missing => plain.set_background_color(Color::RGB(0x008C_1D18)).set_font_color(Color::White),
            };
            map.write_string_with_format(row, column, shelf.mark(), &format)?;
        }
    }
    map.set_freeze_panes(3, 1)?;
    map.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 2)?;
    let list = book.add_worksheet().set_name(&words.gap_sheet)?;
    list.write_with_format(0, 0, &words.gap_title, &styles.title)?;
    for (column, (title, width)) in (0_u16..).zip(words.gap_titles.iter().zip(&words.gap_widths)) {
        list.write_with_format(1, column, title, &styles.header)?.set_column_width(column, *width)?;
    }
    for (row, gap) in (2_u32..).zip(&archive.gaps) {
        for (column, text) in (0_u16..).zip([&gap.school, &gap.category, &gap.what, &gap.due, &gap.left]) {
            list.write_string_with_format(row, column, text, &styles.cell)?;
        }
    }
    if archive.gaps.is_empty() {
        list.write_with_format(2, 0, &words.complete, &styles.note.clone().unset_text_wrap())?;
    }
    list.set_freeze_panes(2, 0)?;
    list.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 1)?;
    Ok(())
}
