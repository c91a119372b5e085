//! Large files a piece at a time: text decoded and cut into rows as it comes, Parquet by groups of rows; workbooks whole.
//!
//! The same cells with the same row numbers as reading the file whole, in memory that does not grow with the file.

use super::text::{Shape, parse_from, shape, shown_encoding};
use super::{Content, FoundFile, Grid, Limits, Sheet, columns, explain, read_content, sniff};
use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read};

/// Bytes that are decoded at a time.
const PIECE: usize = 4 << 20;

/// Some rows of one sheet, in their order.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Which sheet of the file.
    pub sheet: usize,
    /// Empty for text files.
    pub name: String,
    pub hidden: bool,
    pub grid: Grid,
}

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Read,
    Unreadable(String),
    NotATable(String),
}

/// A file that was looked at once, from one end to the other.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    pub sha256: String,
    /// Strict UTF-8 throughout, unpacked where it is packed.
    utf8: bool,
}

/// Takes a file's fingerprint, and finds out how its text is written.
///
/// # Errors
/// When it cannot be read.
pub fn look(file: &FoundFile) -> io::Result<Looked> {
    let mut looked = Looked { utf8: true, ..Looked::default() };
    let mut source = Hashed { source: File::open(&file.full)?, digest: Sha256::new() };
    let mut first = [0; 2];
    let filled = source.read(&mut first)?;
    let start = io::Cursor::new(first[..filled].to_vec());
    if first == [0x1F, 0x8B] {
        // What does not unpack is said when it is read.
        looked.utf8 = strict(&mut MultiGzDecoder::new(start.chain(&mut source))).unwrap_or(false);
        io::copy(&mut source, &mut io::sink())?;
    } else {
        looked.utf8 = strict(&mut start.chain(&mut source))?;
    }
    looked.sha256 = source.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(looked)
}

/// A file whose bytes are hashed as they are read.
struct Hashed {
    source: File,
    digest: Sha256,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.digest.update(&buffer[..count]);
        Ok(count)
    }
}

/// Whether all bytes are UTF-8. Reads to the end either way.
fn strict(source: &mut dyn Read) -> io::Result<bool> {
    let mut buffer = vec![0; 1 << 20];
    let (mut kept, mut sound) = (0, true);
    loop {
        let count = source.read(&mut buffer[kept..])?;
        if count == 0 {
            return Ok(sound && kept == 0);
        }
        if !sound {
            continue;
        }
        let all = kept + count;
        kept = match std::str::from_utf8(&buffer[..all]) {
            Ok(_) => 0,
            // The beginning of a character whose rest comes next.
            Err(error) if error.error_len().is_none() => {
                buffer.copy_within(error.valid_up_to()..all, 0);
                all - error.valid_up_to()
            }
            Err(_) => {
                sound = false;
                0
            }
        };
    }
}

/// Reads a file piece by piece; `each` gets the pieces in their order.
///
/// # Errors
/// Only what `each` returns: what is wrong with the file is said in the outcome.
pub fn stream<E>(
    file: &FoundFile,
    looked: &Looked,
    limits: Limits,
    each: &mut dyn FnMut(Chunk) -> Result<(), E>,
) -> Result<Outcome, E> {
    let head = match head(file) {
        Ok(head) => head,
        Err(error) => return Ok(Outcome::Unreadable(explain(&error))),
    };
    match sniff::kind(&head) {
        sniff::FileKind::Text => match File::open(&file.full) {
            Ok(source) => text(source, &head, (file, looked), limits, PIECE, each),
            Err(error) => Ok(Outcome::Unreadable(explain(&error))),
        },
        sniff::FileKind::Gzip => {
            let mut unpacked = Vec::new();
            let open = || File::open(&file.full).map(|source| MultiGzDecoder::new(BufReader::new(source)));
            let start = open().and_then(|source| source.take(1 << 16).read_to_end(&mut unpacked));
            match (start, open()) {
                (Ok(_), Ok(source)) if sniff::kind(&unpacked) == sniff::FileKind::Text => {
                    text(source, &unpacked, (file, looked), limits, PIECE, each)
                }
                // The whole reader says what is wrong with it.
                _ => whole(file, limits, each),
            }
        }
        sniff::FileKind::Parquet => match columns::pieces(&file.full, limits, each) {
            Ok(ended) => ended.map(|()| Outcome::Read),
            Err(reason) => Ok(Outcome::Unreadable(reason)),
        },
        _ => whole(file, limits, each),
    }
}

