//! One form as a sheet: title, the line of who and when, columns, rows, totals, notes, signatures; made for A4 landscape.

use super::rows::{Cell, Filled};
use crate::definitions::{FormColumn, Input};
use crate::report::ledger::{LINE_HEIGHT, wrapped};
use crate::report::wording::FormWords;
use anyhow::Result;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet};

/// A4 in the file format's list of papers.
const A4: u8 = 9;
/// The row of the column heads.
pub(super) const HEAD: u32 = 2;

/// How forms look.
pub(super) struct FormStyles {
    pub title: Format,
    pub line: Format,
    pub head: Format,
    pub cell: Format,
    pub number: Format,
    pub example: Format,
    pub note: Format,
}

impl FormStyles {
    pub fn new() -> Self {
        let text = || Format::new().set_font_name("宋体").set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let cell = || text().set_border(FormatBorder::Thin).set_text_wrap();
        Self {
            title: text().set_font_size(16).set_bold().set_align(FormatAlign::Center),
            line: text(),
            head: cell().set_bold().set_align(FormatAlign::Center),
            // Text, so that a number typed here stays whole.
            cell: cell().set_num_format("@"),
            number: cell().set_num_format("0.##").set_align(FormatAlign::Center),
            example: cell().set_num_format("@").set_italic().set_font_color("#7F7F7F"),
            note: text(),
        }
    }
}

/// Who fills a form in, and for when.
pub(super) struct Heading<'h> {
    pub school: &'h str,
    pub term: &'h str,
    pub date: &'h str,
}

impl Heading<'_> {
    /// A line of the wording with its blanks filled.
    pub fn fill(&self, line: &str) -> String {
        line.replace("{school}", self.school).replace("{term}", self.term).replace("{date}", self.date)
    }
}

/// Title, line, column heads and page set-up: what filled forms and templates share.
pub(super) fn frame(
    sheet: &mut Worksheet,
    (title, columns): (&str, &[&FormColumn]),
    heading: &Heading<'_>,
    words: &FormWords,
    styles: &FormStyles,
) -> Result<()> {
    let last = u16::try_from(columns.len().saturating_sub(1))?;
    sheet.merge_range(0, 0, 0, last.max(1), title, &styles.title)?;
    sheet.set_row_height(0, 30)?;
    sheet.write_with_format(1, 0, heading.fill(&words.unit_line), &styles.line)?;
    let mut lines = 1;
    for (column, definition) in (0_u16..).zip(columns) {
        sheet.write_with_format(HEAD, column, &definition.title, &styles.head)?;
        sheet.set_column_width(column, definition.width)?;
        lines = lines.max(wrapped(&definition.title, definition.width));
    }
    sheet.set_row_height(HEAD, LINE_HEIGHT * lines + 4)?;
    sheet.set_freeze_panes(HEAD + 1, 0)?;
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_repeat_rows(0, HEAD)?;
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    Ok(())
}

/// A filled form, of one school or of all.
pub(super) fn write(
    sheet: &mut Worksheet,
    filled: &Filled<'_>,
    school: Option<&str>,
    heading: &Heading<'_>,
    words: &FormWords,
    styles: &FormStyles,
) -> Result<()> {
    frame(sheet, (&filled.form.title, &filled.columns), heading, words, styles)?;
    sheet.set_footer(&words.page_footer);
    let rows = filled.of(school);
    let mut at = HEAD + 1;
    for (number, row) in (1_u32..).zip(&rows) {
        let mut lines = 1;
        for ((column, definition), cell) in (0_u16..).zip(&filled.columns).zip(*row) {
            match cell {
                _ if definition.input == Input::Number => {
                    sheet.write_with_format(at, column, number, &styles.number)?
                }
                Cell::Number(value) => sheet.write_with_format(at, column, *value, &styles.number)?,
                // Always a string, so that what starts with = + - @ stays text.
                Cell::Text(text) => {
                    lines = lines.max(wrapped(text, definition.width));
                    sheet.write_string_with_format(at, column, text, &styles.cell)?
                }
            };
        }
        sheet.set_row_height(at, LINE_HEIGHT * lines + 3)?;
        at += 1;
    }
    at = totals(sheet, filled, &rows, at, words, styles)?;
    for (number, note) in (1_u32..).zip(&filled.form.notes) {
        sheet.write_with_format(at, 0, format!("说明{number}：{note}"), &styles.note)?;
        at += 1;
    }
    sheet.write_with_format(at + 1, 0, &words.signatures, &styles.line)?;
    Ok(())
}

/// The line of totals and the counts by value; the first free row below.
fn totals(
    sheet: &mut Worksheet,
    filled: &Filled<'_>,
    rows: &[&[Cell]],
    at: u32,
    words: &FormWords,
    styles: &FormStyles,
) -> Result<u32> {
    let people = if rows.is_empty() { words.nobody.clone() } else { format!("{} 人", rows.len()) };
    for (column, definition) in (0_u16..).zip(&filled.columns) {
        let place = usize::from(column);
        if column == 0 {
            sheet.write_with_format(at, column, &words.total, &styles.head)?;
        } else if column == 1 {
            sheet.write_with_format(at, column, &people, &styles.head)?;
        } else if definition.total {
            let sum: f64 = rows.iter().map(|row| if let Cell::Number(value) = row[place] { value } else { 0.0 }).sum();
            sheet.write_with_format(at, column, sum, &styles.number)?;
        } else {
            sheet.write_blank(at, column, &styles.cell)?;
        }
    }
    let mut at = at + 1;
    for (place, definition) in filled.columns.iter().enumerate().filter(|(_, column)| column.tally) {
        let counts = filled.tally(place, rows);
        if !counts.is_empty() {
            let parts: Vec<String> = counts.iter().map(|(value, count)| format!("{value} {count} 人")).collect();
            let line = format!("{}（{}）：{}", words.total, definition.title, parts.join("，"));
            sheet.write_with_format(at, 0, line, &styles.note)?;
            at += 1;
        }
    }
    Ok(at)
}
