//! `指标汇总.xlsx`: the census figures by school, village and township, with the people behind each.

use super::Run;
use super::archive::{archive, sheets};
use super::ledger::{Styles, new_workbook};
use super::wording::Wording;
use crate::definitions::Scope;
use crate::evaluate::{Figure, Group};
use crate::readiness::NO_SCHOOL;
use crate::standardise::place_of;
use anyhow::Result;
use polars::prelude::DataFrame;
use rust_xlsxwriter::Worksheet;
use std::collections::BTreeSet;
use std::path::Path;

/// Rows that one sheet can list: Excel's limit, and the header.
const MOST_ROWS: usize = 1_048_575;

/// Writes the workbook.
pub fn write(run: &Run<'_>, wording: &Wording, path: &Path) -> Result<()> {
    let styles = Styles::new();
    let mut book = new_workbook(run.definitions, "指标汇总")?;
    about(run, &styles, book.add_worksheet().set_name(&wording.figures.about_sheet)?)?;
    for figure in &run.evaluated.figures {
        let everywhere = &run.readiness.township.name;
        figure_sheet(figure, everywhere, wording, &styles, book.add_worksheet().set_name(&figure.indicator)?)?;
    }
    if let Some(archive) = archive(run)? {
        sheets(&archive, wording, &styles, &mut book)?;
    }
    // Rows of a county's people go straight to disk, beside the workbook.
    book.set_tempdir(path.parent().unwrap_or(Path::new(".")))?;
    people(run, wording, &styles, book.add_worksheet_with_low_memory()?.set_name(&wording.figures.people_sheet)?)?;
    book.save(path)?;
    Ok(())
}

/// What the figures rest on: settings with their sources, what was read, what was not run.
fn about(run: &Run<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    for (column, width) in (0_u16..).zip([34.0, 26.0, 60.0]) {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_with_format(0, 0, "指标汇总", &styles.title)?;
    let mut row = 2;
    let mut line = |sheet: &mut Worksheet, texts: [&str; 3], header: bool| -> Result<()> {
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, if header { &styles.header } else { &styles.cell })?;
        }
        row += 1;
        Ok(())
    };
    line(sheet, ["设定", "值", "出处"], true)?;
    for setting in run.definitions.settings.of_check().map(|(_, setting)| setting) {
        let source = format!(
            "{}{}{}",
            setting.source,
            if setting.assumption { "（本程序的假定）" } else { "" },
            if setting.changed { "（已在 zicha.toml 里改过）" } else { "" }
        );
        line(sheet, [&setting.title, &setting.value.to_string(), &source], false)?;
    }
    line(sheet, ["读到的表", "认作", "行数"], true)?;
    for (source, report) in run.input.sheets.iter().zip(run.sheets) {
        let name =
            if source.name.is_empty() { source.file.clone() } else { format!("{}〔{}〕", source.file, source.name) };
        let table = report
            .table
            .as_ref()
            .and_then(|table| run.definitions.table(table))
            .map_or("没有使用", |table| table.title.as_str());
        line(sheet, [&name, table, &report.rows.to_string()], false)?;
    }
    if run.whole.is_some() {
        let most = run.definitions.settings.integer("listed-rows");
        line(sheet, ["人员名单", "", &format!("分地区查时，每个指标至多列出 {most} 人；各地的数是全的。")], false)?;
    }
    let people: usize = run.evaluated.figures.iter().flat_map(|figure| &figure.people).map(DataFrame::height).sum();
    if people > MOST_ROWS {
        let said = format!("一张表放不下 {people} 行，只列出前 {MOST_ROWS} 行；各处的数是全的。");
        line(sheet, ["人员名单", "", &said], false)?;
    }
    line(sheet, ["没有核对的规则", "", "原因"], true)?;
    for (rule, reason) in run.not_run() {
        line(sheet, [rule, "", reason], false)?;
    }
    Ok(())
}

