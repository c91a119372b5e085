//! `模拟普查.xlsx`: the conclusions with native charts, the work plan, the households at risk, and the rehearsal to print and fill in.

use super::{Simulated, percent};
use crate::report::ledger::{LINE_HEIGHT, Styles, new_workbook, wrapped};
use crate::report::wording::Wording;
use anyhow::Result;
use rust_xlsxwriter::{Chart, ChartType, Color, Format, Workbook, Worksheet};
use std::path::Path;

/// Writes the workbook.
pub(super) fn write(run: &Simulated<'_>, wording: &Wording, path: &Path) -> Result<()> {
    let styles = Styles::new();
    let words = &wording.simulation;
    let mut book = new_workbook(run.definitions, "模拟普查")?;
    summary(run, &styles, book.add_worksheet().set_name(&words.summary_sheet)?)?;
    schools(run, &styles, book.add_worksheet().set_name(&words.schools_sheet)?)?;
    steps(run, &styles, book.add_worksheet().set_name(&words.steps_sheet)?, &words.steps_sheet)?;
    risks(run, wording, &styles, book.add_worksheet().set_name(&words.risks_sheet)?)?;
    rehearsal(run, wording, &styles, &mut book)?;
    curve(run, &styles, book.add_worksheet().set_name(&words.curve_sheet)?, &words.curve_sheet)?;
    settings(run, &styles, book.add_worksheet().set_name(&words.settings_sheet)?)?;
    book.save(path)?;
    Ok(())
}

/// A heading, widths, and a head of columns in the third row; the first free row is the fourth.
fn head(sheet: &mut Worksheet, styles: &Styles, title: &str, note: &str, columns: &[(&str, f64)]) -> Result<()> {
    sheet.write_with_format(0, 0, title, &styles.title)?;
    sheet.write_with_format(1, 0, note, &styles.note.clone().unset_text_wrap())?;
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.write_with_format(2, column, *name, &styles.header)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(3, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 2)?;
    Ok(())
}

/// Shares are numbers, so that they can be sorted and charted.
fn share(styles: &Styles) -> Format {
    styles.number.clone().set_num_format("0.0%")
}

fn summary(run: &Simulated<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let simulation = run.simulation;
    let question = &simulation.question;
    let note =
        if run.invented { "虚构的人口，只供练习。" } else { "按现在的材料，没有更正以前。" };
    head(sheet, styles, "模拟普查：结论", note, &[("项目", 40.0), ("结果", 18.0), ("说明", 70.0)])?;
    let lots = if simulation.rule.by_part { "每校" } else { "" };
    let mut rows = vec![
        (
            "通过的可能",
            percent(simulation.township.passes),
            format!("模拟 {} 次，误差 ±{:.1} 个百分点（95%）", question.audits, simulation.township.error * 196.0),
        ),
        (
            "怎么抽",
            question.design.label().to_owned(),
            format!(
                "共 {} 户，抽 {} 户，{lots}容许 {} 户有差错",
                simulation.households, simulation.sample, simulation.accept
            ),
        ),
        (
            "现在有差错的户（预计）",
            percent(simulation.expected),
            "自查发现没有更正的，加上入户时说不清、记错的".to_owned(),
        ),
        (
            "抽查会查出的差错率（平均）",
            percent(simulation.rate.mean),
            format!("十次里九次在 {} 到 {} 之间", percent(simulation.rate.low), percent(simulation.rate.high)),
        ),
        (
            "要降到",
            percent(simulation.needed),
            format!(
                "简单随机抽 {} 户时，真实差错率不高于这个数，才有 {} 的把握通过",
                question.sample,
                percent(question.certainty)
            ),
        ),
        (
            "设计效应",
            format!("{:.2}", simulation.design_effect),
            "这样抽与简单随机抽相比，差错率估得不准多少倍（方差）".to_owned(),
        ),
        (
            "自己摸底要走访",
            format!("{} 户", simulation.for_margin),
            format!("差错率估到上下 {:.1} 个百分点以内", question.margin * 100.0),
        ),
        (
            "一户差错也没有时要走访",
            format!("{} 户", simulation.for_none_found),
            format!("才有 {} 的把握说差错率低于 {}", percent(question.certainty), percent(question.tolerance)),
        ),
    ];
    if let Some(exact) = simulation.exact {
        rows.insert(1, ("通过的可能（精确算）", percent(exact), "公式算出，与模拟互相印证".to_owned()));
    }
    if let Some(plan) = simulation.plan {
        let note = "按设定里好坏两种质量和两种风险算出的最小抽样方案".to_owned();
        rows.push(("抽样方案", format!("抽 {} 户，容许 {} 户", plan.sample, plan.accept), note));
    }
    for (item, spread) in run.visited.frame.items.iter().zip(&simulation.items) {
        let note = format!(
            "{} 一项的差错率，十次里九次在 {} 到 {} 之间",
            item.name,
            percent(spread.low),
            percent(spread.high)
        );
        rows.push((item.name.as_str(), percent(spread.mean), note));
    }
    for (name, reason) in &run.visited.left_out {
        rows.push((name.as_str(), "没有比".to_owned(), reason.clone()));
    }
    for (row, (name, value, note)) in (3_u32..).zip(&rows) {
        sheet.write_string_with_format(row, 0, *name, &styles.cell)?;
        sheet.write_string_with_format(row, 1, value, &styles.cell)?;
        sheet.write_string_with_format(row, 2, note, &styles.cell)?;
    }
    Ok(())
}

