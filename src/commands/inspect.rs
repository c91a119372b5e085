//! `zicha inspect`: what each sheet was taken for, what each column means, and three masked rows.

use super::{Exit, existing, project_of};
use crate::definitions::{Definitions, Table, Words};
use crate::pipeline::limits;
use crate::read::{Sheet, column_letters, find_files, read_all};
use crate::report::Privacy;
use crate::standardise::text::compact;
use crate::standardise::{SheetReport, standardise};
use anyhow::{Result, bail};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const SAMPLE_ROWS: usize = 3;

/// Inspects files and prints what was understood.
///
/// # Errors
/// When the inputs do not exist or definitions have problems.
pub fn inspect(inputs: &[PathBuf], overlay: Option<&Path>) -> Result<Exit> {
    existing(inputs)?;
    let project = project_of(inputs)?;
    let definitions = Definitions::load(overlay, &project)?;
    let files = find_files(inputs, None);
    if files.is_empty() {
        bail!("里面没有文件可看。");
    }
    let input = read_all(&files, limits(&definitions), &|_| {});
    let standardised = standardise(&input, &definitions, &project)?;
    let mut out = String::new();
    for (sheet, report) in input.sheets.iter().zip(&standardised.sheets) {
        describe(sheet, report, &definitions, &mut out)?;
    }
    for file in input.files.iter().filter(|file| file.note.is_some()) {
        writeln!(out, "{}　{}\n", file.path, file.note.as_deref().unwrap_or_default())?;
    }
    print!("{out}");
    Ok(Exit::Clean)
}

fn describe(sheet: &Sheet, report: &SheetReport, definitions: &Definitions, out: &mut String) -> Result<()> {
    let name = if sheet.name.is_empty() { String::new() } else { format!("〔{}〕", sheet.name) };
    writeln!(out, "{}{name}{}", sheet.file, if sheet.hidden { "（隐藏）" } else { "" })?;
    if let Some(reason) = &sheet.unreadable {
        writeln!(out, "  读不出来：{reason}\n")?;
        return Ok(());
    }
    if report.own {
        writeln!(out, "  本程序写的封面或说明，不用\n")?;
        return Ok(());
    }
    let Some(table) = report.table.as_ref().and_then(|name| definitions.table(name)) else {
        let why = match report.rivals.as_slice() {
            [] if sheet.grid.is_empty() => "空表".to_owned(),
            [] => "没有认出是哪类表".to_owned(),
            rivals => format!("分不出是哪一类，同分的还有：{}", rivals.join("、")),
        };
        writeln!(
            out,
            "  {why}。在 zicha.toml 里写明即可：\n    [[sheet]]\n    file = \"{}\"\n    table = \"…\"　# {}\n",
            sheet.file,
            definitions.tables.keys().cloned().collect::<Vec<_>>().join(" ")
        )?;
        return Ok(());
    };
    writeln!(
        out,
        "  认作「{}」（{}），得分 {:.1}，表头第 {} 行，{} 条记录",
        table.title,
        table.name,
        report.score,
        report.header_rows.1 + 1,
        report.rows
    )?;
    for column in &report.columns {
        let letters = column_letters(column.column);
        match (&column.field, column.ignored) {
            (Some(field), _) => {
                writeln!(out, "    {letters:>3}　{} → {}（{field}）", column.header, title(table, field))?
            }
            (None, true) => writeln!(out, "    {letters:>3}　{} → 认得，不用", column.header)?,
            (None, false) => writeln!(out, "    {letters:>3}　{} → 看不懂", column.header)?,
        }
    }
    for filled in &report.filled {
        writeln!(out, "    没有列，取自{}：{}＝{}", filled.from, title(table, &filled.field), filled.value)?;
    }
    for name in &report.missing {
        writeln!(out, "    缺少必需的列：{}", title(table, name))?;
    }
    sample(sheet, report, table, &definitions.words, out)?;
    writeln!(out)?;
    Ok(())
}

fn title<'t>(table: &'t Table, field: &'t str) -> &'t str {
    table.field(field).map_or(field, |field| field.title.as_str())
}

/// The first rows below the header, names and numbers masked.
fn sample(sheet: &Sheet, report: &SheetReport, table: &Table, words: &Words, out: &mut String) -> Result<()> {
    let is_record = |index: &usize| {
        sheet.grid.row(*index).next().is_some_and(|(_, first)| !words.not_a_row.is_match(&compact(first)))
    };
    let below =
        (0..sheet.grid.len()).filter(|index| sheet.grid.row_number(*index) > report.header_rows.1).filter(is_record);
    for index in below.take(SAMPLE_ROWS) {
        let cells: Vec<String> = sheet
            .grid
            .row(index)
            .map(|(column, text)| {
                let field =
                    report.columns.iter().find(|used| used.column == column).and_then(|used| used.field.as_ref());
                let kind = field.and_then(|field| table.field(field)).map(|field| field.kind);
                // A column that nobody understands may hold anybody's name.
                if kind.is_none() { "＊".to_owned() } else { Privacy::Circulates.cell(&compact(text), kind) }
            })
            .collect();
        writeln!(out, "    第{}行　{}", sheet.grid.row_number(index) + 1, cells.join(" | "))?;
    }
    Ok(())
}
