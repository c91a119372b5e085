//! Parquet files as one sheet: the names of columns are its first row.

use super::grid::GridBuilder;
use super::{Chunk, Content, Limits, Sheet};
use bytes::Bytes;
use parquet::basic::Type as PhysicalType;
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use std::fs::File;
use std::path::Path;

/// Rows that are turned into cells at a time.
const AT_A_TIME: usize = 1 << 15;

/// Reads one file.
pub(super) fn read(path: &str, bytes: Bytes, limits: Limits) -> Content {
    let mut builder = GridBuilder::new(limits.max_columns);
    let mut keep = |chunk: Chunk| -> Result<(), ParquetError> {
        (0..chunk.grid.len()).for_each(|index| builder.copy_row(&chunk.grid, index));
        Ok(())
    };
    match groups(bytes, limits, &mut keep) {
        Ok(Ok(())) => {
            Content::Sheets(vec![Sheet { file: path.to_owned(), grid: builder.finish(), ..Sheet::default() }])
        }
        Ok(Err(error)) | Err(error) => Content::Unreadable(unreadable(&error)),
    }
}

/// Reads one file some rows at a time; the outer error is the file's, as a sentence.
pub(super) fn pieces<E>(
    path: &Path,
    limits: Limits,
    each: &mut dyn FnMut(Chunk) -> Result<(), E>,
) -> Result<Result<(), E>, String> {
    let file = File::open(path).map_err(|error| super::explain(&error))?;
    groups(file, limits, each).map_err(|error| unreadable(&error))
}

fn unreadable(error: &ParquetError) -> String {
    format!("Parquet 文件读不出来（{error}）。请重新导出一份，或另存为 CSV 再查。")
}

fn groups<R: ChunkReader + 'static, E>(
    source: R,
    limits: Limits,
    each: &mut dyn FnMut(Chunk) -> Result<(), E>,
) -> Result<Result<(), E>, ParquetError> {
    let reader = SerializedFileReader::new(source)?;
    let fields = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    let texts = fields.iter().all(|field| {
        field.physical_type() == PhysicalType::BYTE_ARRAY
            && field.converted_type() == parquet::basic::ConvertedType::UTF8
            && field.max_rep_level() == 0
            && field.max_def_level() <= 1
    });
    let mut builder = GridBuilder::new(limits.max_columns);
    for (column, field) in (0_u32..).zip(reader.metadata().file_metadata().schema().get_fields()) {
        builder.push(0, column, field.name());
    }
    if let Err(error) = each(Chunk { grid: builder.finish(), ..Chunk::default() }) {
        return Ok(Err(error));
    }
    let mut first = 1;
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number)?;
        let ended = if texts {
            text_rows(group.as_ref(), fields.len(), &mut first, limits, each)?
        } else {
            any_rows(group.as_ref(), &mut first, limits, each)?
        };
        if ended.is_err() {
            return Ok(ended);
        }
    }
    Ok(Ok(()))
}

/// Columns of nothing but texts, some thousand rows at a time.
fn text_rows<E>(
    group: &dyn RowGroupReader,
    width: usize,
    first: &mut u32,
    limits: Limits,
    each: &mut dyn FnMut(Chunk) -> Result<(), E>,
) -> Result<Result<(), E>, ParquetError> {
    let mut readers = Vec::new();
    for column in 0..width {
        match group.get_column_reader(column)? {
            ColumnReader::ByteArrayColumnReader(reader) => readers.push(reader),
            _ => return Err(ParquetError::General("列的类型与表头不符".to_owned())),
        }
    }
    let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
    while left > 0 {
        let wanted = left.min(AT_A_TIME);
        let mut columns: Vec<(Vec<ByteArray>, Vec<i16>)> = Vec::with_capacity(width);
        for reader in &mut readers {
            let (mut values, mut there) = (Vec::with_capacity(wanted), Vec::with_capacity(wanted));
            let (records, present, levels) = reader.read_records(wanted, Some(&mut there), None, &mut values)?;
            if records != wanted {
                return Err(ParquetError::General("列的行数不一致".to_owned()));
            }
            if levels == 0 {
                there = vec![1; present];
            }
            columns.push((values, there));
        }
        let mut at = vec![0; width];
        let mut builder = GridBuilder::new(limits.max_columns);
        for row in 0..wanted {
            for (column, (values, there)) in (0_u32..).zip(&columns) {
                if there[row] == 0 {
                    continue;
                }
                let place = &mut at[column as usize];
                builder.push(*first, column, values[*place].as_utf8()?);
                *place += 1;
            }
            *first = first.saturating_add(1);
        }
        if let Err(error) = each(Chunk { grid: builder.finish(), ..Chunk::default() }) {
            return Ok(Err(error));
        }
        left -= wanted;
    }
    Ok(Ok(()))
}

/// Columns of any types, as they are shown.
fn any_rows<E>(
    group: &dyn RowGroupReader,
    first: &mut u32,
    limits: Limits,
    each: &mut dyn FnMut(Chunk) -> Result<(), E>,
) -> Result<Result<(), E>, ParquetError> {
    let mut builder = GridBuilder::new(limits.max_columns);
    for row in RowIter::from_row_group(None, group)? {
        let row = row?;
        for (column, (_, field)) in (0_u32..).zip(row.get_column_iter()) {
            match field {
                Field::Null => {}
                Field::Str(text) => builder.push(*first, column, text),
                Field::Bool(true) => builder.push(*first, column, "是"),
                Field::Bool(false) => builder.push(*first, column, "否"),
                // Dates as `2020-07-15`.
                other => builder.push(*first, column, &other.to_string()),
            }
        }
        *first = first.saturating_add(1);
        if builder.size().1 >= AT_A_TIME {
            let full = std::mem::replace(&mut builder, GridBuilder::new(limits.max_columns));
            if let Err(error) = each(Chunk { grid: full.finish(), ..Chunk::default() }) {
                return Ok(Err(error));
            }
        }
    }
    Ok(each(Chunk { grid: builder.finish(), ..Chunk::default() }))
}