fn schools(run: &Simulated<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let columns = [
        ("学校", 26.0),
        ("户数", 8.0),
        ("抽几户", 8.0),
        ("预计有差错的户", 14.0),
        ("通过的可能", 12.0),
        ("模拟误差（±）", 12.0),
    ];
    head(sheet, styles, "各校单独抽查", "只抽这所学校负责的户，按同样的办法判定。最不把稳的在前。", &columns)?;
    let share = share(styles);
    for (row, school) in (3_u32..).zip(run.schools()) {
        sheet.write_string_with_format(row, 0, run.school(school.school), &styles.cell)?;
        sheet.write_with_format(row, 1, u32::try_from(school.households)?, &styles.number)?;
        sheet.write_with_format(row, 2, u32::try_from(school.sample)?, &styles.number)?;
        for (column, value) in (3_u16..).zip([school.expected, school.chance.passes, school.chance.error * 1.96]) {
            sheet.write_with_format(row, column, value, &share)?;
        }
    }
    Ok(())
}

fn steps(run: &Simulated<'_>, styles: &Styles, sheet: &mut Worksheet, name: &str) -> Result<()> {
    let columns = [
        ("次序", 6.0),
        ("学校", 24.0),
        ("问题", 34.0),
        ("规则", 28.0),
        ("处数", 7.0),
        ("累计处数", 9.0),
        ("改后通过的可能", 14.0),
        ("办理人", 12.0),
        ("完成日期", 12.0),
    ];
    let note = "每一步是一所学校的一类问题，逐处见《问题台账》。先改对通过帮助最大的（按每改一处算）。";
    head(sheet, styles, "先改什么", note, &columns)?;
    let share = share(styles);
    let first = run.simulation.township.passes;
    let texts = ["0", "", "现在", ""];
    for (column, text) in (0_u16..).zip(texts) {
        sheet.write_string_with_format(3, column, text, &styles.cell)?;
    }
    sheet.write_with_format(3, 4, 0, &styles.number)?.write_with_format(3, 5, 0, &styles.number)?;
    sheet.write_with_format(3, 6, first, &share)?;
    let mut row = 4;
    for (order, step) in (1_u32..).zip(&run.simulation.steps) {
        let group = &run.visited.frame.groups[step.group as usize];
        sheet.write_with_format(row, 0, order, &styles.number)?;
        for (column, text) in (1_u16..).zip([run.school(group.school), &group.title, &group.rule]) {
            sheet.write_string_with_format(row, column, text, &styles.cell)?;
        }
        sheet.write_with_format(row, 4, step.fixes, &styles.number)?;
        sheet.write_with_format(row, 5, step.total, &styles.number)?;
        sheet.write_with_format(row, 6, step.passes, &share)?;
        sheet.write_blank(row, 7, &styles.cell)?.write_blank(row, 8, &styles.cell)?;
        row += 1;
    }
    if row > 4 {
        let mut chart = Chart::new(ChartType::ScatterStraight);
        chart.add_series().set_categories((name, 3, 5, row - 1, 5)).set_values((name, 3, 6, row - 1, 6));
        chart.title().set_name("改好多少处，通过的可能提高到多少");
        chart.x_axis().set_name("改好的处数").set_min(0);
        chart.y_axis().set_min(0).set_max(1).set_num_format("0%");
        chart.legend().set_hidden();
        sheet.insert_chart(3, 10, &chart)?;
        // The chart is for the screen; the list is what is printed.
        sheet.set_print_area(0, 0, row - 1, 8)?;
    }
    Ok(())
}

