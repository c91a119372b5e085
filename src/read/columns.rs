//! Parquet files as one sheet: the names of columns are its first row.

use super::grid::GridBuilder;
use super::{Content, Limits, Sheet};
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;

/// Reads one file.
pub(super) fn read(path: &str, bytes: Bytes, limits: Limits) -> Content {
    match rows(bytes, limits) {
        Ok(grid) => Content::Sheets(vec![Sheet { file: path.to_owned(), grid, ..Sheet::default() }]),
        Err(error) => {
            Content::Unreadable(format!("Parquet 文件读不出来（{error}）。请重新导出一份，或另存为 CSV 再查。"))
        }
    }
}

fn rows(bytes: Bytes, limits: Limits) -> Result<super::Grid, ParquetError> {
    let reader = SerializedFileReader::new(bytes)?;
    let mut builder = GridBuilder::new(limits.max_columns);
    for (column, field) in (0_u32..).zip(reader.metadata().file_metadata().schema().get_fields()) {
        builder.push(0, column, field.name());
    }
    for (number, row) in (1_u32..).zip(RowIter::from_file(None, &reader)?) {
        let row = row?;
        for (column, (_, field)) in (0_u32..).zip(row.get_column_iter()) {
            match field {
                Field::Null => {}
                Field::Str(text) => builder.push(number, column, text),
                Field::Bool(true) => builder.push(number, column, "是"),
                Field::Bool(false) => builder.push(number, column, "否"),
                // Dates as `2020-07-15`.
                other => builder.push(number, column, &other.to_string()),
            }
        }
    }
    Ok(builder.finish())
}
