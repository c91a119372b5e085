//! Rows of each area: its own, and those of its people that lie in other areas.

use super::corpus::{Corpus, Placed};
use super::latest::Latest;
use super::settle::Settled;
use super::store::{Block, ROWS, Rows, RowsWriter, packed};
use crate::definitions::{Definitions, Words};
use crate::link::Area;
use crate::link::pairs::Characters;
use crate::read::{FileRecord, Grid, GridBuilder, Input, Sheet};
use crate::standardise::location;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Text of one sheet that is put on disk at once.
const BLOCK: usize = 1 << 20;

/// Every area's rows, and where they lie.
#[derive(Debug)]
pub struct Areas<'c> {
    corpus: &'c Corpus,
    folder: std::path::PathBuf,
    pub areas: Vec<AreaRows>,
    /// The area in which what is said of a whole sheet is told: the first that has rows of it.
    home: Vec<usize>,
    /// More than one area, so that names of places need their area's.
    several: bool,
    characters: Arc<OnceLock<Characters>>,
}

/// One area.
#[derive(Debug, Default)]
pub struct AreaRows {
    pub name: String,
    /// Bytes of text, guests left out.
    pub bytes: u64,
    blocks: Vec<Placed>,
    /// Rows that were told apart by their persons, in the folder of this run.
    own: Vec<(usize, Block)>,
    /// Rows of other areas: their area, sheet and block.
    guests: Vec<(usize, usize, Block)>,
}

impl<'c> Areas<'c> {
    /// Places every row, and finds the guests. Writes what lies elsewhere below `folder`.
    ///
    /// # Errors
    /// When the disk is full or a store was changed.
    pub fn place(corpus: &'c Corpus, settled: &Settled, definitions: &Definitions, folder: &Path) -> Result<Self> {
        let mut areas: Vec<AreaRows> =
            settled.areas.iter().map(|name| AreaRows { name: name.clone(), ..AreaRows::default() }).collect();
        let mut keys: Vec<Vec<i64>> = vec![Vec::new(); areas.len()];
        for ((bucket, area), own) in corpus.buckets.iter().zip(&settled.of_bucket).zip(&corpus.keys) {
            let Some(area) = *area else { continue };
            areas[area].blocks.extend(&bucket.blocks);
            areas[area].bytes += bucket.bucket.bytes;
            if settled.several() {
                keys[area].extend(own);
            }
        }
        let mut out = RowsWriter::create(folder)?;
        let mut rows = corpus.open()?;
        if settled.several() {
            by_row(corpus, settled, &definitions.words, &mut rows, &mut out, &mut areas, &mut keys)?;
            let shared = shared(keys);
            guests(corpus, definitions, &shared, (&mut rows, folder), &mut out, &mut areas)?;
        }
        let mut home = vec![0; corpus.sheets.len()];
        for (number, area) in areas.iter().enumerate().rev() {
            area.sheets().for_each(|sheet| home[sheet] = number);
        }
        let several = settled.several();
        Ok(Self { corpus, folder: folder.to_path_buf(), areas, home, several, characters: Arc::default() })
    }

