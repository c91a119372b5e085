//! Rows laid out on disk: blocks of rows of one sheet, by bucket; the certain keys of each bucket beside them.
//!
//! A bucket is what certainly lies in one area: the rows that name the same area, or the rows of a sheet that name none.
//! The folder that holds a store is what a part of a larger check is (`zicha check --part`, `zicha merge`).

use super::row::RowReader;
use crate::definitions::Project;
use crate::read::{Grid, GridBuilder};
use anyhow::{Context, Result, anyhow, bail};
use parquet::basic::{Compression, Encoding, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::data_type::Int64Type;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Of the layout on disk; a part of another version cannot be merged.
const VERSION: u32 = 1;
const INDEX: &str = "part.json";
pub(super) const ROWS: &str = "rows.bin";
const KEYS: &str = "keys.parquet";
const BUCKETS: &str = "bucket";
const KEY: &str = "key";
const KEYS_AT_A_TIME: usize = 1 << 20;

/// A file that was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    pub path: String,
    pub sha256: String,
    pub note: Option<String>,
}

/// A sheet, or a file that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetLine {
    pub file: String,
    pub name: String,
    pub hidden: bool,
    pub unreadable: Option<String>,
    pub reader: RowReader,
    /// Titles and header rows.
    pub head: Option<Block>,
}

/// Where some rows lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub sheet: u32,
    offset: u64,
    length: u32,
}

/// Rows that lie in one area.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// The area that the rows name; none for those of a sheet that names none.
    pub area: Option<String>,
    pub rows: u64,
    /// Bytes of text.
    pub bytes: u64,
    /// What the row before said, where the rows before were of another area; the most frequent wins.
    pub after: Vec<(String, u64)>,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Index {
    version: u32,
    files: Vec<FileLine>,
    sheets: Vec<SheetLine>,
    buckets: Vec<Bucket>,
    /// What was settled for the part: its `zicha.toml` and the command line, as TOML.
    project: String,
}

/// Everything that one run laid out.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    pub files: Vec<FileLine>,
    pub sheets: Vec<SheetLine>,
    pub buckets: Vec<Bucket>,
    pub project: Project,
}

impl Store {
    pub(super) fn new(folder: &Path, files: Vec<FileLine>, sheets: Vec<SheetLine>, buckets: Vec<Bucket>) -> Self {
        Self { folder: folder.to_path_buf(), files, sheets, buckets, project: Project::default() }
    }

    /// Opens what an earlier run kept.
    ///
    /// # Errors
    /// When the folder holds no part, or one of another version.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(INDEX);
        let text = std::fs::read_to_string(&path).map_err(|_| {
            anyhow!("「{}」里没有可合并的数据。请先用 zicha check --part 查这一部分。", folder.display())
        })?;
        let index: Index = serde_json::from_str(&text)
            .with_context(|| format!("「{}」不完整或改动过。请重新查这一部分", path.display()))?;
        if index.version != VERSION {
            bail!("「{}」是另一个版本的程序写的，合不到一起。请用同一个版本重新查。", folder.display());
        }
        let project = toml::from_str(&index.project)
            .with_context(|| format!("「{}」里的设定读不懂。请重新查这一部分", path.display()))?;
        Ok(Self { project, ..Self::new(folder, index.files, index.sheets, index.buckets) })
    }

    /// Writes the index and the keys, so that the folder can be opened again.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn keep(&self, keys: &[Vec<i64>], project: &Project) -> Result<()> {
        write_keys(&self.folder.join(KEYS), keys).context("写不出号码索引")?;
        let index = Index {
            version: VERSION,
            files: self.files.clone(),
            sheets: self.sheets.clone(),
            buckets: self.buckets.clone(),
            project: toml::to_string(project)?,
        };
        std::fs::write(self.folder.join(INDEX), serde_json::to_string(&index)?).context("写不出索引")?;
        Ok(())
    }

    /// The keys of each bucket, in ascending order, as they were kept.
    ///
    /// # Errors
    /// When the file is missing or was changed.
    pub fn keys(&self) -> Result<Vec<Vec<i64>>> {
        read_keys(&self.folder.join(KEYS), self.buckets.len())
            .with_context(|| format!("「{}」里的号码索引读不出来。请重新查这一部分", self.folder.display()))
    }

    /// The file of rows, to read blocks from.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn rows(&self) -> Result<Rows> {
        Rows::open(&self.folder.join(ROWS))
    }
}

