//! Empty forms to fill in: drop-downs, input checks, an example row; read back without a mapping.

use super::sheet::{FormStyles, HEAD, Heading, frame};
use crate::definitions::{Definitions, Form, FormColumn, Input};
use crate::read::column_letters;
use crate::report::ledger::new_workbook;
use crate::report::wording::FormWords;
use anyhow::{Context, Result};
use rust_xlsxwriter::{DataValidation, DataValidationRule, ExcelDateTime, Formula, Workbook, Worksheet};
use std::path::Path;

/// What the file format allows for a list written into a check.
const LONGEST_LIST: usize = 255;
/// A day before which no date of a form lies.
const EARLIEST: (u16, u8, u8) = (1900, 1, 1);
const LATEST: (u16, u8, u8) = (2099, 12, 31);

/// Writes the template of one form.
pub(super) fn write(
    form: &Form,
    definitions: &Definitions,
    heading: &Heading<'_>,
    words: &FormWords,
    path: &Path,
) -> Result<()> {
    let styles = FormStyles::new();
    let mut book = new_workbook(definitions, &form.title)?;
    let current = i64::from(definitions.settings.school_year());
    let shown = |column: &&FormColumn| {
        column.spread.is_none_or(|spread| {
            spread != crate::definitions::Spread::Years
                || column.code.as_ref().and_then(|code| code.parse().ok()).is_some_and(|year: i64| year <= current)
        })
    };
    let columns: Vec<&FormColumn> = form.columns.iter().filter(shown).collect();
    let sheet = book.add_worksheet().set_name(&form.sheet)?;
    frame(sheet, (&form.title, &columns), heading, words, &styles)?;
    sheet.set_footer(&words.footer);
    for (column, definition) in (0_u16..).zip(&columns) {
        let (example, blank) = match definition.input {
            Input::Number => (words.example.as_str(), &styles.number),
            Input::Date => (definition.example.as_str(), &styles.number.clone().set_num_format("yyyy-mm-dd")),
            Input::Count | Input::Amount => (definition.example.as_str(), &styles.number),
            _ => (definition.example.as_str(), &styles.cell),
        };
        sheet.write_string_with_format(HEAD + 1, column, example, &styles.example)?;
        // Whole columns are text, so that a pasted number keeps its last digits.
        sheet.set_column_format(column, &blank.clone().set_border(rust_xlsxwriter::FormatBorder::None))?;
        for row in HEAD + 2..HEAD + 2 + words.blank_rows {
            sheet.write_blank(row, column, blank)?;
        }
        if let Some(check) = check(&columns, usize::from(column), definitions, words)? {
            sheet.add_data_validation(HEAD + 2, column, HEAD + 1 + words.checked_rows, column, &check)?;
        }
    }
    if columns.iter().any(|column| column.input == Input::Tick) {
        options(&mut book, words)?;
    }
    about(book.add_worksheet().set_name(&words.about_sheet)?, form, words, &styles)?;
    book.save(path).with_context(|| format!("写不出「{}」", path.display()))?;
    Ok(())
}

/// The cells that drop-downs of ticks point at: a tick, or what means none.
fn options(book: &mut Workbook, words: &FormWords) -> Result<()> {
    let sheet = book.add_worksheet().set_name(&words.options_sheet)?;
    for (row, text) in (0_u32..).zip([&words.options_title, &words.tick, &words.not_ticked]) {
        sheet.write_string(row, 0, text)?;
    }
    sheet.set_hidden(true);
    Ok(())
}

fn about(sheet: &mut Worksheet, form: &Form, words: &FormWords, styles: &FormStyles) -> Result<()> {
    sheet.set_column_width(0, 110)?;
    sheet.write_with_format(0, 0, &words.about_sheet, &styles.title)?;
    let wrap = styles.note.clone().set_text_wrap();
    for (row, line) in (2_u32..).zip(form.notes.iter().chain(&words.about)) {
        sheet.write_with_format(row, 0, format!("{}. {line}", row - 1), &wrap)?;
    }
    Ok(())
}

/// What may be entered in a column, and what is said while and after it is.
fn check(
    columns: &[&FormColumn],
    place: usize,
    definitions: &Definitions,
    words: &FormWords,
) -> Result<Option<DataValidation>> {
    let column = columns[place];
    let here = format!("{}{}", column_letters(u32::try_from(place)?), HEAD + 3);
    let day = |(year, month, day): (u16, u8, u8)| ExcelDateTime::from_ymd(year, month, day);
    let any = DataValidation::new();
    let (check, wrong) = match column.input {
        Input::Text if !column.options.is_empty() => (any.allow_list_strings(&column.options)?, &words.wrong_code),
        Input::Text | Input::Number if column.hint.is_empty() => return Ok(None),
        Input::Text | Input::Number => (any, &words.wrong_code),
        Input::IdNumber => (any.allow_custom(Formula::new(id_formula(&here))), &words.wrong_id),
        Input::Date => (any.allow_date(DataValidationRule::Between(day(EARLIEST)?, day(LATEST)?)), &words.wrong_date),
        Input::Count => (any.allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)), &words.wrong_number),
        Input::Amount => (any.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)), &words.wrong_number),
        Input::YesNo => (any.allow_list_strings(&[&words.yes, &words.no])?, &words.wrong_code),
        Input::Code => {
            let list = column.codes.as_ref().and_then(|name| definitions.codes.get(name));
            let labels: Vec<&str> =
                list.map(|list| list.codes.iter().map(|code| code.label.as_str()).collect()).unwrap_or_default();
            let fits = labels.iter().map(|label| label.encode_utf16().count() + 1).sum::<usize>() <= LONGEST_LIST;
            (if fits { any.allow_list_strings(&labels)? } else { any }, &words.wrong_code)
        }
        Input::Tick => (any.allow_list_formula(Formula::new(tick_formula(columns, place, words)?)), &words.wrong_tick),
    };
    let check = check.set_error_title("请再看一下")?.set_error_message(wrong.as_str())?;
    Ok(Some(if column.hint.is_empty() { check } else { check.set_input_message(&column.hint)? }))
}

/// The check character of GB 11643 without array constants, which input checks may not hold: the weight of place i is 2^(18−i) mod 11.
/// Disability certificates begin with the same 18; 无 says that there is no number.
fn id_formula(cell: &str) -> String {
    format!(
        "=IF({cell}=\"无\",TRUE,IFERROR(AND(OR(LEN({cell})=18,LEN({cell})=20,LEN({cell})=22),MID(\"10X98765432\",MOD(SUMPRODUCT(MID({cell},ROW($1:$17),1)*MOD(2^(18-ROW($1:$17)),11)),11)+1,1)=UPPER(MID({cell},18,1))),FALSE))"
    )
}

/// Offers the tick only while no other tick forbids it: the one that stands alone, or for that one any other.
fn tick_formula(columns: &[&FormColumn], place: usize, words: &FormWords) -> Result<String> {
    let row = HEAD + 3;
    let mut forbidding = Vec::new();
    for (other, column) in columns.iter().enumerate().filter(|(_, column)| column.input == Input::Tick) {
        if column.alone != columns[place].alone {
            forbidding.push(format!("${}{row}=\"{}\"", column_letters(u32::try_from(other)?), words.tick));
        }
    }
    let (sheet, own) = (&words.options_sheet, forbidding.join(","));
    let condition = if own.is_empty() { "FALSE".to_owned() } else { format!("OR({own})") };
    Ok(format!("=IF({condition},'{sheet}'!$A$3,'{sheet}'!$A$2)"))
}
