//! Invented tables as texts, and how they become files in the shapes that offices have.

use anyhow::{Context, Result};
use encoding_rs::GB18030;
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// In what shape a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Workbook,
    /// Comma-separated in GB18030, numbers of persons as `="…"`.
    Gbk,
    /// Comma-separated in UTF-8 with a byte-order mark.
    Utf8,
    /// Tab-separated in GB18030, named `.xls`.
    Tabs,
    /// An HTML table named `.xls`.
    Html,
    /// Rows of a large file that holds those of many townships.
    Plain,
}

/// One row: its cells, and a mark by which a planted defect finds it again.
#[derive(Debug, Clone)]
pub struct Line {
    pub cells: Vec<String>,
    pub mark: u64,
}

/// One sheet to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub table: &'static str,
    pub file: String,
    pub sheet: String,
    pub shape: Shape,
    /// Rows above the header; in a workbook merged over the width.
    pub titles: Vec<String>,
    pub headers: Vec<String>,
    /// A second header row below merged groups: first column of the group, its text.
    pub group: Option<(usize, String)>,
    pub lines: Vec<Line>,
    /// Rows under the table: totals, signatures.
    pub footer: Vec<Vec<String>>,
    pub hidden: bool,
}

impl Draft {
    pub fn new(table: &'static str, file: &str, sheet: &str, shape: Shape, headers: &[&str]) -> Self {
        Self {
            table,
            file: file.to_owned(),
            sheet: sheet.to_owned(),
            shape,
            titles: Vec::new(),
            headers: headers.iter().map(|header| (*header).to_owned()).collect(),
            group: None,
            lines: Vec::new(),
            footer: Vec::new(),
            hidden: false,
        }
    }

    /// The row number of the header as the spreadsheet shows it.
    pub fn header_row(&self) -> usize {
        self.titles.len() + 1 + usize::from(self.group.is_some())
    }

    /// The row number of the line with a mark.
    pub fn row_of(&self, mark: u64) -> Option<usize> {
        self.lines.iter().position(|line| line.mark == mark).map(|index| self.header_row() + 1 + index)
    }

    /// The column under a header.
    pub fn column(&self, header: &str) -> Option<usize> {
        self.headers.iter().position(|known| known == header)
    }

    pub fn set(&mut self, mark: u64, header: &str, text: &str) {
        let column = self.column(header);
        if let (Some(column), Some(line)) = (column, self.lines.iter_mut().find(|line| line.mark == mark)) {
            text.clone_into(&mut line.cells[column]);
        }
    }

    /// The name of the sheet in findings: text files have none.
    pub fn sheet_name(&self) -> &str {
        if self.shape == Shape::Workbook { &self.sheet } else { "" }
    }
}

/// Writes every file.
pub fn write(drafts: &[Draft], folder: &Path) -> Result<usize> {
    let mut files: BTreeMap<&str, Vec<&Draft>> = BTreeMap::new();
    for draft in drafts {
        files.entry(&draft.file).or_default().push(draft);
    }
    for (name, sheets) in &files {
        let path = folder.join(name);
        match sheets[0].shape {
            Shape::Workbook => workbook(sheets, &path).with_context(|| format!("写不出「{name}」"))?,
            Shape::Gbk | Shape::Utf8 => {
                let text = delimited(sheets[0], ',');
                let bytes = if sheets[0].shape == Shape::Gbk {
                    GB18030.encode(&text).0.into_owned()
                } else {
                    format!("\u{feff}{text}").into_bytes()
                };
                std::fs::write(&path, bytes)?;
            }
            Shape::Tabs => std::fs::write(&path, GB18030.encode(&delimited(sheets[0], '\t')).0)?,
            Shape::Html => std::fs::write(&path, html(sheets[0]))?,
            // Large files are written by `bulk`.
            Shape::Plain => {}
        }
    }
    Ok(files.len())
}

