//! Files → a store: every row goes to the bucket of the area that it names, or to its sheet's own.

use super::row::RowReader;
use super::store::{Block, Bucket, FileLine, RowsWriter, SheetLine, Store, packed};
use crate::definitions::{Definitions, Project};
use crate::pipeline::{Progress, limits};
use crate::read::{Chunk, FoundFile, Grid, GridBuilder, Looked, Outcome, Sheet, look, stream};
use crate::standardise::{Recogniser, side_by_side};
use anyhow::{Result, anyhow};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

/// Text of one bucket and sheet that is put on disk at once.
const BLOCK: usize = 1 << 20;
/// Text of one file that waits at most.
const WAITING: usize = 32 << 20;
/// Rows in which a table is recognised.
const HEAD: usize = 64;

/// Lays out all files below `folder`. Gives the keys of each bucket besides, in ascending order.
///
/// # Errors
/// When the disk is full or cannot be written; a file that cannot be read is a finding.
pub fn spread(
    files: &[FoundFile],
    folder: &Path,
    definitions: &Definitions,
    project: &Project,
    progress: &dyn Progress,
) -> Result<(Store, Vec<Vec<i64>>)> {
    let looked = side_by_side(files.len(), |number| match &files[number].error {
        Some(reason) => Err(reason.clone()),
        None => look(&files[number]).map_err(|error| crate::read::explain(&error)),
    });
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut lines: Vec<FileLine> = Vec::new();
    let mut twin = Vec::new();
    for (file, looked) in files.iter().zip(&looked) {
        let sha256 = looked.as_ref().map(|looked| looked.sha256.clone()).unwrap_or_default();
        let known = looked.as_ref().ok().and_then(|looked| seen.get(looked.sha256.as_str()));
        let note = known.map(|known| twin_note(known));
        twin.push(note.is_some());
        lines.push(FileLine { path: file.path.clone(), sha256, note });
        if let Ok(looked) = looked {
            seen.entry(&looked.sha256).or_insert(&file.path);
        }
    }
    let writer = Mutex::new(RowsWriter::create(folder)?);
    let recogniser = &Recogniser::new(definitions);
    let spreader =
        Spreader { recogniser, definitions, project, writer: &writer, field: definitions.settings.text("area-field") };
    let parts = side_by_side(files.len(), |number| {
        let part = match &looked[number] {
            _ if twin[number] => Ok(Part::default()),
            Err(reason) => Ok(Part::unreadable(&files[number], reason)),
            Ok(looked) => spreader.file(&files[number], looked),
        };
        progress.file(&files[number].path);
        part
    });
    let mut sheets: Vec<SheetLine> = Vec::new();
    let mut named: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut nameless: Vec<Gathered> = Vec::new();
    for (line, part) in lines.iter_mut().zip(parts) {
        let part = part?;
        line.note = line.note.take().or(part.note);
        let first = u32::try_from(sheets.len())?;
        for (area, mut gathered) in part.buckets {
            gathered.bucket.blocks.iter_mut().for_each(|block| block.sheet += first);
            match area {
                Whose::Area(name) => named.entry(name).or_default().add(gathered),
                Whose::Sheet(_) => nameless.push(gathered),
            }
        }
        sheets.extend(part.sheets.into_iter().map(|mut sheet| {
            sheet.head.iter_mut().for_each(|block| block.sheet += first);
            sheet
        }));
    }
    let all = named.into_iter().map(|(name, mut gathered)| {
        gathered.bucket.area = Some(name);
        gathered
    });
    let (mut buckets, mut keys) = (Vec::new(), Vec::new());
    for mut gathered in all.chain(nameless) {
        gathered.keys.sort_unstable();
        gathered.keys.dedup();
        buckets.push(Bucket { after: gathered.after.into_iter().collect(), ..gathered.bucket });
        keys.push(gathered.keys);
    }
    Ok((Store::new(folder, lines, sheets, buckets), keys))
}

pub(super) fn twin_note(twin: &str) -> String {
    format!("与「{twin}」内容完全相同，只算一次。")
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Area(String),
    /// The nth sheet of a file.
    Sheet(usize),
}

