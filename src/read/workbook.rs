//! Workbooks through calamine: `.xlsx`, `.xlsm`, `.xlsb`, `.xls`, `.ods`, every sheet, hidden ones included.

use super::grid::{GridBuilder, Merge};
use super::{Content, Limits, Sheet};
use calamine::{CellErrorType, Data, DataRef, Dimensions, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use std::io::Cursor;

const SMALL: u64 = 64 << 20;

/// A ZIP container: a workbook, a document, or an archive.
pub(super) fn read_zip(path: &str, bytes: &[u8], limits: Limits) -> Content {
    let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(_) => {
            return Content::Unreadable("文件不完整，可能没有下载完或复制中断。请重新取得一份。".to_owned());
        }
    };
    let names: Vec<String> =
        archive.file_names().filter_map(|name| name.ok().map(std::borrow::Cow::into_owned)).collect();
    let has = |name: &str| names.iter().any(|found| found.eq_ignore_ascii_case(name));
    let mut expanded: u64 = 0;
    for index in 0..archive.len() {
        if let Ok(entry) = archive.by_index_raw(index) {
            // A packed byte gives at most 1,032: what an entry claims beyond its own packed size is no lie worth believing.
            expanded = expanded.saturating_add(entry.size().max(entry.compressed_size()));
        }
    }
    let packed = (bytes.len() as u64).max(1);
    if expanded > limits.max_expanded || (expanded > SMALL && expanded / packed > limits.max_expansion) {
        return Content::Unreadable(format!(
            "解压后有 {} MiB，远大于文件本身，像是压缩炸弹或被大量空白格式撑大，没有打开。请把数据另存到新文件。",
            expanded >> 20
        ));
    }
    let data = Cursor::new(bytes);
    if has("xl/workbook.xml") {
        open(path, Xlsx::new(data), |book, name| xlsx_sheet(book, name, limits))
    } else if has("xl/workbook.bin") {
        open(path, Xlsb::new(data), |book, name| range_sheet(book, name, &[], limits))
    } else if has("content.xml") && has("mimetype") && !has("word/document.xml") {
        open(path, Ods::new(data), |book, name| range_sheet(book, name, &[], limits))
    } else if has("word/document.xml") || has("ppt/presentation.xml") {
        Content::NotATable("是文档，不是表格，没有读。".to_owned())
    } else {
        Content::Unreadable("是压缩包，里面没有工作簿。请解压后放进文件夹。".to_owned())
    }
}

/// An OLE compound file: an old workbook, an encrypted one, or a document.
pub(super) fn read_compound(path: &str, bytes: &[u8], limits: Limits) -> Content {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let holds = |name: &str| {
        let needle = wide(name);
        bytes.windows(needle.len()).any(|window| window == needle)
    };
    if holds("EncryptedPackage") {
        return Content::Unreadable(PASSWORD.to_owned());
    }
    if !holds("Workbook") && !holds("Book") {
        return Content::NotATable("是文档，不是表格，没有读。".to_owned());
    }
    open(path, Xls::new(Cursor::new(bytes)), |book, name| {
        let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
        range_sheet(book, name, &merges, limits)
    })
}

const PASSWORD: &str = "工作簿有打开密码。请去掉密码另存一份再查。";

/// Opens a workbook and reads each sheet; an error in one sheet leaves the others.
fn open<'b, R, E>(path: &str, book: Result<R, E>, read: impl Fn(&mut R, &str) -> Result<GridBuilder, String>) -> Content
where
    R: Reader<Cursor<&'b [u8]>>,
    E: std::fmt::Display,
{
    let mut book = match book {
        Ok(book) => book,
        Err(error) => return Content::Unreadable(complain(&error.to_string())),
    };
    let sheets = book.sheets_metadata().to_vec();
    let mut out = Vec::new();
    for sheet in sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet) {
        let hidden = sheet.visible != SheetVisible::Visible;
        let (grid, unreadable) = match read(&mut book, &sheet.name) {
            Ok(builder) => (builder.finish(), None),
            Err(error) => (super::Grid::default(), Some(complain(&error))),
        };
        out.push(Sheet { file: path.to_owned(), name: sheet.name.clone(), hidden, grid, unreadable });
    }
    if out.is_empty() { Content::Unreadable("工作簿里没有工作表。".to_owned()) } else { Content::Sheets(out) }
}

