//! What a file is, from its first bytes and never from its name.

/// The shapes of file that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Empty,
    /// A ZIP container: `.xlsx`, `.xlsm`, `.xlsb`, `.ods`, or something else.
    Zip,
    /// An OLE compound file: `.xls`, an encrypted workbook, an old document.
    Compound,
    /// Columns in groups of rows: `.parquet`.
    Parquet,
    /// One compressed file: `.csv.gz`.
    Gzip,
    /// Known not to be a table.
    Other(&'static str),
    Text,
}

const OTHERS: [(&[u8], &str); 7] = [
    (b"%PDF", "PDF文档"),
    (b"\x89PNG", "图片"),
    (b"\xFF\xD8\xFF", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xBC\xAF", "压缩包"),
];

/// Tells what the bytes are.
#[must_use]
pub fn kind(bytes: &[u8]) -> FileKind {
    if bytes.is_empty() {
        return FileKind::Empty;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return FileKind::Zip;
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return FileKind::Compound;
    }
    if bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1") {
        return FileKind::Parquet;
    }
    if bytes.starts_with(&[0x1F, 0x8B]) {
        return FileKind::Gzip;
    }
    let binary = |magic: &[u8]| magic != b"BM" || bytes.get(6..10) == Some(&[0, 0, 0, 0]);
    OTHERS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic) && binary(magic))
        .map_or(FileKind::Text, |(_, what)| FileKind::Other(what))
}