/// The beginning of a file; of a Parquet file also its last bytes, by which it is known.
fn head(file: &FoundFile) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut source = File::open(&file.full)?;
    (&mut source).take(1 << 16).read_to_end(&mut bytes)?;
    if bytes.starts_with(b"PAR1") {
        use std::io::{Seek, SeekFrom};
        source.seek(SeekFrom::End(-4))?;
        source.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn whole<E>(file: &FoundFile, limits: Limits, each: &mut dyn FnMut(Chunk) -> Result<(), E>) -> Result<Outcome, E> {
    let bytes = match std::fs::read(&file.full) {
        Ok(bytes) => bytes,
        Err(error) => return Ok(Outcome::Unreadable(explain(&error))),
    };
    match read_content(&file.path, bytes, limits) {
        Content::Sheets(sheets) => {
            for (number, Sheet { name, hidden, grid, .. }) in sheets.into_iter().enumerate() {
                each(Chunk { sheet: number, name, hidden, grid })?;
            }
            Ok(Outcome::Read)
        }
        Content::Unreadable(reason) => Ok(Outcome::Unreadable(reason)),
        Content::NotATable(what) => Ok(Outcome::NotATable(what)),
    }
}

fn text<E>(
    mut source: impl Read,
    head: &[u8],
    (file, looked): (&FoundFile, &Looked),
    limits: Limits,
    piece: usize,
    each: &mut dyn FnMut(Chunk) -> Result<(), E>,
) -> Result<Outcome, E> {
    let (encoding, skip): (&Encoding, usize) =
        shown_encoding(head).unwrap_or((if looked.utf8 { UTF_8 } else { GB18030 }, 0));
    let mut decoder = encoding.new_decoder_without_bom_handling();
    if io::copy(&mut (&mut source).take(skip as u64), &mut io::sink()).is_err() {
        return whole(file, limits, each);
    }
    let (mut bytes, mut waiting) = (vec![0; piece], String::new());
    let (mut delimiter, mut row) = (None, 0);
    loop {
        let count = match fill(&mut source, &mut bytes) {
            Ok(count) => count,
            Err(_) => {
                return Ok(Outcome::Unreadable("文件读到一半出错，可能没有下载完整。请重新取得一份。".to_owned()));
            }
        };
        let last = count < bytes.len();
        decode(&mut decoder, &bytes[..count], &mut waiting, last);
        let delimiter = match delimiter {
            Some(known) => known,
            None => match shape(&waiting) {
                Shape::Separated(mark) => *delimiter.insert(mark),
                // Pages and what is no table are small, or not worth more memory.
                Shape::Html => return whole(file, limits, each),
                Shape::Unreadable(reason) => return Ok(Outcome::Unreadable(reason.to_owned())),
            },
        };
        let cut = if last { waiting.len() } else { last_row_end(waiting.as_bytes(), delimiter) };
        let (grid, next) = parse_from(&waiting[..cut], delimiter, row, limits);
        row = next;
        if !grid.is_empty() {
            each(Chunk { grid, ..Chunk::default() })?;
        }
        if last {
            return Ok(Outcome::Read);
        }
        waiting.drain(..cut);
    }
}

/// Fills the buffer as far as the source goes.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], out: &mut String, last: bool) {
    loop {
        out.reserve(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(PIECE));
        let (result, read, _) = decoder.decode_to_string(bytes, out, last);
        bytes = &bytes[read..];
        if result == CoderResult::InputEmpty {
            return;
        }
    }
}

