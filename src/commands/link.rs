//! `zicha link`: which rows of two lists are the same person, whatever the lists are.

use super::{Exit, existing};
use crate::definitions::{Definitions, Project, SheetSetting};
use crate::link::pairs::{Characters, Pair, Record, Roster, find};
use crate::pipeline::limits;
use crate::read::{Input, find_files, read_all};
use crate::standardise::id_number::inner_number;
use crate::standardise::{place_of, standardise};
use anyhow::{Context, Result, bail};
use polars::prelude::{Column, DataFrame, DataType};
use std::path::{Path, PathBuf};

/// Which lists, and where the pairs go.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    pub left: PathBuf,
    pub right: PathBuf,
    pub output: PathBuf,
    pub definitions: Option<PathBuf>,
}

/// Links two lists and writes the pairs.
///
/// # Errors
/// When a list cannot be read, has no names and numbers, or the output cannot be written.
pub fn link(request: &LinkRequest) -> Result<Exit> {
    existing(&[request.left.clone(), request.right.clone()])?;
    let definitions = Definitions::load(request.definitions.as_deref(), &Project::default())?.for_persons();
    let (left_input, left) = persons(&request.left, &definitions)?;
    let (right_input, right) = persons(&request.right, &definitions)?;
    let (a, b) = (Columns::of(&left)?, Columns::of(&right)?);
    let (a, b) = (a.records()?, b.records()?);
    let characters = Characters::new(&definitions.sources, definitions.linking.look_alike);
    let roster = Roster::new(a.iter().chain(&b).copied(), &characters, &definitions.words);
    let places: Vec<usize> = (0..a.len() + b.len()).collect();
    let (left_places, right_places) = places.split_at(a.len());
    let pairs = find(&roster, left_places, right_places, &characters, &definitions.linking, &|_, _| true);
    write(&request.output, &pairs, (&left_input, &left), (&right_input, &right))
        .with_context(|| format!("写不出「{}」", request.output.display()))?;
    let used = pairs.iter().filter(|pair| pair.used).count();
    println!(
        "左边 {} 条、右边 {} 条：认作同一人 {used} 对，另有 {} 对可能是同一人，请人看。",
        a.len(),
        b.len(),
        pairs.len() - used
    );
    println!("结果在 {}。", request.output.display());
    Ok(Exit::Clean)
}

/// One list as a frame of persons.
fn persons(path: &Path, definitions: &Definitions) -> Result<(Input, DataFrame)> {
    let files = find_files(&[path.to_path_buf()], None);
    let input = read_all(&files, limits(definitions), &|_| {});
    let table = definitions.any_person.as_ref().map(|table| table.name.clone());
    let every = SheetSetting {
        file: "*".to_owned(),
        sheet: None,
        table,
        header_row: None,
        columns: Default::default(),
        values: Default::default(),
    };
    let project = Project { sheet: vec![every], ..Project::default() };
    let mut standardised = standardise(&input, definitions, &project)?;
    let name = definitions.any_person.as_ref().map_or("", |table| table.name.as_str());
    match standardised.tables.remove(name) {
        Some(frame) if frame.height() > 0 => Ok((input, frame)),
        _ => {
            let reason = input.sheets.iter().find_map(|sheet| sheet.unreadable.clone());
            bail!(
                "「{}」里没有认出人员名单：{}",
                path.display(),
                reason.unwrap_or_else(|| "要有表头，至少有姓名或证件号码一列。".to_owned())
            )
        }
    }
}

/// The columns that records are made of, owned so that records can borrow from them.
struct Columns {
    texts: Vec<Column>,
    numbers: Vec<Option<String>>,
    births: Column,
}

const TEXTS: [&str; 6] = ["name", "sex", "village", "household_id", "head_name", "phone"];

impl Columns {
    fn of(frame: &DataFrame) -> Result<Self> {
        let texts = TEXTS.iter().map(|name| frame.column(name).cloned()).collect::<Result<_, _>>()?;
        let (own, state) = (frame.column("id_number")?.str()?, frame.column("id_state")?.str()?);
        let (student, disabled) = (frame.column("student_number")?.str()?, frame.column("disability_number")?.str()?);
        let numbers = (0..frame.height())
            .map(|row| {
                let inner = || inner_number(student.get(row), disabled.get(row)).map(str::to_owned);
                let own = || own.get(row).map(str::to_owned);
                // A number inside another one stands in for one that is broken.
                if state.get(row) == Some("正确") { own() } else { inner().or_else(own) }
            })
            .collect();
        let births = frame.column("birth_date")?.cast(&DataType::Int32)?;
        Ok(Self { texts, numbers, births })
    }

    fn records(&self) -> Result<Vec<Record<'_>>> {
        let mut texts = Vec::new();
        for column in &self.texts {
            texts.push(column.str()?);
        }
        let births = self.births.i32()?;
        Ok(self
            .numbers
            .iter()
            .enumerate()
            .map(|(row, number)| Record {
                name: texts[0].get(row),
                sex: texts[1].get(row),
                village: texts[2].get(row),
                household: texts[3].get(row),
                guardian: texts[4].get(row),
                phone: texts[5].get(row),
                number: number.as_deref(),
                birth: births.get(row),
            })
            .collect())
    }
}

/// `a_file,a_sheet,a_row,b_file,b_sheet,b_row,weight,used`; rows as the spreadsheet shows them.
fn write(path: &Path, pairs: &[Pair], left: (&Input, &DataFrame), right: (&Input, &DataFrame)) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let temporary = tempfile::NamedTempFile::new_in(
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
    )?;
    let mut writer = csv::Writer::from_writer(std::io::BufWriter::new(temporary.as_file()));
    writer.write_record(["a_file", "a_sheet", "a_row", "b_file", "b_sheet", "b_row", "weight", "used"])?;
    let (left_at, right_at) = (left.1.column("at")?.i64()?, right.1.column("at")?.i64()?);
    let place = |input: &Input, at: Option<i64>| {
        let (sheet, row) = place_of(at.unwrap_or_default());
        let source = input.sheets.get(sheet);
        let file = source.map(|sheet| sheet.file.clone()).unwrap_or_default();
        (file, source.map(|sheet| sheet.name.clone()).unwrap_or_default(), row.to_string())
    };
    for pair in pairs {
        let (a_file, a_sheet, a_row) = place(left.0, left_at.get(pair.left));
        let (b_file, b_sheet, b_row) = place(right.0, right_at.get(pair.right));
        let weight = format!("{:.2}", pair.weight);
        let used = pair.used.to_string();
        writer.write_record([&a_file, &a_sheet, &a_row, &b_file, &b_sheet, &b_row, &weight, &used])?;
    }
    writer.flush()?;
    drop(writer);
    temporary.persist(path)?;
    Ok(())
}