/// An open file of rows.
#[derive(Debug)]
pub struct Rows(File);

impl Rows {
    /// Opens a file that [`RowsWriter`] made.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("「{}」打不开", path.display()))?;
        Ok(Self(file))
    }

    /// Reads one block.
    ///
    /// # Errors
    /// When the file was cut off or changed.
    pub fn read(&mut self, block: &Block) -> Result<Grid> {
        let mut packed = vec![0; block.length as usize];
        self.0.seek(SeekFrom::Start(block.offset))?;
        self.0.read_exact(&mut packed).context("暂存的数据不完整")?;
        let bytes = lz4_flex::decompress_size_prepended(&packed).context("暂存的数据损坏")?;
        GridBuilder::unpack(&bytes).context("暂存的数据损坏")
    }
}

/// A file of rows in the making.
#[derive(Debug)]
pub struct RowsWriter {
    file: File,
    end: u64,
}

impl RowsWriter {
    /// Starts the file of rows in a folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("建不了文件夹「{}」", folder.display()))?;
        let file = File::create(folder.join(ROWS)).context("暂存不了数据")?;
        Ok(Self { file, end: 0 })
    }

    /// Adds a block that [`packed`] made.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, sheet: u32, packed: &[u8]) -> Result<Block> {
        self.file.write_all(packed).context("暂存不了数据，磁盘可能满了。请腾出空间再运行")?;
        let block = Block { sheet, offset: self.end, length: u32::try_from(packed.len()).unwrap_or(u32::MAX) };
        self.end += packed.len() as u64;
        Ok(block)
    }
}

/// Rows as they lie on disk.
#[must_use]
pub fn packed(grid: &Grid) -> Vec<u8> {
    lz4_flex::compress_prepend_size(&grid.pack())
}

/// Two columns of whole numbers: the bucket, and a key in it; ascending.
fn write_keys(path: &Path, keys: &[Vec<i64>]) -> Result<()> {
    let field = |name: &str| {
        Type::primitive_type_builder(name, PhysicalType::INT64)
            .with_repetition(Repetition::REQUIRED)
            .build()
            .map(Arc::new)
    };
    let schema = Type::group_type_builder("rows").with_fields(vec![field(BUCKETS)?, field(KEY)?]).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BINARY_PACKED)
        .set_created_by("zicha".to_owned())
        .build();
    let mut writer = SerializedFileWriter::new(File::create(path)?, Arc::new(schema), Arc::new(properties))?;
    let mut pairs = (0_i64..).zip(keys).flat_map(|(bucket, keys)| keys.iter().map(move |key| (bucket, *key)));
    loop {
        let (buckets, keys): (Vec<i64>, Vec<i64>) = pairs.by_ref().take(KEYS_AT_A_TIME).unzip();
        if keys.is_empty() {
            break;
        }
        let mut group = writer.next_row_group()?;
        for values in [&buckets, &keys] {
            let Some(mut column) = group.next_column()? else { break };
            column.typed::<Int64Type>().write_batch(values, None, None)?;
            column.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn read_keys(path: &Path, buckets: usize) -> Result<Vec<Vec<i64>>> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let mut keys = vec![Vec::new(); buckets];
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number)?;
        let rows = usize::try_from(group.metadata().num_rows())?;
        let mut columns = Vec::new();
        for place in 0..2 {
            let ColumnReader::Int64ColumnReader(mut column) = group.get_column_reader(place)? else {
                bail!("号码索引的列不对");
            };
            let mut values = Vec::with_capacity(rows);
            column.read_records(rows, None, None, &mut values)?;
            columns.push(values);
        }
        for (bucket, key) in columns[0].iter().zip(&columns[1]) {
            let place = usize::try_from(*bucket).ok().and_then(|bucket| keys.get_mut(bucket));
            place.context("号码索引与数据不符")?.push(*key);
        }
    }
    Ok(keys)
}
