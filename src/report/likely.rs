//! Rows that are, or may be, one person: a sheet of the ledger to say yes or no in, and a list for the page.

use super::Run;
use super::ledger::Styles;
use super::mask::Privacy;
use super::wording::{PairWords, Wording};
use crate::link::{LikelyPair, chance, fits};
use crate::standardise::place_of;
use anyhow::Result;
use rust_xlsxwriter::{DataValidation, Workbook};
use serde::Serialize;

/// One pair in words.
#[derive(Debug, Serialize)]
pub struct PairText {
    pub used: bool,
    pub chance: String,
    pub left_name: String,
    pub left_number: String,
    pub left_place: String,
    pub right_name: String,
    pub right_number: String,
    pub right_place: String,
    pub why: String,
}

/// A pair's words, with each field's contribution in bits.
pub fn text(run: &Run<'_>, pair: &LikelyPair, privacy: Privacy) -> PairText {
    let place = |at: i64| {
        let (sheet, row) = place_of(at);
        run.input.sheets.get(sheet).map_or_else(String::new, |source| {
            let name = if source.name.is_empty() { String::new() } else { format!("〔{}〕", source.name) };
            format!("{}{name}第{row}行", source.file)
        })
    };
    let parts: Vec<String> = pair.parts.iter().map(|(words, bits)| format!("{words}{bits:+.1}")).collect();
    PairText {
        used: pair.used,
        chance: chance(pair.probability),
        left_name: privacy.name(&pair.left.name),
        left_number: privacy.number(&pair.left.number),
        left_place: place(pair.left_at),
        right_name: privacy.name(&pair.right.name),
        right_number: privacy.number(&pair.right.number),
        right_place: place(pair.right_at),
        why: parts.join("；"),
    }
}

/// Writes the sheet, when there is a pair or an earlier verdict.
pub(super) fn sheet(run: &Run<'_>, wording: &Wording, styles: &Styles, book: &mut Workbook) -> Result<()> {
    let words = &wording.pairs;
    let known = |pair: &LikelyPair, verdict: &crate::link::Verdict| {
        let is = |a: &crate::link::Side, b: &crate::link::Side| a.name == b.name && fits(&a.number, &b.number);
        (is(&verdict.left, &pair.left) && is(&verdict.right, &pair.right))
            || (is(&verdict.left, &pair.right) && is(&verdict.right, &pair.left))
    };
    let earlier: Vec<_> =
        run.verdicts.iter().filter(|verdict| !run.pairs.iter().any(|pair| known(pair, verdict))).collect();
    if run.pairs.is_empty() && earlier.is_empty() {
        return Ok(());
    }
    let sheet = book.add_worksheet().set_name(&words.sheet)?;
    let listed = run.pairs.len().min(words.most_in_ledger);
    sheet.write_with_format(0, 0, format!("{}　共 {} 条", words.sheet, run.pairs.len()), &styles.title)?;
    sheet.write_with_format(1, 0, &words.about, &styles.note.clone().unset_text_wrap())?;
    for (column, (title, width)) in (0_u16..).zip(words.titles.iter().zip(&words.widths)) {
        sheet.write_with_format(2, column, title, &styles.header)?;
        sheet.set_column_width(column, *width)?;
    }
    let mut row = 3;
    for pair in &run.pairs[..listed] {
        let text = text(run, pair, run.working());
        let verdict = run.verdicts.iter().rev().find(|verdict| known(pair, verdict)).map(|verdict| verdict.same);
        let cells = [
            if pair.used { words.used.as_str() } else { words.listed.as_str() },
            &text.chance,
            &text.left_name,
            &text.left_number,
            &text.left_place,
            &text.right_name,
            &text.right_number,
            &text.right_place,
            &text.why,
            answer(words, verdict),
        ];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &styles.cell)?;
        }
        row += 1;
    }
    for verdict in earlier {
        let privacy = run.working();
        let cells = [
            words.earlier.as_str(),
            "",
            &verdict.left.name,
            &privacy.number(&verdict.left.number),
            "",
            &verdict.right.name,
            &privacy.number(&verdict.right.number),
            "",
            "",
            answer(words, Some(verdict.same)),
        ];
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string_with_format(row, column, cell, &styles.cell)?;
        }
        row += 1;
    }
    let last = u16::try_from(words.titles.len().saturating_sub(1))?;
    let choices = DataValidation::new().allow_list_strings(&[&words.yes, &words.no])?;
    sheet.add_data_validation(3, last, row.max(4) - 1, last, &choices)?;
    sheet.autofilter(2, 0, row.max(4) - 1, last)?;
    sheet.set_freeze_panes(3, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 2)?;
    Ok(())
}

fn answer(words: &PairWords, verdict: Option<bool>) -> &str {
    match verdict {
        Some(true) => &words.yes,
        Some(false) => &words.no,
        None => "",
    }
}