    /// Loads one area: the sheets of everything, with the rows that this area has of them.
    ///
    /// # Errors
    /// When a store was changed meanwhile.
    pub fn load(&self, number: usize) -> Result<(Input, Area)> {
        let area = &self.areas[number];
        let mut rows = self.corpus.open()?;
        let path = self.folder.join(ROWS);
        let mut extra = Rows::open(&path)?;
        let mut grids: BTreeMap<usize, Vec<Grid>> = BTreeMap::new();
        let mut keep = |sheet: usize, grid: Grid| grids.entry(sheet).or_default().push(grid);
        for placed in &area.blocks {
            keep(placed.sheet, rows[placed.store].read(&placed.block)?);
        }
        for (sheet, block) in &area.own {
            keep(*sheet, extra.read(block)?);
        }
        let characters = self.characters.clone();
        let mut about = Area { name: area.name.clone(), several: self.several, characters, ..Area::default() };
        for (home, sheet, block) in &area.guests {
            let grid = extra.read(block)?;
            for index in 0..grid.len() {
                about.guests.insert(location(*sheet, grid.row_number(index) + 1), self.areas[*home].name.clone());
            }
            keep(*sheet, grid);
        }
        let mut sheets = Vec::with_capacity(self.corpus.sheets.len());
        for (sheet, known) in self.corpus.sheets.iter().enumerate() {
            let line = &known.line;
            let elsewhere = self.home[sheet] != number;
            if elsewhere {
                about.elsewhere.insert(sheet, line.reader.header.map_or(0, |header| header + 1));
            }
            let own = grids.remove(&sheet);
            let grid = match (own, self.corpus.head(sheet)) {
                (Some(own), Some(head)) => joined(rows[head.store].read(&head.block)?, own),
                (Some(own), None) => joined(Grid::default(), own),
                (None, Some(head)) if !elsewhere => rows[head.store].read(&head.block)?,
                (None, _) => Grid::default(),
            };
            sheets.push(Sheet {
                file: line.file.clone(),
                name: line.name.clone(),
                hidden: line.hidden,
                grid,
                unreadable: line.unreadable.clone().filter(|_| !elsewhere),
            });
        }
        Ok((Input { files: Vec::new(), sheets }, about))
    }

    /// What was read, without any rows.
    #[must_use]
    pub fn files(&self) -> &[FileRecord] {
        &self.corpus.files
    }
}

impl AreaRows {
    fn sheets(&self) -> impl Iterator<Item = usize> {
        self.blocks.iter().map(|placed| placed.sheet).chain(self.own.iter().map(|(sheet, _)| *sheet))
    }
}

/// A header and rows from several places, in the order of the rows.
fn joined(head: Grid, parts: Vec<Grid>) -> Grid {
    let mut builder = GridBuilder::new(u32::MAX);
    head.merges().iter().for_each(|merge| builder.merge(*merge));
    let parts: Vec<&Grid> = std::iter::once(&head).chain(&parts).collect();
    builder.reserve(&parts);
    let mut rows: Vec<(u32, usize, usize)> = parts
        .iter()
        .enumerate()
        .flat_map(|(part, grid)| (0..grid.len()).map(move |index| (grid.row_number(index), part, index)))
        .collect();
    if !rows.is_sorted() {
        rows.sort_unstable();
    }
    // A row may have come for its person and for its term.
    rows.dedup_by_key(|(row, ..)| *row);
    for (_, part, index) in rows {
        builder.copy_row(parts[part], index);
    }
    builder.finish()
}