fn risks(run: &Simulated<'_>, wording: &Wording, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let columns = [
        ("学校", 22.0),
        ("村", 12.0),
        ("户编号", 18.0),
        ("户主姓名", 11.0),
        ("问题", 50.0),
        ("抽到的可能", 11.0),
        ("抽到时有差错的可能", 12.0),
        ("被抽到而且有差错", 12.0),
    ];
    let all = run.simulation.risks.len();
    let listed = all.min(wording.simulation.most_homes);
    let note = format!("自查有问题的户共 {all} 户，列出 {listed} 户，最危险的在前。");
    head(sheet, styles, "哪些户最可能被抽到而且查出差错", &note, &columns)?;
    let share = share(styles);
    for (row, risk) in (3_u32..).zip(run.simulation.risks.iter().take(listed)) {
        let home = &run.visited.frame.homes[risk.home as usize];
        let reasons = run.reasons(risk.home);
        let texts = [run.school(home.school), run.village(home.village), &home.id, &home.head, &reasons];
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &styles.cell)?;
        }
        for (column, value) in (5_u16..).zip([risk.drawn, risk.wrong, risk.both]) {
            sheet.write_with_format(row, column, value, &share)?;
        }
    }
    Ok(())
}

/// The sheet that is printed, filled in at the door, and read back as the table `rehearsal`: the questions above, then a row an item, households apart by their shade.
fn rehearsal(run: &Simulated<'_>, wording: &Wording, styles: &Styles, book: &mut Workbook) -> Result<()> {
    let words = &wording.simulation;
    let sheet = book.add_worksheet().set_name(&words.rehearsal_sheet)?;
    let note = styles.note.clone().unset_text_wrap();
    sheet.write_with_format(0, 0, "入户演练", &styles.title)?;
    let how = "照普查的样子问，“住户回答”填代码或人数，答完再对材料。填好存在原处，再运行一次模拟就会读回比较。";
    sheet.write_with_format(1, 0, how, &note)?;
    let mut row = 2;
    for item in &run.visited.frame.items {
        let asked = words.ask.get(&item.name).map_or("", String::as_str);
        sheet.write_with_format(row, 0, format!("{}：{asked}", item.name), &note)?;
        row += 1;
    }
    let header = row;
    for (column, (title, width)) in (0_u16..).zip(words.rehearsal_titles.iter().zip(&words.rehearsal_widths)) {
        sheet.write_with_format(header, column, title, &styles.header)?.set_column_width(column, *width)?;
    }
    for (number, home) in (1_u32..).zip(run.rehearsal) {
        let place = &run.visited.frame.homes[*home as usize];
        let shade = |format: &Format| {
            if number % 2 == 0 { format.clone().set_background_color(Color::RGB(0x00F4_F6F9)) } else { format.clone() }
        };
        let (cell, count) = (shade(&styles.cell), shade(&styles.number));
        for (item, asked) in run.visited.frame.items.iter().enumerate() {
            row += 1;
            let expected = run.expected(item, *home);
            let answer = run.answers.get(&(place.id.clone(), asked.name.clone())).map_or("", String::as_str);
            sheet.write_with_format(row, 0, number, &count)?;
            let (village, school) = (run.village(place.village), run.school(place.school));
            let texts = [village, school, &place.id, &place.head, &asked.name, &expected, answer, "", ""];
            let mut lines = 1;
            for ((column, text), width) in (1_u16..).zip(texts).zip(words.rehearsal_widths.iter().skip(1)) {
                sheet.write_string_with_format(row, column, text, &cell)?;
                lines = lines.max(wrapped(text, *width));
            }
            if lines > 1 {
                sheet.set_row_height(row, LINE_HEIGHT * lines)?;
            }
        }
    }
    sheet.set_freeze_panes(header + 1, 0)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(header, header)?;
    Ok(())
}