/// Where the last whole row ends: after the last line feed outside quotes.
fn last_row_end(text: &[u8], delimiter: u8) -> usize {
    let (mut end, mut quoted, mut fresh, mut closing) = (0, false, true, false);
    for (at, byte) in text.iter().enumerate() {
        if quoted {
            if *byte == b'"' {
                (quoted, closing) = (false, true);
            }
            continue;
        }
        if *byte == b'"' && (fresh || closing) {
            // Twice inside quotes is a quote that is meant.
            (quoted, closing) = (true, false);
            continue;
        }
        closing = false;
        fresh = *byte == delimiter || *byte == b'\n' || *byte == b'\r';
        if *byte == b'\n' {
            end = at + 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::super::read_all;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_ends_outside_quotes_only() {
        for (text, end) in
            [("a,b\nc,", 4), ("a,\"x\ny\",c", 0), ("a\n\"x\"\"\ny\"\nb", 10), ("5\" pipe\nb", 8), ("a\r\nb\r\nc", 6)]
        {
            assert_eq!(last_row_end(text.as_bytes(), b','), end, "{text:?}");
        }
    }

    /// Rows with their numbers, as texts.
    fn shown(grids: &[Grid]) -> Vec<(u32, Vec<(u32, String)>)> {
        let row = |grid: &Grid, index| grid.row(index).map(|(column, text)| (column, text.to_owned())).collect();
        grids
            .iter()
            .flat_map(|grid| {
                (0..grid.len()).map(|index| (grid.row_number(index), row(grid, index))).collect::<Vec<_>>()
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn pieces_of_any_size_are_the_whole_file(
            rows in proptest::collection::vec(
                proptest::collection::vec("[a张三\"0-9 ]{0,6}|\"[a张,\n]{0,5}\"", 0..5), 0..40),
            ends in proptest::bool::ANY,
            chinese in proptest::bool::ANY,
            packed in proptest::bool::ANY,
            piece in 1_usize..60,
        ) {
            let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
            let text = format!("姓名,证件号码,备注\n{}", lines.join(if ends { "\r\n" } else { "\n" }));
            let bytes = if chinese { GB18030.encode(&text).0.into_owned() } else { text.clone().into_bytes() };
            let folder = tempfile::tempdir().unwrap();
            let full = folder.path().join("a.csv");
            if packed {
                use std::io::Write;
                let mut out = flate2::write::GzEncoder::new(File::create(&full).unwrap(), flate2::Compression::fast());
                out.write_all(&bytes).unwrap();
                out.finish().unwrap();
            } else {
                std::fs::write(&full, &bytes).unwrap();
            }
            let limits = Limits { max_columns: 100, max_expanded: 1 << 30, max_expansion: 1000 };
            let file = FoundFile { path: "a.csv".to_owned(), full, error: None };
            let whole = read_all(std::slice::from_ref(&file), limits, &|_| {});
            let looked = look(&file).unwrap();
            prop_assert_eq!(&looked.sha256, &whole.files[0].sha256);
            let mut grids = Vec::new();
            let mut keep = |chunk: Chunk| -> Result<(), ()> {
                grids.push(chunk.grid);
                Ok(())
            };
            let source: Box<dyn Read> = if packed {
                Box::new(MultiGzDecoder::new(File::open(&file.full).unwrap()))
            } else {
                Box::new(File::open(&file.full).unwrap())
            };
            // The separator is found in the first piece, which in use is large.
            let piece = piece.max(40);
            prop_assert_eq!(text_of(source, &bytes, (&file, &looked), limits, piece, &mut keep), Ok(Outcome::Read));
            let expected: Vec<Grid> = whole.sheets.into_iter().map(|sheet| sheet.grid).collect();
            prop_assert_eq!(shown(&grids), shown(&expected));
        }
    }

    use super::text as text_of;
}
