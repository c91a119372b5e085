//! Many townships: a county as a folder of papers each, or a county, province or nation as one large file a table, written as it is invented.
//!
//! Townships are invented side by side, some at a time, and written in their order; what is in memory does not grow with their number.

use super::columns::{Columns, ColumnsFile};
use super::defects::Truth;
use super::people::Generation;
use super::place::Place;
use super::sheet::{Draft, plain_cell};
use super::township::{Papers, Township, Written, papers, write_figures};
use crate::definitions::{ErrorModel, PopulationModel};
use anyhow::{Context, Result};
use encoding_rs::GB18030;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Townships in memory at a time.
const AT_A_TIME: usize = 24;

/// How large an invented population is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Township,
    County,
    Province,
    Nation,
}

impl Scale {
    /// How many of so many townships make a county.
    #[must_use]
    pub fn per_county(self, townships: usize, model: &PopulationModel) -> usize {
        match self {
            Self::Township | Self::County => townships,
            Self::Province | Self::Nation => model.townships_per_county,
        }
    }

    /// Registered persons where no number is given.
    #[must_use]
    pub fn persons(self, model: &PopulationModel) -> usize {
        match self {
            Self::Township => model.township_persons,
            Self::County => model.county_persons,
            Self::Province => model.province_persons,
            Self::Nation => model.nation_persons,
        }
    }
}

/// In what files a population is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Papers in the shapes that offices have, a folder a township.
    Papers,
    /// One comma-separated file a table, in GB18030.
    Csv,
    Parquet,
}

/// What to invent.
#[derive(Debug, Clone)]
pub struct Region {
    pub seed: u64,
    pub persons: usize,
    pub townships: usize,
    /// Townships that make a county.
    pub per_county: usize,
    pub errors: ErrorModel,
    pub generation: Generation,
    pub terms: usize,
}

impl Region {
    /// How many townships so many persons make.
    #[must_use]
    pub fn townships(persons: usize, model: &PopulationModel) -> usize {
        (persons + model.persons_per_township / 2).checked_div(model.persons_per_township).unwrap_or(1).max(1)
    }

    /// The nth township. Of one bad school in all, the first township has it.
    pub(super) fn township(&self, index: usize) -> Township {
        let share = self.persons / self.townships + usize::from(index < self.persons % self.townships);
        let errors =
            ErrorModel { bad_rounds: if index == 0 { self.errors.bad_rounds } else { 0.0 }, ..self.errors.clone() };
        Township {
            seed: self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(index as u64),
            persons: share,
            errors,
            generation: self.generation,
            terms: self.terms,
        }
    }
}

/// Writes a region into `folder`, and into `truth` what is true of it. `told` hears how many persons are written so far.
///
/// # Errors
/// When a file cannot be written.
pub fn write_region(
    folder: &Path,
    truth: &Path,
    region: &Region,
    kind: FileKind,
    model: &PopulationModel,
    told: &dyn Fn(usize),
) -> Result<Written> {
    for folder in [folder, truth] {
        std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
    }
    let mut truths = csv::Writer::from_path(truth.join("truth.csv"))?;
    truths.write_record(["rule", "file", "sheet", "row"])?;
    let mut figures = Value::Null;
    let mut written = Written::default();
    let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
    let all: Vec<usize> = (0..region.townships).collect();
    for some in all.chunks(AT_A_TIME) {
        let mut ready: Vec<Ready> = some
            .par_iter()
            .with_max_len(1)
            .map(|index| Ready::new(folder, region, *index, kind, model))
            .collect::<Result<_>>()?;
        for ready in &mut ready {
            for truth in &ready.truths {
                let before = tables.get(truth_table(ready, truth)).map_or(0, |table| table.rows);
                let row = truth.row.map(|row| row + before);
                truths.write_record(Truth { row, ..truth.clone() }.record())?;
            }
            for part in &mut ready.parts {
                let table = match tables.entry(part.table) {
                    std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::btree_map::Entry::Vacant(new) => new.insert(Table::open(folder, part)?),
                };
                table.write(part)?;
            }
            add(&mut figures, &ready.figures);
            written.households += ready.written.households;
            written.persons += ready.written.persons;
            written.files += ready.written.files;
            written.defects += ready.written.defects;
        }
        // A group of rows for all that are in memory, so that files are read fast again.
        tables.par_iter_mut().try_for_each(|(_, table)| table.flush())?;
        told(written.persons);
    }
    written.files += tables.len();
    for table in tables.into_values() {
        table.close()?;
    }
    truths.flush()?;
    write_figures(&figures, truth)?;
    Ok(written)
}