fn workbook(sheets: &[&Draft], path: &Path) -> Result<()> {
    let mut book = Workbook::new();
    let created = rust_xlsxwriter::ExcelDateTime::from_ymd(2020, 6, 20)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&created));
    let title = Format::new().set_bold().set_font_size(16).set_align(rust_xlsxwriter::FormatAlign::Center);
    let header = Format::new().set_bold().set_text_wrap();
    for draft in sheets {
        let sheet = book.add_worksheet().set_name(&draft.sheet)?;
        sheet.set_hidden(draft.hidden);
        let last = u16::try_from(draft.headers.len().saturating_sub(1))?;
        let mut row = 0;
        for text in &draft.titles {
            if last > 0 {
                sheet.merge_range(row, 0, row, last, text, &title)?;
            } else {
                sheet.write(row, 0, text)?;
            }
            row += 1;
        }
        row = headers(sheet, draft, row, &header)?;
        for line in &draft.lines {
            for (column, cell) in (0_u16..).zip(&line.cells) {
                write_cell(sheet, row, column, cell)?;
            }
            row += 1;
        }
        for cells in &draft.footer {
            for (column, cell) in (0_u16..).zip(cells) {
                write_cell(sheet, row, column, cell)?;
            }
            row += 1;
        }
    }
    book.save(path)?;
    Ok(())
}

fn headers(sheet: &mut Worksheet, draft: &Draft, row: u32, format: &Format) -> Result<u32> {
    let Some((first, text)) = &draft.group else {
        for (column, header) in (0_u16..).zip(&draft.headers) {
            sheet.write_with_format(row, column, header, format)?;
        }
        return Ok(row + 1);
    };
    for (column, header) in (0_u16..).zip(&draft.headers) {
        if usize::from(column) < *first {
            sheet.merge_range(row, column, row + 1, column, header, format)?;
        } else {
            sheet.write_with_format(row + 1, column, header, format)?;
        }
    }
    sheet.merge_range(row, u16::try_from(*first)?, row, u16::try_from(draft.headers.len() - 1)?, text, format)?;
    Ok(row + 2)
}

/// A cell that starts with `#` is a number, as careless hands enter certificate numbers.
fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &str) -> Result<()> {
    match cell.strip_prefix('#').and_then(|digits| digits.parse::<f64>().ok()) {
        Some(number) => sheet.write(row, column, number)?,
        None if cell.is_empty() => return Ok(()),
        None => sheet.write_string(row, column, cell)?,
    };
    Ok(())
}

/// The text of a cell in a file without numbers: what careless hands entered as a number has lost its end.
pub fn plain_cell(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix('#').and_then(|digits| digits.parse::<f64>().ok()) {
        Some(number) if number >= 1e11 => Cow::Owned(format!("{number:.5E}").replace('E', "E+")),
        Some(_) => Cow::Borrowed(&cell[1..]),
        None => Cow::Borrowed(cell),
    }
}

fn delimited(draft: &Draft, mark: char) -> String {
    let mut out = String::new();
    let mut push = |cells: &[String]| {
        let texts: Vec<String> = cells
            .iter()
            .map(|cell| {
                let number = mark == ',' && draft.shape == Shape::Gbk && cell.len() >= 15 && cell.is_ascii();
                if number && !cell.starts_with('#') { format!("=\"{cell}\"") } else { plain_cell(cell).into_owned() }
            })
            .collect();
        out.push_str(&texts.join(&mark.to_string()));
        out.push_str("\r\n");
    };
    for title in &draft.titles {
        push(std::slice::from_ref(title));
    }
    push(&draft.headers);
    draft.lines.iter().for_each(|line| push(&line.cells));
    draft.footer.iter().for_each(|cells| push(cells));
    out
}

fn html(draft: &Draft) -> String {
    let row = |cells: &[String], tag: &str| {
        format!("<tr>{}</tr>\n", cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect::<String>())
    };
    let mut out = String::from("<html><head><meta charset=\"utf-8\"></head><body><table border=\"1\">\n");
    for title in &draft.titles {
        out.push_str(&format!("<tr><td colspan=\"{}\">{title}</td></tr>\n", draft.headers.len()));
    }
    out.push_str(&row(&draft.headers, "th"));
    draft.lines.iter().for_each(|line| out.push_str(&row(&line.cells, "td")));
    draft.footer.iter().for_each(|cells| out.push_str(&row(cells, "td")));
    out.push_str("</table></body></html>\n");
    out
}
