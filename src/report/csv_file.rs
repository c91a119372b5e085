//! `findings.csv`: one row a finding, for programs; the same bytes for the same input.

use super::{Run, describe};
use anyhow::Result;
use std::io::Write;
use std::path::Path;

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
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(COLUMNS)?;
    let row_text = |row: Option<u32>| row.map(|row| row.to_string()).unwrap_or_default();
    for finding in &run.evaluated.findings.order {
        let text = describe(run, *finding, run.circulating());
        let row = row_text(text.place.row);
        let other_row = row_text(text.other.row);
        let record = [
            &text.rule,
            text.severity,
            &text.indicator,
            &text.school,
            &text.village,
            &text.household_id,
            &text.name,
            &text.id_number,
            &text.place.file,
            &text.place.sheet,
            &row,
            &text.place.column,
            &text.place.value,
            &text.other.file,
            &text.other.sheet,
            &other_row,
            &text.other.value,
            &text.message,
            &text.check,
        ];
        writer.write_record(record.map(harmless))?;
    }
    writer.flush()?;
    Ok(())
}

/// A cell that a spreadsheet would take for a formula is marked as text (design section 12.9).
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
