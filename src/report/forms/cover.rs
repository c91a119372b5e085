//! The cover of a book of forms: what is inside, who fills it in, who signs.

use super::rows::Filled;
use super::sheet::{FormStyles, Heading};
use crate::report::wording::FormWords;
use anyhow::Result;
use rust_xlsxwriter::{FormatAlign, Worksheet};

/// Writes the cover; the counts are those of the rows that follow it.
pub(super) fn write(
    sheet: &mut Worksheet,
    (title, forms): (&str, &[Filled<'_>]),
    school: Option<&str>,
    heading: &Heading<'_>,
    words: &FormWords,
    styles: &FormStyles,
) -> Result<()> {
    sheet.set_name(&words.cover_sheet)?;
    sheet.set_column_width(0, 14)?.set_column_width(1, 78)?.set_column_width(2, 14)?;
    let big = styles.title.clone().set_font_size(22);
    sheet.merge_range(0, 0, 0, 2, &format!("{title}{}", words.cover_title), &big)?.set_row_height(0, 90)?;
    let line = styles.line.clone().set_font_size(14);
    let mut at = 2;
    for text in &words.cover_lines {
        sheet.write_with_format(at, 1, heading.fill(text), &line)?.set_row_height(at, 26)?;
        at += 1;
    }
    at += 1;
    sheet.write_with_format(at, 1, &words.cover_tables, &styles.head)?;
    sheet.write_with_format(at, 2, "人数", &styles.head)?;
    for filled in forms {
        at += 1;
        sheet.write_with_format(at, 1, &filled.form.title, &styles.cell)?;
        sheet.write_with_format(at, 2, u32::try_from(filled.of(school).len())?, &styles.number)?;
        sheet.set_row_height(at, 22)?;
    }
    let signatures = styles.line.clone().set_font_size(11).set_align(FormatAlign::Center);
    sheet.merge_range(at + 4, 0, at + 4, 2, &words.signatures, &signatures)?.set_row_height(at + 4, 30)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 1).set_print_center_horizontally(true);
    Ok(())
}
