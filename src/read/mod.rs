//! Files → sheets of cells. Every cell keeps the file, sheet, row and column that the user sees.
//!
//! In: files and folders. Out: [`Input`]: sheets with their cells as text, and what could not be read, as sentences.
//! Left out: what the cells mean (`standardise`).

mod chunks;
mod columns;
mod folder;
mod grid;
mod gzip;
mod html;
mod sniff;
mod text;
mod workbook;

pub use chunks::{Chunk, Looked, Outcome, look, stream};
pub use folder::{FoundFile, find_files};
pub use grid::{Grid, GridBuilder, Merge, column_letters};

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Limits on what is read, from the settings.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_columns: u32,
    /// Bytes of a workbook when unpacked.
    pub max_expanded: u64,
    /// How many times larger than packed, above 64 MiB.
    pub max_expansion: u64,
}

/// One sheet of one file, or a whole file that could not be read.
#[derive(Debug, Default)]
pub struct Sheet {
    /// Path relative to the input folder, with `/`.
    pub file: String,
    /// Empty for text files.
    pub name: String,
    pub hidden: bool,
    pub grid: Grid,
    /// Why it could not be read.
    pub unreadable: Option<String>,
}

/// A file that was looked at.
#[derive(Debug, Clone)]
pub struct FileRecord {
    pub path: String,
    pub sha256: String,
    /// Why it was left aside without being wrong (a picture, a document, the same content as another file).
    pub note: Option<String>,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Input {
    pub files: Vec<FileRecord>,
    pub sheets: Vec<Sheet>,
}

/// The outcome of reading one file.
enum Content {
    Sheets(Vec<Sheet>),
    Unreadable(String),
    NotATable(String),
}

/// Reads all files, in parallel; the order of the result is that of `files`.
#[must_use]
pub fn read_all(files: &[FoundFile], limits: Limits, progress: &(dyn Fn(&str) + Sync)) -> Input {
    let outcomes: Vec<(String, Content)> = files
        .par_iter()
        .map(|file| {
            let outcome = read_one(file, limits);
            progress(&file.path);
            outcome
        })
        .collect();
    let mut input = Input::default();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (file, (sha256, content)) in files.iter().zip(outcomes) {
        let mut note = None;
        let twin = (!sha256.is_empty()).then(|| seen.get(&sha256).cloned()).flatten();
        if let Some(twin) = twin {
            note = Some(format!("与「{twin}」内容完全相同，只算一次。"));
        } else {
            match content {
                Content::Sheets(sheets) => input.sheets.extend(sheets),
                Content::Unreadable(reason) => {
                    input.sheets.push(Sheet { file: file.path.clone(), unreadable: Some(reason), ..Sheet::default() })
                }
                Content::NotATable(what) => note = Some(what),
            }
            seen.insert(sha256.clone(), file.path.clone());
        }
        input.files.push(FileRecord { path: file.path.clone(), sha256, note });
    }
    input
}

/// Reads one file: its SHA-256 and what it holds.
fn read_one(file: &FoundFile, limits: Limits) -> (String, Content) {
    if let Some(error) = &file.error {
        return (String::new(), Content::Unreadable(error.clone()));
    }
    let bytes = match std::fs::read(&file.full) {
        Ok(bytes) => bytes,
        Err(error) => return (String::new(), Content::Unreadable(explain(&error))),
    };
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    (sha256, read_content(&file.path, bytes, limits))
}

/// What a file's bytes hold.
fn read_content(path: &str, bytes: Vec<u8>, limits: Limits) -> Content {
    match sniff::kind(&bytes) {
        sniff::FileKind::Empty => Content::Unreadable("文件是空的（0字节），没有内容可读。".to_owned()),
        sniff::FileKind::Zip => workbook::read_zip(path, &bytes, limits),
        sniff::FileKind::Compound => workbook::read_compound(path, &bytes, limits),
        sniff::FileKind::Parquet => columns::read(path, bytes.into(), limits),
        sniff::FileKind::Gzip => gzip::read(path, &bytes, limits),
        sniff::FileKind::Other(what) => Content::NotATable(format!("是{what}，不是表格，没有读。")),
        sniff::FileKind::Text => text::read(path, &bytes, limits),
    }
}

/// An error of the operating system as a sentence.
#[must_use]
pub fn explain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "没有权限读取。请检查文件或文件夹的权限，或复制到别处再查。".to_owned(),
        std::io::ErrorKind::NotFound => "找不到。可能已被移走或改名。".to_owned(),
        _ => format!("读取时出错（{error}）。如果正用表格软件打开着，请先关闭。"),
    }
}