/// Rows of sheets that name no area and lie in no area's folder: each goes where its person has other rows.
fn by_row(
    corpus: &Corpus,
    settled: &Settled,
    words: &Words,
    rows: &mut [Rows],
    out: &mut RowsWriter,
    areas: &mut [AreaRows],
    keys: &mut [Vec<i64>],
) -> Result<()> {
    let open: Vec<usize> = (0..corpus.buckets.len()).filter(|bucket| settled.of_bucket[*bucket].is_none()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let mut known: Vec<(i64, usize)> =
        keys.iter().enumerate().flat_map(|(area, keys)| keys.iter().map(move |key| (*key, area))).collect();
    known.sort_unstable();
    known.dedup_by_key(|(key, _)| *key);
    let rest = areas.len() - 1;
    let mut waiting: BTreeMap<(usize, usize), GridBuilder> = BTreeMap::new();
    for placed in open.iter().flat_map(|bucket| &corpus.buckets[*bucket].blocks) {
        let grid = rows[placed.store].read(&placed.block)?;
        let reader = &corpus.sheets[placed.sheet].line.reader;
        for index in 0..grid.len() {
            let key = reader.key(&grid, index, words);
            let place = key.and_then(|key| known.binary_search_by_key(&key, |(known, _)| *known).ok());
            let area = place.map_or(rest, |place| known[place].1);
            keys[area].extend(key);
            let builder = waiting.entry((area, placed.sheet)).or_insert_with(|| GridBuilder::new(u32::MAX));
            builder.copy_row(&grid, index);
        }
        for ((area, sheet), builder) in std::mem::take(&mut waiting) {
            let grid = builder.finish();
            areas[area].bytes += grid.bytes() as u64;
            areas[area].own.push((sheet, out.add(u32::try_from(sheet)?, &packed(&grid))?));
        }
    }
    Ok(())
}

/// Keys of persons with rows in more than one area, with those areas; ascending.
fn shared(mut keys: Vec<Vec<i64>>) -> Vec<(i64, u32)> {
    let mut pairs: Vec<(i64, u32)> = Vec::with_capacity(keys.iter().map(Vec::len).sum());
    for (area, own) in (0_u32..).zip(&mut keys) {
        pairs.extend(std::mem::take(own).into_iter().map(|key| (key, area)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut found = Vec::new();
    for group in pairs.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        found.extend_from_slice(group);
    }
    found
}

/// Copies every row of a shared person to the other areas that the person has rows in.
fn guests(
    corpus: &Corpus,
    definitions: &Definitions,
    shared: &[(i64, u32)],
    (rows, folder): (&mut [Rows], &Path),
    out: &mut RowsWriter,
    areas: &mut [AreaRows],
) -> Result<()> {
    if shared.is_empty() {
        return Ok(());
    }
    let concerned: BTreeSet<u32> = shared.iter().map(|(_, area)| *area).collect();
    let mut extra = Rows::open(&folder.join(ROWS)).context("暂存的数据打不开")?;
    for home in concerned.iter().map(|area| *area as usize) {
        let mut waiting: BTreeMap<(usize, usize), GridBuilder> = BTreeMap::new();
        let mut ready: Vec<((usize, usize), Grid)> = Vec::new();
        let mut latest = Latest::new(definitions);
        let own = areas[home].own.iter().map(|(sheet, block)| (*sheet, None, *block));
        let blocks: Vec<(usize, Option<usize>, Block)> = areas[home]
            .blocks
            .iter()
            .map(|placed| (placed.sheet, Some(placed.store), placed.block))
            .chain(own)
            .collect();
        for (sheet, store, block) in blocks {
            let grid = match store {
                Some(store) => rows[store].read(&block)?,
                None => extra.read(&block)?,
            };
            let reader = &corpus.sheets[sheet].line.reader;
            for index in 0..grid.len() {
                latest.see(reader, &grid, index, sheet);
                let Some(key) = reader.key(&grid, index, &definitions.words) else { continue };
                let first = shared.partition_point(|(known, _)| *known < key);
                let others = shared[first..].iter().take_while(|(known, _)| *known == key);
                for other in others.map(|(_, area)| *area as usize).filter(|area| *area != home) {
                    latest.asked(reader, &grid, index, other);
                    let builder = waiting.entry((other, sheet)).or_insert_with(|| GridBuilder::new(u32::MAX));
                    let late = builder.last_row().is_some_and(|last| last >= grid.row_number(index));
                    if late || builder.size().0 > BLOCK {
                        let full = std::mem::replace(builder, GridBuilder::new(u32::MAX));
                        ready.push(((other, sheet), full.finish()));
                    }
                    builder.copy_row(&grid, index);
                }
            }
        }
        let rest = waiting.into_iter().map(|(place, builder)| (place, builder.finish()));
        for ((other, sheet), grid) in ready.into_iter().chain(rest).chain(latest.rows()) {
            let block = out.add(u32::try_from(sheet)?, &packed(&grid))?;
            areas[other].guests.push((home, sheet, block));
        }
    }
    Ok(())
}
