//! The linked tables as Parquet and the views and rules as plain SQL, for another engine.

use crate::evaluate::Portable;
use anyhow::{Context, Result, bail};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use polars::prelude::{Column, DataFrame, DataType};
use serde::Serialize;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

#[derive(Serialize)]
struct Statement<'p> {
    name: &'p str,
    /// The Parquet file with this engine's rows.
    rows: String,
    sql: &'p str,
}

#[derive(Serialize)]
struct RuleLine<'p> {
    rule: &'p str,
    view: &'p str,
    when: &'p str,
    /// The cells of the rows that this engine found; null where the rule did not run.
    found: Option<&'p [i64]>,
}

#[derive(Serialize)]
struct Contents<'p> {
    version: u32,
    tables: Vec<&'p str>,
    /// In an order in which each finds what it uses.
    views: Vec<Statement<'p>>,
    rules: Vec<RuleLine<'p>>,
}

/// Writes `tables/*.parquet`, `rows/*.parquet` (what this engine gets from each view) and `sql.json` below `folder`, which exists.
///
/// # Errors
/// When a file cannot be written.
pub fn write_portable(portable: &Portable, folder: &Path) -> Result<()> {
    for name in ["tables", "rows"] {
        std::fs::create_dir_all(folder.join(name)).context("建不了文件夹")?;
    }
    for (name, frame) in &portable.tables {
        write_frame(frame, &folder.join(format!("tables/{name}.parquet")))?;
    }
    for view in &portable.views {
        write_frame(&view.rows, &folder.join(format!("rows/{}.parquet", view.name)))?;
    }
    let statement = |view: &'_ crate::evaluate::PortableView| format!("rows/{}.parquet", view.name);
    let contents = Contents {
        version: 1,
        tables: portable.tables.iter().map(|(name, _)| name.as_str()).collect(),
        views: portable
            .views
            .iter()
            .map(|view| Statement { name: &view.name, rows: statement(view), sql: &view.sql })
            .collect(),
        rules: portable
            .rules
            .iter()
            .map(|rule| RuleLine { rule: &rule.name, view: &rule.view, when: &rule.when, found: rule.found.as_deref() })
            .collect(),
    };
    std::fs::write(folder.join("sql.json"), serde_json::to_string_pretty(&contents)?)?;
    Ok(())
}

/// One frame as one Parquet file; every column may be null.
fn write_frame(frame: &DataFrame, path: &Path) -> Result<()> {
    let field = |column: &Column| {
        let (physical, logical) = match column.dtype() {
            DataType::String => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            DataType::Int64 | DataType::UInt32 | DataType::UInt64 | DataType::Int32 => (PhysicalType::INT64, None),
            DataType::Float64 => (PhysicalType::DOUBLE, None),
            DataType::Boolean => (PhysicalType::BOOLEAN, None),
            DataType::Date => (PhysicalType::INT32, Some(LogicalType::Date)),
            DataType::Null => (PhysicalType::BOOLEAN, None),
            other => bail!("列「{}」的类型 {other} 写不进 Parquet", column.name()),
        };
        let built = Type::primitive_type_builder(column.name(), physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()?;
        Ok(Arc::new(built))
    };
    let fields = frame.columns().iter().map(field).collect::<Result<Vec<_>>>()?;
    let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("zicha".to_owned()).build();
    let file = File::create(path).with_context(|| format!("写不出「{}」", path.display()))?;
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in frame.columns() {
        let Some(mut out) = group.next_column()? else { break };
        match column.dtype() {
            DataType::String => {
                let texts = column.str()?;
                let (values, there) =
                    present(texts.iter().map(|text| text.map(|text| ByteArray::from(text.as_bytes().to_vec()))));
                out.typed::<ByteArrayType>().write_batch(&values, Some(&there), None)?;
            }
            DataType::Float64 => {
                let (values, there) = present(column.f64()?.iter());
                out.typed::<DoubleType>().write_batch(&values, Some(&there), None)?;
            }
            DataType::Boolean => {
                let (values, there) = present(column.bool()?.iter());
                out.typed::<BoolType>().write_batch(&values, Some(&there), None)?;
            }
            DataType::Date => {
                let days = column.to_physical_repr();
                let (values, there) = present(days.i32()?.iter());
                out.typed::<Int32Type>().write_batch(&values, Some(&there), None)?;
            }
            DataType::Null => {
                out.typed::<BoolType>().write_batch(&[], Some(&vec![0; frame.height()]), None)?;
            }
            _ => {
                let numbers = column.cast(&DataType::Int64)?;
                let (values, there) = present(numbers.i64()?.iter());
                out.typed::<Int64Type>().write_batch(&values, Some(&there), None)?;
            }
        }
        out.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(())
}

/// The values that are there, and where they are.
fn present<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let mut values = Vec::new();
    let there = cells
        .map(|cell| {
            let is = i16::from(cell.is_some());
            values.extend(cell);
            is
        })
        .collect();
    (values, there)
}
