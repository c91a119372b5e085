//! Text files: comma- or tab-separated in any of the encodings that Chinese offices use, and HTML tables.

use super::grid::GridBuilder;
use super::{Content, Limits, Sheet, html};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

const PROBE: usize = 65_536;

/// Reads one text file as one sheet.
pub(super) fn read(path: &str, bytes: &[u8], limits: Limits) -> Content {
    let text = decode(bytes);
    match shape(&text) {
        Shape::Separated(delimiter) => {
            let grid = parse(&text, delimiter, limits);
            Content::Sheets(vec![Sheet { file: path.to_owned(), grid, ..Sheet::default() }])
        }
        Shape::Html => html::read(path, &text, limits),
        Shape::Unreadable(reason) => Content::Unreadable(reason.to_owned()),
    }
}

/// What a text is, from its beginning.
pub(super) enum Shape {
    /// Cells with this mark between them.
    Separated(u8),
    Html,
    Unreadable(&'static str),
}

/// Looks at the beginning of a text.
pub(super) fn shape(text: &str) -> Shape {
    let head = &text[..text.floor_char_boundary(PROBE.min(text.len()))];
    let lower = head.to_ascii_lowercase();
    if lower.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Shape::Unreadable("是 XML 表格（2003）。请用表格软件打开，另存为 .xlsx 再查。");
    }
    if lower.trim_start().starts_with('<') && (lower.contains("<table") || lower.contains("<html")) {
        return Shape::Html;
    }
    let odd = head.chars().filter(|letter| letter.is_control() && !matches!(letter, '\t' | '\r' | '\n')).count();
    if odd * 50 > head.chars().count() {
        return Shape::Unreadable("不是表格文件，内容无法辨认。");
    }
    Shape::Separated(delimiter(head))
}

/// The encoding that the beginning of a file shows, and how many bytes of it are a mark; none where only the whole tells UTF-8 from GB18030.
pub(super) fn shown_encoding(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    if let Some(marked) = Encoding::for_bom(bytes) {
        return Some(marked);
    }
    let probe = &bytes[..bytes.len().min(PROBE)];
    let zeros = |odd: usize| probe.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let enough = probe.len() / 16;
    if zeros(1) > enough && zeros(0) <= zeros(1) / 8 {
        return Some((UTF_16LE, 0));
    }
    if zeros(0) > enough && zeros(1) <= zeros(0) / 8 {
        return Some((UTF_16BE, 0));
    }
    None
}

/// Decodes by byte-order mark, then zero bytes (UTF-16 without a mark), then strict UTF-8, then GB18030.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, skip)) = shown_encoding(bytes) {
        return encoding.decode_without_bom_handling(&bytes[skip..]).0;
    }
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text,
        None => GB18030.decode_without_bom_handling(bytes).0,
    }
}

/// The separator that the first lines use most.
fn delimiter(head: &str) -> u8 {
    let count = |mark: char| head.lines().take(30).map(|line| line.matches(mark).count()).sum::<usize>();
    [(b'\t', count('\t') * 2), (b',', count(',')), (b';', count(';')), (b'|', count('|'))]
        .into_iter()
        .max_by_key(|(_, found)| *found)
        .filter(|(_, found)| *found > 0)
        .map_or(b',', |(mark, _)| mark)
}

/// Splits into cells.
fn parse(text: &str, delimiter: u8, limits: Limits) -> super::Grid {
    parse_from(text, delimiter, 0, limits).0
}

/// The cells of a text whose first line is row `row`, and the number of the row after its last. Blank lines count as rows, as they do in a spreadsheet.
pub(super) fn parse_from(text: &str, delimiter: u8, mut row: u32, limits: Limits) -> (super::Grid, u32) {
    let mut builder = GridBuilder::new(limits.max_columns);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    loop {
        row = row.saturating_add(blank_lines(text.as_bytes(), reader.position().byte()));
        if !reader.read_record(&mut record).unwrap_or(false) {
            break;
        }
        for (column, field) in (0_u32..).zip(record.iter()) {
            builder.push(row, column, field);
        }
        row = row.saturating_add(1);
    }
    (builder.finish(), row)
}

/// How many blank lines stand at a place between records: the reader passes over them, a spreadsheet shows them as rows.
fn blank_lines(bytes: &[u8], from: u64) -> u32 {
    let mut at = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
    // The line feed of a pair whose carriage return has ended the record before.
    if at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut count = 0;
    loop {
        at += match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\n' | b'\r'), _) => 1,
            _ => return count,
        };
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let limits = Limits { max_columns: 100, max_expanded: 0, max_expansion: 0 };
        let grid = parse(text, b',', limits);
        (0..grid.len())
            .map(|index| (grid.row_number(index) + 1, grid.row(index).map(|(_, text)| text.to_owned()).collect()))
            .collect()
    }

    #[test]
    fn row_numbers_count_blank_lines_and_not_line_breaks_inside_cells() {
        let found: Vec<u32> = rows("a,b\n\n\"x\ny\",2\r\nc,d\n\n\ne,f").into_iter().map(|(row, _)| row).collect();
        assert_eq!(found, [1, 3, 4, 7]);
    }

    #[test]
    fn encodings_are_told_apart() {
        let wanted = "姓名,证件号码\n";
        let wide: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [&[0xEF, 0xBB, 0xBF], wanted.as_bytes()].concat();
        let chinese = GB18030.encode(wanted).0.into_owned();
        for bytes in [
            wanted.as_bytes().to_vec(),
            marked,
            chinese,
            [&[0xFF, 0xFE], &wide[..]].concat(),
            [&[0xFE, 0xFF], &big[..]].concat(),
        ] {
            assert_eq!(decode(&bytes), wanted);
        }
    }
}