impl Whose {
    fn area(&self) -> Option<&String> {
        match self {
            Self::Area(name) => Some(name),
            Self::Sheet(_) => None,
        }
    }
}

#[derive(Debug, Default)]
struct Gathered {
    bucket: Bucket,
    after: BTreeMap<String, u64>,
    keys: Vec<i64>,
    /// Rows that wait, by sheet.
    waiting: BTreeMap<usize, GridBuilder>,
}

impl Gathered {
    fn add(&mut self, other: Self) {
        self.bucket.rows += other.bucket.rows;
        self.bucket.bytes += other.bucket.bytes;
        self.bucket.blocks.extend(other.bucket.blocks);
        self.keys.extend(other.keys);
        other.after.into_iter().for_each(|(name, count)| *self.after.entry(name).or_default() += count);
    }
}

/// What one file gave.
#[derive(Default)]
struct Part {
    note: Option<String>,
    sheets: Vec<SheetLine>,
    buckets: BTreeMap<Whose, Gathered>,
    /// The area that the row before named, by sheet.
    before: BTreeMap<usize, String>,
    waiting: usize,
}

impl Part {
    fn unreadable(file: &FoundFile, reason: &str) -> Self {
        let sheet = SheetLine { file: file.path.clone(), unreadable: Some(reason.to_owned()), ..SheetLine::default() };
        Self { sheets: vec![sheet], ..Self::default() }
    }
}

struct Spreader<'s> {
    recogniser: &'s Recogniser<'s>,
    definitions: &'s Definitions,
    project: &'s Project,
    writer: &'s Mutex<RowsWriter>,
    field: String,
}

impl Spreader<'_> {
    fn file(&self, file: &FoundFile, looked: &Looked) -> Result<Part> {
        let mut part = Part::default();
        let outcome = stream(file, looked, limits(self.definitions), &mut |chunk| self.chunk(file, chunk, &mut part))?;
        match outcome {
            Outcome::Read => {}
            // What came before the fault is used; the fault is a finding.
            Outcome::Unreadable(reason) => part.sheets.extend(Part::unreadable(file, &reason).sheets),
            Outcome::NotATable(what) => part.note = Some(what),
        }
        self.flush(&mut part, 0)?;
        Ok(part)
    }

    fn chunk(&self, file: &FoundFile, chunk: Chunk, part: &mut Part) -> Result<()> {
        while part.sheets.len() <= chunk.sheet {
            let line = if part.sheets.len() == chunk.sheet {
                self.sheet(file, &chunk, chunk.sheet)?
            } else {
                SheetLine { file: file.path.clone(), ..SheetLine::default() }
            };
            part.sheets.push(line);
        }
        let reader = part.sheets[chunk.sheet].reader.clone();
        let merged = merges(&chunk.grid, reader.header);
        let mut whose = Whose::Sheet(chunk.sheet);
        for index in 0..chunk.grid.len() {
            let row = chunk.grid.row_number(index);
            if reader.header.is_some_and(|header| row <= header) {
                continue;
            }
            // A row that does not say stands among those of its area.
            let mut changed = None;
            if let Some(named) = reader.area(&chunk.grid, index)
                && part.before.get(&chunk.sheet).is_none_or(|before| *before != named)
            {
                changed = part.before.insert(chunk.sheet, named.into_owned());
            }
            let named = part.before.get(&chunk.sheet).filter(|_| reader.names_areas());
            if whose.area() != named {
                whose = named.map_or(Whose::Sheet(chunk.sheet), |named| Whose::Area(named.clone()));
            }
            if !part.buckets.contains_key(&whose) {
                part.buckets.insert(whose.clone(), Gathered::default());
            }
            let Some(gathered) = part.buckets.get_mut(&whose) else { continue };
            if let Some(before) = changed {
                *gathered.after.entry(before).or_default() += 1;
            }
            if let Some(key) = reader.key(&chunk.grid, index, &self.definitions.words) {
                gathered.keys.push(key);
            }
            gathered.bucket.rows += 1;
            let builder = gathered.waiting.entry(chunk.sheet).or_insert_with(|| GridBuilder::new(u32::MAX));
            let size = builder.size().0;
            match merged.get(&row) {
                None => builder.copy_row(&chunk.grid, index),
                Some(columns) => with_merged(builder, &chunk.grid, index, columns),
            }
            let added = builder.size().0 - size;
            gathered.bucket.bytes += added as u64;
            part.waiting += added;
        }
        let least = if part.waiting > WAITING { 0 } else { BLOCK };
        self.flush(part, least)
    }

    /// Recognises a sheet by its first rows, and keeps what stands above its records.
    fn sheet(&self, file: &FoundFile, chunk: &Chunk, number: usize) -> Result<SheetLine> {
        let sheet = Sheet {
            file: file.path.clone(),
            name: chunk.name.clone(),
            hidden: chunk.hidden,
            grid: first_rows(&chunk.grid),
            unreadable: None,
        };
        let report = self.recogniser.report(&sheet, self.project)?;
        let reader = RowReader::new(&report, self.definitions, &self.field);
        let mut line = SheetLine {
            file: file.path.clone(),
            name: chunk.name.clone(),
            hidden: chunk.hidden,
            unreadable: None,
            reader,
            head: None,
        };
        if let Some(header) = line.reader.header {
            let mut above = GridBuilder::new(u32::MAX);
            let kept = rows(&chunk.grid, |_, row| row <= header);
            (0..kept.len()).for_each(|index| above.copy_row(&kept, index));
            chunk.grid.merges().iter().filter(|merge| merge.first_row <= header).for_each(|merge| above.merge(*merge));
            line.head = Some(self.write(number, &above.finish())?);
        }
        Ok(line)
    }

    /// Puts on disk what waits, where it is at least so many bytes.
    fn flush(&self, part: &mut Part, least: usize) -> Result<()> {
        for gathered in part.buckets.values_mut() {
            let ready: Vec<usize> =
                gathered.waiting.iter().filter(|(_, rows)| rows.size().0 >= least).map(|(sheet, _)| *sheet).collect();
            for sheet in ready {
                let Some(builder) = gathered.waiting.remove(&sheet) else { continue };
                let grid = builder.finish();
                part.waiting -= grid.bytes().min(part.waiting);
                gathered.bucket.blocks.push(self.write(sheet, &grid)?);
            }
            gathered.keys.dedup();
        }
        Ok(())
    }

    fn write(&self, sheet: usize, grid: &Grid) -> Result<Block> {
        let bytes = packed(grid);
        let mut writer = self.writer.lock().map_err(|_| anyhow!("暂存数据时出错"))?;
        writer.add(u32::try_from(sheet)?, &bytes)
    }
}