fn complain(error: &str) -> String {
    if error.contains("password") {
        return PASSWORD.to_owned();
    }
    "工作簿打不开，文件可能损坏或不完整。请用表格软件打开后另存一份，或重新导出。".to_owned()
}

/// An `.xlsx` sheet cell by cell, so that a million empty formatted rows cost nothing.
fn xlsx_sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, limits: Limits) -> Result<GridBuilder, String> {
    let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    let mut builder = GridBuilder::new(limits.max_columns);
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| error.to_string())?;
    let mut buffer = String::new();
    while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        match cell.get_value() {
            DataRef::Empty => {}
            DataRef::SharedString(text) => builder.push(row, column, text),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                builder.push(row, column, text)
            }
            value => {
                buffer.clear();
                match value {
                    DataRef::Int(number) => buffer.push_str(&number.to_string()),
                    DataRef::Float(number) => write_number(*number, &mut buffer),
                    DataRef::Bool(flag) => buffer.push_str(if *flag { "TRUE" } else { "FALSE" }),
                    DataRef::DateTime(date) => write_date(*date, &mut buffer),
                    DataRef::Error(error) => buffer.push_str(error_text(error)),
                    _ => {}
                }
                builder.push(row, column, &buffer);
            }
        }
    }
    add_merges(&mut builder, &merges);
    Ok(builder)
}

/// A sheet of the other formats, through calamine's range.
fn range_sheet<'b, R>(book: &mut R, name: &str, merges: &[Dimensions], limits: Limits) -> Result<GridBuilder, String>
where
    R: Reader<Cursor<&'b [u8]>>,
    R::Error: std::fmt::Display,
{
    let range = book.worksheet_range(name).map_err(|error| error.to_string())?;
    let (top, left) = range.start().unwrap_or_default();
    let mut builder = GridBuilder::new(limits.max_columns);
    let mut buffer = String::new();
    for (row, column, value) in range.used_cells() {
        let (row, column) =
            (top + u32::try_from(row).unwrap_or(u32::MAX), left + u32::try_from(column).unwrap_or(u32::MAX));
        buffer.clear();
        match value {
            Data::Empty => {}
            Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => buffer.push_str(text),
            Data::Int(number) => buffer.push_str(&number.to_string()),
            Data::Float(number) => write_number(*number, &mut buffer),
            Data::Bool(flag) => buffer.push_str(if *flag { "TRUE" } else { "FALSE" }),
            Data::DateTime(date) => write_date(*date, &mut buffer),
            Data::Error(error) => buffer.push_str(error_text(error)),
        }
        builder.push(row, column, &buffer);
    }
    add_merges(&mut builder, merges);
    Ok(builder)
}

fn add_merges(builder: &mut GridBuilder, merges: &[Dimensions]) {
    for region in merges {
        builder.merge(Merge {
            first_row: region.start.0,
            last_row: region.end.0,
            first_column: region.start.1,
            last_column: region.end.1,
        });
    }
}

/// A number as text. From 10^15 on a spreadsheet no longer holds every digit: written as `6.10398201309011E+17`, so that nobody takes it for whole.
fn write_number(number: f64, out: &mut String) {
    use std::fmt::Write;
    let result = if number.abs() >= 1e15 {
        let text = format!("{number:.14E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        write!(out, "{mantissa}E+{exponent}")
    } else if number.fract() == 0.0 {
        write!(out, "{number:.0}")
    } else {
        // Fifteen significant digits are what the cell shows; more would show the binary fraction.
        let digits = 15_usize.saturating_sub(number.abs().log10().max(0.0) as usize + 1);
        let text = format!("{number:.digits$}");
        write!(out, "{}", text.trim_end_matches('0').trim_end_matches('.'))
    };
    debug_assert!(result.is_ok(), "writing to a string does not fail");
}

/// A date as `2013-09-01`, with its time where it has one.
fn write_date(date: calamine::ExcelDateTime, out: &mut String) {
    use std::fmt::Write;
    if !date.is_datetime() {
        write_number(date.as_f64(), out);
        return;
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let result = if (hour, minute, second) == (0, 0, 0) {
        write!(out, "{year:04}-{month:02}-{day:02}")
    } else {
        write!(out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    };
    debug_assert!(result.is_ok(), "writing to a string does not fail");
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}
