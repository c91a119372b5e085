//! Columns of texts, and Parquet files made of them. Empty cells are nulls; a group of rows is written at a time.

use anyhow::Result;
use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::borrow::Cow;
use std::fs::File;
use std::sync::Arc;

/// Rows as columns: the texts of each one after the other, and where each ends.
#[derive(Debug, Default)]
pub struct Columns(Vec<Column>);

#[derive(Debug, Default)]
struct Column {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Columns {
    /// Turns rows of `width` cells into columns.
    pub fn new<'t, R: Iterator<Item = Cow<'t, str>>>(width: usize, rows: impl Iterator<Item = R>) -> Self {
        let mut columns: Vec<Column> = (0..width).map(|_| Column::default()).collect();
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.text.extend_from_slice(cell.as_bytes());
                column.ends.push(column.text.len());
            }
        }
        Self(columns)
    }
}

/// A Parquet file in the making.
pub struct ColumnsFile(SerializedFileWriter<File>);

impl ColumnsFile {
    /// Starts a file with columns of texts.
    pub fn create(file: File, headers: &[String]) -> Result<Self> {
        let field = |header: &String| {
            Type::primitive_type_builder(header, PhysicalType::BYTE_ARRAY)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(Some(LogicalType::String))
                .build()
                .map(Arc::new)
        };
        let fields = headers.iter().map(field).collect::<Result<Vec<_>, _>>()?;
        let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
        // The file says who wrote it, but not which version: the same rows give the same bytes.
        let properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("zicha".to_owned()).build();
        Ok(Self(SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?))
    }

    /// Writes parts, one under the other, as one group of rows.
    pub fn write(&mut self, parts: Vec<Columns>) -> Result<()> {
        let mut parts: Vec<std::vec::IntoIter<Column>> = parts.into_iter().map(|part| part.0.into_iter()).collect();
        if parts.is_empty() {
            return Ok(());
        }
        let mut group = self.0.next_row_group()?;
        while let Some(mut writer) = group.next_column()? {
            for column in parts.iter_mut().filter_map(Iterator::next) {
                let text = Bytes::from(column.text);
                let starts = std::iter::once(0).chain(column.ends.iter().copied());
                let cells = || starts.clone().zip(column.ends.iter().copied());
                let there: Vec<i16> = cells().map(|(start, end)| i16::from(end > start)).collect();
                let values: Vec<ByteArray> = cells()
                    .filter(|(start, end)| end > start)
                    .map(|(start, end)| ByteArray::from(text.slice(start..end)))
                    .collect();
                writer.typed::<ByteArrayType>().write_batch(&values, Some(&there), None)?;
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// Ends the file.
    pub fn close(self) -> Result<()> {
        self.0.close()?;
        Ok(())
    }
}