/// One figure: township, then schools, then villages.
fn figure_sheet(
    figure: &Figure,
    everywhere: &str,
    wording: &Wording,
    styles: &Styles,
    sheet: &mut Worksheet,
) -> Result<()> {
    sheet.set_column_width(0, 10)?.set_column_width(1, 26)?;
    let household = figure.unit == "household";
    let title = format!("{}（单位：{}）", figure.indicator, if household { "户" } else { "人" });
    sheet.write_with_format(0, 0, title, &styles.title)?;
    if let Err(reason) = &figure.people {
        sheet.write_with_format(2, 0, format!("没有算：{reason}"), &styles.note.clone().unset_text_wrap())?;
        return Ok(());
    }
    let mut columns: Vec<(Scope, String, String)> = Vec::new();
    for scope in &figure.scopes {
        let scope_name = match (figure.scopes.len(), scope) {
            (1, _) => String::new(),
            (_, Scope::All) => "全部本地儿童：".to_owned(),
            (_, Scope::Registered) => "其中登记户：".to_owned(),
        };
        columns.push((*scope, String::new(), format!("{scope_name}{}", if household { "登记户数" } else { "合计" })));
        columns.extend(
            figure.codes.iter().map(|(code, label)| (*scope, code.clone(), format!("{scope_name}{code} {label}"))),
        );
        if !figure.codes.is_empty() && figure.total(*scope, "unknown") > 0 {
            columns.push((*scope, "unknown".to_owned(), format!("{scope_name}{}", wording.figures.unknown)));
        }
    }
    sheet.write_with_format(2, 0, "范围", &styles.header)?;
    sheet.write_with_format(2, 1, "名称", &styles.header)?;
    sheet.set_row_height(2, 48)?;
    for (column, (_, _, title)) in (2_u16..).zip(&columns) {
        sheet.write_with_format(2, column, title, &styles.header)?;
        sheet.set_column_width(column, 13)?;
    }
    let mut row = 3;
    for (group, name) in
        [(Group::Township, everywhere), (Group::Area, "地区"), (Group::School, "学校"), (Group::Village, "村")]
    {
        let counts: Vec<_> = figure.scopes.iter().map(|scope| (*scope, figure.counts(*scope, group))).collect();
        let places: BTreeSet<&String> =
            counts.iter().flat_map(|(_, counts)| counts.keys().map(|(place, _)| place)).collect();
        for place in places {
            let shown = match (group, place.as_str()) {
                (Group::Township, _) => "合计",
                (Group::School, "") => NO_SCHOOL,
                (Group::Village, "") => "（没有写村）",
                (_, place) => place,
            };
            sheet.write_with_format(row, 0, name, &styles.cell)?;
            sheet.write_with_format(row, 1, shown, &styles.cell)?;
            for (column, (scope, code, _)) in (2_u16..).zip(&columns) {
                let found = counts
                    .iter()
                    .find(|(known, _)| known == scope)
                    .and_then(|(_, counts)| counts.get(&(place.clone(), code.clone())));
                sheet.write_with_format(
                    row,
                    column,
                    u32::try_from(found.copied().unwrap_or_default())?,
                    &styles.number,
                )?;
            }
            row += 1;
        }
    }
    sheet.set_freeze_panes(3, 2)?;
    sheet.autofilter(2, 0, row.max(4) - 1, u16::try_from(columns.len() + 1)?)?;
    Ok(())
}

/// Everybody behind every figure, filterable by indicator, code, school and village.
fn people(run: &Run<'_>, wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let titles = [
        ("指标", 10.0),
        ("代码", 7.0),
        ("名称", 24.0),
        ("学校", 22.0),
        ("村", 12.0),
        ("户编号", 16.0),
        ("姓名", 10.0),
        ("证件号码", 21.0),
        ("登记户", 8.0),
        ("文件", 26.0),
        ("工作表", 14.0),
        ("行", 7.0),
    ];
    for (column, (title, width)) in (0_u16..).zip(titles) {
        sheet.write_with_format(0, column, title, &styles.header)?;
        sheet.set_column_width(column, width)?;
    }
    let privacy = run.working();
    let mut row = 1;
    for figure in &run.evaluated.figures {
        let Ok(people) = &figure.people else { continue };
        let text = |name: &str| -> Result<_> { Ok(people.column(name)?.str()?.clone()) };
        let (codes, schools, villages, households, names, numbers) = (
            text("code")?,
            text("school")?,
            text("village")?,
            text("household_id")?,
            text("name")?,
            text("id_number")?,
        );
        let registered = people.column("registered")?.bool()?.clone();
        let left = (MOST_ROWS + 1).saturating_sub(row as usize);
        for (index, at) in people.column("at")?.i64()?.iter().enumerate().take(left) {
            let code = codes.get(index).unwrap_or_default();
            let label =
                figure.codes.iter().find(|(known, _)| known == code).map_or(
                    if figure.codes.is_empty() { "" } else { wording.figures.unknown.as_str() },
                    |(_, label)| label.as_str(),
                );
            let (sheet_index, line) = place_of(at.unwrap_or_default());
            let source = run.input.sheets.get(sheet_index);
            let name = privacy.name(names.get(index).unwrap_or_default());
            let number = privacy.number(numbers.get(index).unwrap_or_default());
            let cells = [
                figure.indicator.as_str(),
                code,
                label,
                schools.get(index).unwrap_or(NO_SCHOOL),
                villages.get(index).unwrap_or_default(),
                households.get(index).unwrap_or_default(),
                &name,
                &number,
                if registered.get(index) == Some(true) { "是" } else { "否" },
                source.map_or("", |source| source.file.as_str()),
                source.map_or("", |source| source.name.as_str()),
            ];
            for (column, cell) in (0_u16..).zip(cells) {
                sheet.write_string(row, column, cell)?;
            }
            sheet.write(row, 11, line)?;
            row += 1;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, row.max(2) - 1, 11)?;
    Ok(())
}
