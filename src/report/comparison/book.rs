//! `整改进展.xlsx`: counts by school and rule, then every finding with its fate.

use super::{Comparison, Fate, Fates};
use crate::definitions::Definitions;
use crate::report::ledger::{Styles, new_workbook};
use anyhow::Result;
use indexmap::IndexMap;
use rust_xlsxwriter::Worksheet;
use std::path::Path;

/// Writes the workbook.
pub(super) fn write(comparison: &Comparison, definitions: &Definitions, path: &Path) -> Result<()> {
    let styles = Styles::new();
    let mut book = new_workbook(definitions, "整改进展")?;
    let title = |rule: &str| {
        definitions
            .rules
            .iter()
            .find(|known| known.id == rule)
            .map_or_else(|| rule.to_owned(), |rule| rule.title.clone())
    };
    schools(comparison, &styles, book.add_worksheet().set_name("各校")?)?;
    let sheet = book.add_worksheet().set_name("各类问题")?;
    let rules: IndexMap<String, Fates> =
        comparison.rules.iter().map(|(rule, fates)| (format!("{}（{rule}）", title(rule)), fates.clone())).collect();
    sheet.set_column_width(0, 52)?;
    counts(&styles, sheet, "各类问题", "问题", &rules, 0)?;
    findings(comparison, &styles, book.add_worksheet().set_name("逐条")?, &title)?;
    book.save(path)?;
    Ok(())
}

fn schools(comparison: &Comparison, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    sheet.set_column_width(0, 26)?;
    let results = u16::try_from(comparison.results.len())?;
    for (column, result) in (1_u16..).zip(&comparison.results) {
        sheet.write_string_with_format(2, column, format!("就绪度：{}", result.name), &styles.header)?;
        sheet.set_column_width(column, 16)?;
        for (row, school) in (3_u32..).zip(comparison.schools.keys()) {
            match result.schools.get(school) {
                Some(score) => sheet.write_with_format(row, column, (score * 10.0).round() / 10.0, &styles.number)?,
                None => sheet.write_string_with_format(row, column, "未评", &styles.cell)?,
            };
        }
        let last = 3 + u32::try_from(comparison.schools.len())?;
        sheet.write_with_format(last, column, (result.township * 10.0).round() / 10.0, &styles.number)?;
    }
    counts(styles, sheet, "各校整改进展", "学校", &comparison.schools, results)?;
    let last = 3 + u32::try_from(comparison.schools.len())?;
    sheet.write_string_with_format(last, 0, "全镇", &styles.cell)?;
    for (column, fate) in (1 + results..).zip(Fate::ALL) {
        let count = comparison.total.get(&fate).copied().unwrap_or_default();
        sheet.write_with_format(last, column, u32::try_from(count)?, &styles.number)?;
    }
    for (row, warning) in (last + 2..).zip(&comparison.warnings) {
        sheet.write_with_format(row, 0, format!("注意：{warning}"), &styles.note.clone().unset_text_wrap())?;
    }
    Ok(())
}

/// A row a name with the counts of each fate, behind `before` other columns.
fn counts(
    styles: &Styles,
    sheet: &mut Worksheet,
    title: &str,
    head: &str,
    lines: &IndexMap<String, Fates>,
    before: u16,
) -> Result<()> {
    sheet.write_with_format(0, 0, title, &styles.title)?;
    sheet.write_string_with_format(2, 0, head, &styles.header)?;
    for (column, fate) in (1 + before..).zip(Fate::ALL) {
        sheet.write_string_with_format(2, column, fate.label(), &styles.header)?;
        sheet.set_column_width(column, 13)?;
    }
    for (row, (name, fates)) in (3_u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, name, &styles.cell)?;
        for (column, fate) in (1 + before..).zip(Fate::ALL) {
            let count = fates.get(&fate).copied().unwrap_or_default();
            sheet.write_with_format(row, column, u32::try_from(count)?, &styles.number)?;
        }
    }
    sheet.set_freeze_panes(3, 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(2, 2)?;
    Ok(())
}

fn findings(
    comparison: &Comparison,
    styles: &Styles,
    sheet: &mut Worksheet,
    title: &dyn Fn(&str) -> String,
) -> Result<()> {
    sheet.write_with_format(0, 0, "逐条", &styles.title)?;
    let columns = [
        ("进展", 12.0),
        ("学校", 22.0),
        ("村", 11.0),
        ("问题", 28.0),
        ("户编号", 17.0),
        ("姓名", 9.0),
        ("证件号码", 21.0),
        ("说明", 56.0),
        ("文件", 28.0),
        ("单元格", 9.0),
        ("由谁查、看什么材料", 40.0),
    ];
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(2, column, name, &styles.header)?;
        sheet.set_column_width(column, width)?;
    }
    let mut row = 3;
    for one in &comparison.followed {
        let finding = &one.finding;
        let cell = format!("{}{}", finding.column, finding.row);
        let texts = [
            one.fate.label(),
            &finding.school,
            &finding.village,
            &title(&finding.rule),
            &finding.household_id,
            &finding.name,
            &finding.id_number,
            &finding.message,
            &finding.file,
            &cell,
            &finding.check,
        ];
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &styles.cell)?;
        }
        row += 1;
    }
    if row > 3 {
        sheet.autofilter(2, 0, row - 1, 10)?;
    }
    sheet.set_freeze_panes(3, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(2, 2)?;
    Ok(())
}
