//! `领导简报.xlsx`: the brief's figures with native charts, to put into slides.

use super::{Change, Item, Task};
use crate::report::Run;
use crate::report::comparison::Fate;
use crate::report::ledger::{Styles, new_workbook};
use crate::report::wording::Wording;
use anyhow::Result;
use rust_xlsxwriter::{
    Chart, ChartErrorBars, ChartErrorBarsType, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartPatternFill, ChartPatternFillType, ChartRange, ChartSolidFill, ChartType, Color, Worksheet,
};
use std::path::Path;

const BLUE: Color = Color::RGB(0x001F_5FA8);
const RED: Color = Color::RGB(0x00B4_2318);
/// The first row of the list of schools.
const FIRST: u32 = 2;

/// Writes the workbook.
pub(super) fn write(
    run: &Run<'_>,
    wording: &Wording,
    (items, tasks, change): (&[Item], &[Task], Option<&Change>),
    path: &Path,
) -> Result<()> {
    let styles = Styles::new();
    let words = &wording.brief;
    let mut book = new_workbook(run.definitions, "领导简报")?;
    schools(run, wording, &styles, book.add_worksheet().set_name(&words.schools_sheet)?)?;
    figures(items, wording, &styles, book.add_worksheet().set_name(&words.items_sheet)?)?;
    work(tasks, wording, &styles, book.add_worksheet().set_name(&words.tasks_sheet)?)?;
    if let Some(change) = change {
        changed(change, wording, &styles, book.add_worksheet().set_name(&words.change_sheet)?)?;
    }
    book.save(path)?;
    Ok(())
}

