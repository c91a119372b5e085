//! `findings.csv`: one row a finding, for programs; the same bytes for the same input.

use super::{Run, describe};
use crate::evaluate::Findings;
use crate::simulate::{Columns, ColumnsFile};
use anyhow::{Context, Result};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 19] = [
    "rule",
    "severity",
    "indicator",
    "school",
    "village",
    "household_id",
    "name",
    "id_number",
    "file",
    "sheet",
    "row",
    "column",
    "value",
    "other_file",
    "other_sheet",
    "other_row",
    "other_value",
    "message",
    "check",
];

/// Writes the file: UTF-8 with a byte-order mark, so that spreadsheets read it right.
pub fn write(run: &Run<'_>, path: &Path) -> Result<()> {
    let mut writer = started(path)?;
    for finding in &run.evaluated.findings.order {
        writer.write_record(record(run, *finding))?;
    }
    writer.flush()?;
    Ok(())
}

fn started(path: &Path) -> Result<csv::Writer<BufWriter<File>>> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(COLUMNS)?;
    Ok(writer)
}

/// One finding as a line.
fn record(run: &Run<'_>, finding: (u32, u32)) -> [String; 19] {
    let row_text = |row: Option<u32>| row.map(|row| row.to_string()).unwrap_or_default();
    let text = describe(run, finding, run.circulating());
    [
        text.rule,
        text.severity.to_owned(),
        text.indicator,
        text.school,
        text.village,
        text.household_id,
        text.name,
        text.id_number,
        text.place.file,
        text.place.sheet,
        row_text(text.place.row),
        text.place.column,
        text.place.value,
        text.other.file,
        text.other.sheet,
        row_text(text.other.row),
        text.other.value,
        text.message,
        text.check,
    ]
    .map(harmless)
}

/// A cell that a spreadsheet would take for a formula is marked as text (design section 12.9).
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Rows of a group in Parquet.
const GROUP: usize = 100_000;

/// The findings of several checks as they come: a file a rule, put one after the other at the end.
pub struct FindingsFile {
    folder: PathBuf,
    rules: BTreeMap<u32, csv::Writer<BufWriter<File>>>,
    /// Rules in the order of every output.
    order: Vec<u32>,
    rows: usize,
}

impl FindingsFile {
    /// Starts in a folder of its own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
        Ok(Self { folder: folder.to_path_buf(), rules: BTreeMap::new(), order: Vec::new(), rows: 0 })
    }

    /// Adds the findings of one check.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, run: &Run<'_>) -> Result<()> {
        for finding in &run.evaluated.findings.order {
            let writer = match self.rules.entry(finding.0) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let file = File::create(self.folder.join(format!("{}.csv", finding.0)))?;
                    new.insert(csv::Writer::from_writer(BufWriter::new(file)))
                }
            };
            writer.write_record(record(run, *finding))?;
            self.rows += 1;
        }
        if self.order.is_empty() {
            self.order = Findings::rules_in_order(run.definitions);
        }
        Ok(())
    }

    /// Puts everything into one file: `findings.csv`, or `findings.parquet` where there are more than `most` rows.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self, most: usize) -> Result<Whole> {
        for writer in self.rules.values_mut() {
            writer.flush().context("写不出问题清单，磁盘可能满了")?;
        }
        let parts = || {
            let known = self.order.iter().filter(|rule| self.rules.contains_key(rule));
            known.map(|rule| self.folder.join(format!("{rule}.csv")))
        };
        let name = if self.rows > most { "findings.parquet" } else { "findings.csv" };
        let path = self.folder.join(name);
        if self.rows <= most {
            let mut out = started(&path)?.into_inner().map_err(|error| error.into_error())?;
            for part in parts() {
                std::io::copy(&mut File::open(&part)?, &mut out)?;
                std::fs::remove_file(part)?;
            }
            out.flush()?;
        } else {
            let mut out = ColumnsFile::create(File::create(&path)?, &COLUMNS.map(str::to_owned))?;
            for part in parts() {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&part)?;
                let mut records = reader.records();
                loop {
                    let group: Vec<csv::StringRecord> = records.by_ref().take(GROUP).collect::<Result<_, _>>()?;
                    if group.is_empty() {
                        break;
                    }
                    let rows = group.iter().map(|record| record.iter().map(Cow::Borrowed));
                    out.write(vec![Columns::new(COLUMNS.len(), rows)])?;
                }
                std::fs::remove_file(part)?;
            }
            out.close()?;
        }
        Ok(Whole { path, name, rows: self.rows })
    }
}

/// All findings, where reports list only some of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Where the file is until it is put in place.
    pub path: PathBuf,
    pub name: &'static str,
    pub rows: usize,
}