/// One township, invented and made ready for its files.
struct Ready {
    parts: Vec<Part>,
    truths: Vec<Truth>,
    figures: Value,
    written: Written,
}

/// A township's rows of one table, as bytes or as columns.
struct Part {
    table: &'static str,
    file: String,
    headers: Vec<String>,
    rows: usize,
    bytes: Vec<u8>,
    columns: Option<Columns>,
}

impl Ready {
    fn new(folder: &Path, region: &Region, index: usize, kind: FileKind, model: &PopulationModel) -> Result<Self> {
        let place = Place::nth(index, region.per_county, model);
        let name = format!("{:03}{}", index + 1, place.township);
        let mut papers = papers(model, &region.township(index), place, kind != FileKind::Papers);
        let figures = papers.facts.figures(&papers.population);
        if kind == FileKind::Papers {
            let written = papers.write(&folder.join(&name))?;
            for truth in &mut papers.truths {
                truth.file = format!("{name}/{}", truth.file);
            }
            return Ok(Self { parts: Vec::new(), truths: papers.truths, figures, written });
        }
        let written = papers.counted();
        let Papers { drafts, mut truths, .. } = papers;
        let ending = if kind == FileKind::Csv { "csv" } else { "parquet" };
        for truth in &mut truths {
            truth.file = format!("{}.{ending}", truth.file);
        }
        let parts = drafts.iter().map(|draft| Part::new(draft, kind, ending)).collect();
        Ok(Self { parts, truths, figures, written })
    }
}

/// The table that a defect of large files stands in.
fn truth_table<'r>(ready: &'r Ready, truth: &Truth) -> &'r str {
    ready.parts.iter().find(|part| part.file == truth.file).map_or("", |part| part.table)
}

impl Part {
    fn new(draft: &Draft, kind: FileKind, ending: &str) -> Self {
        let mut part = Self {
            table: draft.table,
            file: format!("{}.{ending}", draft.file),
            headers: draft.headers.clone(),
            rows: draft.lines.len(),
            bytes: Vec::new(),
            columns: None,
        };
        if kind == FileKind::Csv {
            let mut text = String::new();
            for line in &draft.lines {
                for (column, cell) in line.cells.iter().enumerate() {
                    if column > 0 {
                        text.push(',');
                    }
                    text.push_str(&plain_cell(cell));
                }
                text.push_str("\r\n");
            }
            part.bytes = GB18030.encode(&text).0.into_owned();
        } else {
            let rows = draft.lines.iter().map(|line| line.cells.iter().map(|cell| plain_cell(cell)));
            part.columns = Some(Columns::new(draft.headers.len(), rows));
        }
        part
    }
}

/// One large file.
struct Table {
    rows: usize,
    out: Out,
}

enum Out {
    Text(BufWriter<File>),
    Columns { file: ColumnsFile, waiting: Vec<Columns> },
}

impl Table {
    fn open(folder: &Path, part: &Part) -> Result<Self> {
        let path = folder.join(&part.file);
        let file = File::create(&path).with_context(|| format!("写不出「{}」", path.display()))?;
        let out = match &part.columns {
            None => {
                let mut out = BufWriter::with_capacity(1 << 20, file);
                out.write_all(&GB18030.encode(&part.headers.join(",")).0)?;
                out.write_all(b"\r\n")?;
                Out::Text(out)
            }
            Some(_) => Out::Columns { file: ColumnsFile::create(file, &part.headers)?, waiting: Vec::new() },
        };
        Ok(Self { rows: 0, out })
    }

    fn write(&mut self, part: &mut Part) -> Result<()> {
        self.rows += part.rows;
        match &mut self.out {
            Out::Text(out) => out.write_all(&part.bytes)?,
            Out::Columns { waiting, .. } => waiting.extend(part.columns.take()),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if let Out::Columns { file, waiting } = &mut self.out {
            file.write(std::mem::take(waiting))?;
        }
        Ok(())
    }

    fn close(self) -> Result<()> {
        match self.out {
            Out::Text(mut out) => out.flush()?,
            Out::Columns { file, .. } => file.close()?,
        }
        Ok(())
    }
}

/// Adds figures of the same shape.
fn add(sum: &mut Value, part: &Value) {
    match (sum, part) {
        (Value::Object(sum), Value::Object(part)) => {
            for (key, value) in part {
                add(sum.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (sum, part) => {
            *sum = match (sum.as_u64(), part.as_u64()) {
                (Some(a), Some(b)) => Value::from(a + b),
                _ => part.clone(),
            }
        }
    }
}