fn head(sheet: &mut Worksheet, styles: &Styles, title: &str, titles: &[String], widths: &[f64]) -> Result<()> {
    sheet.write_with_format(0, 0, title, &styles.title)?;
    for (column, (name, width)) in (0_u16..).zip(titles.iter().zip(widths)) {
        sheet.write_with_format(1, column, name, &styles.header)?.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(2, 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Scores in two columns, so that schools at a red line have a hatched bar of their own; error bars are the intervals.
fn schools(run: &Run<'_>, wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let words = &wording.brief;
    head(sheet, styles, &words.schools_title, &words.schools_titles, &words.schools_widths)?;
    let known: Vec<_> = run.readiness.schools.iter().filter(|school| !school.dimensions.is_empty()).collect();
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    for (row, school) in (FIRST..).zip(&known) {
        sheet.write_string_with_format(row, 0, &school.name, &styles.cell)?;
        let red = !school.red_lines.is_empty();
        for (column, own) in [(1, !red), (2, red)] {
            if own {
                sheet.write_with_format(row, column, tenth(school.score), &styles.number)?;
            } else {
                sheet.write_blank(row, column, &styles.number)?;
            }
        }
        let numbers = [school.low, school.high, school.score - school.low, school.high - school.score];
        for (column, value) in (3_u16..).zip(numbers) {
            sheet.write_with_format(row, column, tenth(value), &styles.number)?;
        }
        sheet.write_string_with_format(row, 7, school.grade.label(), &styles.cell)?;
        let titles: Vec<&str> = school
            .red_lines
            .iter()
            .filter_map(|id| run.definitions.rules.iter().find(|rule| rule.id == *id).map(|rule| rule.title.as_str()))
            .collect();
        sheet.write_string_with_format(row, 8, titles.join("、"), &styles.cell)?;
    }
    if known.is_empty() {
        sheet.write_with_format(FIRST, 0, &words.nothing, &styles.note)?;
        return Ok(());
    }
    let shown = known.len().min(wording.charts.most_rows);
    let last = FIRST + u32::try_from(shown)? - 1;
    let name = &words.schools_sheet;
    let mut chart = Chart::new(ChartType::Bar);
    let bars = || -> Result<ChartErrorBars> {
        let mut bars = ChartErrorBars::new();
        let range = |column: u16| ChartRange::new_from_range(name, FIRST, column, last, column);
        bars.set_type(ChartErrorBarsType::Custom(range(6), range(5)));
        bars.set_format(ChartFormat::new().set_line(ChartLine::new().set_color(Color::Black).set_width(1.5)));
        Ok(bars)
    };
    let hatched = ChartFormat::new()
        .set_pattern_fill(
            ChartPatternFill::new()
                .set_pattern(ChartPatternFillType::DiagonalStripesWideUpwards)
                .set_foreground_color(RED)
                .set_background_color(Color::White),
        )
        .set_border(ChartLine::new().set_color(RED))
        .clone();
    let plain = ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(BLUE)).clone();
    for (column, mut format) in [(1_u16, plain), (2, hatched)] {
        chart
            .add_series()
            .set_name((name.as_str(), 1, column))
            .set_categories((name.as_str(), FIRST, 0, last, 0))
            .set_values((name.as_str(), FIRST, column, last, column))
            .set_format(&mut format)
            .set_overlap(100)
            .set_gap(40)
            .set_x_error_bars(&bars()?);
    }
    chart.title().set_name(&words.schools_title);
    // The first school stands at the top; of a bar chart the library's y axis is that of the names.
    chart.y_axis().set_reverse();
    chart.x_axis().set_min(0).set_max(100).set_font(ChartFont::new().set_size(12));
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(900).set_height(160 + 30 * u32::try_from(shown)?);
    sheet.insert_chart(FIRST + u32::try_from(known.len())? + 1, 0, &chart)?;
    Ok(())
}

/// Each census item in a block of its own, with a chart beside it.
fn figures(items: &[Item], wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let words = &wording.brief;
    sheet.set_column_width(0, 46)?.set_column_width(1, 12)?;
    sheet.write_with_format(0, 0, &words.items_title, &styles.title)?;
    let mut row = 2;
    let name = &words.items_sheet;
    for item in items {
        sheet.write_with_format(row, 0, &item.name, &styles.header)?;
        sheet.write_with_format(row, 1, item.unit, &styles.header)?;
        let top = row;
        row += 1;
        if let Some(reason) = &item.reason {
            sheet.write_with_format(row, 0, format!("没有算：{reason}"), &styles.note)?;
            row += 2;
            continue;
        }
        for (label, count) in &item.whole {
            sheet.write_with_format(row, 0, label, &styles.cell)?;
            sheet.write_with_format(row, 1, u32::try_from(*count)?, &styles.number)?;
            row += 1;
        }
        let first = row;
        for (label, count, _) in
            item.bars.iter().filter(|(label, ..)| !item.whole.iter().any(|(whole, _)| whole == label))
        {
            sheet.write_with_format(row, 0, label, &styles.cell)?;
            sheet.write_with_format(row, 1, u32::try_from(*count)?, &styles.number)?;
            row += 1;
        }
        // An item without reasons is charted by its scopes.
        let from = if first == row { top + 1 } else { first };
        let mut chart = Chart::new(ChartType::Bar);
        chart
            .add_series()
            .set_categories((name.as_str(), from, 0, row - 1, 0))
            .set_values((name.as_str(), from, 1, row - 1, 1))
            .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(BLUE)))
            .set_gap(50)
            .set_data_label(rust_xlsxwriter::ChartDataLabel::new().show_value());
        chart.title().set_name(&format!("{}（{}）", item.name, item.unit));
        chart.y_axis().set_reverse();
        chart.x_axis().set_min(0);
        chart.legend().set_hidden();
        let rows = u32::try_from(item.bars.len().max(2))?;
        chart.set_width(760).set_height(110 + 28 * rows);
        sheet.insert_chart(top, 3, &chart)?;
        // Room for the chart before the next block.
        row = (row + 1).max(top + (110 + 28 * rows) / 20 + 2);
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn work(tasks: &[Task], wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let words = &wording.brief;
    head(sheet, styles, &words.tasks_title, &words.tasks_titles, &words.tasks_widths)?;
    for (row, task) in (2_u32..).zip(tasks) {
        sheet.write_with_format(row, 0, row - 1, &styles.number)?;
        let red = if task.red_line { "是" } else { "" };
        for (column, text) in
            [(1_u16, task.title.as_str()), (3, &task.schools), (4, red), (5, &task.gain), (6, &task.check)]
        {
            sheet.write_string_with_format(row, column, text, &styles.cell)?;
        }
        sheet.write_with_format(row, 2, u32::try_from(task.findings)?, &styles.number)?;
    }
    if tasks.is_empty() {
        sheet.write_with_format(2, 0, &words.no_tasks, &styles.note.clone().unset_text_wrap())?;
    }
    Ok(())
}

fn changed(change: &Change, wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let words = &wording.brief;
    head(sheet, styles, &words.change_title, &words.change_titles, &[24.0, 14.0])?;
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let counts = [
        (Fate::Mended, change.mended),
        (Fate::Open, change.open),
        (Fate::New, change.new),
        (Fate::Reopened, change.reopened),
    ];
    let rows = [("上次就绪度", tenth(change.before)), ("这次就绪度", tenth(change.now))];
    let mut row = 2;
    for (label, value) in rows {
        sheet.write_with_format(row, 0, label, &styles.cell)?.write_with_format(row, 1, value, &styles.number)?;
        row += 1;
    }
    for (fate, count) in counts {
        sheet.write_with_format(row, 0, fate.label(), &styles.cell)?;
        sheet.write_with_format(row, 1, u32::try_from(count)?, &styles.number)?;
        row += 1;
    }
    if change.differs {
        sheet.write_with_format(row + 1, 0, &words.differs, &styles.note.clone().unset_text_wrap())?;
    }
    Ok(())
}