/// A sheet with the rows in which a table is recognised.
pub(super) fn head(sheet: &Sheet) -> Sheet {
    Sheet {
        file: sheet.file.clone(),
        name: sheet.name.clone(),
        hidden: sheet.hidden,
        grid: first_rows(&sheet.grid),
        unreadable: sheet.unreadable.clone(),
    }
}

fn first_rows(grid: &Grid) -> Grid {
    rows(grid, |index, _| index < HEAD)
}

fn rows(grid: &Grid, wanted: impl Fn(usize, u32) -> bool) -> Grid {
    let mut builder = GridBuilder::new(u32::MAX);
    for index in (0..grid.len()).filter(|index| wanted(*index, grid.row_number(*index))) {
        builder.copy_row(grid, index);
    }
    grid.merges().iter().for_each(|merge| builder.merge(*merge));
    builder.finish()
}

/// The columns that a merged cell below the header covers, by row: rows that are laid out apart say it themselves.
fn merges(grid: &Grid, header: Option<u32>) -> BTreeMap<u32, Vec<u32>> {
    let mut covered: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for merge in grid.tall_merges().filter(|merge| header.is_some_and(|header| merge.first_row > header)) {
        for row in merge.first_row + 1..=merge.last_row {
            covered.entry(row).or_default().push(merge.first_column);
        }
    }
    covered
}

fn with_merged(builder: &mut GridBuilder, grid: &Grid, index: usize, columns: &[u32]) {
    let row = grid.row_number(index);
    let mut cells: BTreeMap<u32, &str> =
        columns.iter().map(|column| (*column, grid.merged_cell(row, *column))).collect();
    cells.extend(grid.row(index));
    cells.into_iter().for_each(|(column, text)| builder.push(row, column, text));
}