fn curve(run: &Simulated<'_>, styles: &Styles, sheet: &mut Worksheet, name: &str) -> Result<()> {
    let simulation = run.simulation;
    let note = format!(
        "简单随机抽 {} 户，容许 {} 户有差错。右边是查出几户时能下的结论。",
        simulation.sample, simulation.accept
    );
    let columns = [
        ("真实差错率", 12.0),
        ("通过的可能", 12.0),
        ("", 4.0),
        ("查出有差错的户", 14.0),
        ("差错率", 10.0),
        ("下限", 10.0),
        ("上限", 10.0),
        ("判定", 9.0),
    ];
    head(sheet, styles, "抽样曲线", &note, &columns)?;
    let share = styles.number.clone().set_num_format("0.00%");
    for (row, (rate, passes)) in (3_u32..).zip(&simulation.curve) {
        sheet.write_with_format(row, 0, *rate, &share)?.write_with_format(row, 1, *passes, &share)?;
    }
    for (row, (found, estimate)) in (3_u32..).zip(&simulation.conclusions) {
        sheet.write_with_format(row, 3, u32::try_from(*found)?, &styles.number)?;
        for (column, value) in (4_u16..).zip([estimate.rate, estimate.low, estimate.high]) {
            sheet.write_with_format(row, column, value, &share)?;
        }
        let verdict = if *found <= u64::from(simulation.accept) { "通过" } else { "不通过" };
        sheet.write_string_with_format(row, 7, verdict, &styles.cell)?;
    }
    let last = 2 + u32::try_from(simulation.curve.len())?;
    let mut chart = Chart::new(ChartType::ScatterSmooth);
    chart.add_series().set_categories((name, 3, 0, last, 0)).set_values((name, 3, 1, last, 1));
    chart.title().set_name("真实差错率不同，通过的可能有多大");
    chart.x_axis().set_name("真实差错率").set_num_format("0%").set_min(0);
    chart.y_axis().set_min(0).set_max(1).set_num_format("0%");
    chart.legend().set_hidden();
    sheet.insert_chart(11, 3, &chart)?;
    Ok(())
}

fn settings(run: &Simulated<'_>, styles: &Styles, sheet: &mut Worksheet) -> Result<()> {
    let columns = [("设定", 50.0), ("值", 10.0), ("出处", 60.0), ("", 22.0)];
    head(sheet, styles, "设定和假定", "都可以改：zicha.toml 的 [settings]，或命令行 --set 名字=值。", &columns)?;
    for (row, (name, setting)) in (3_u32..).zip(run.definitions.settings.of_audit()) {
        let mark = if setting.assumption { "（本程序的假定）" } else { "" };
        let changed = if setting.changed { "（已改）" } else { "" };
        let texts = [
            setting.title.clone(),
            format!("{}{changed}", setting.value),
            format!("{}{mark}", setting.source),
            name.clone(),
        ];
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &styles.cell)?;
        }
    }
    Ok(())
}
