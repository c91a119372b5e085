//! One store or several as one: files in the order of their paths, sheets numbered anew.

use super::spread::twin_note;
use super::store::{Block, Bucket, FileLine, Rows, SheetLine, Store};
use crate::read::FileRecord;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is to be checked.
#[derive(Debug, Default)]
pub struct Corpus {
    stores: Vec<Store>,
    pub files: Vec<FileRecord>,
    pub sheets: Vec<CorpusSheet>,
    pub buckets: Vec<CorpusBucket>,
    /// By bucket, ascending.
    pub keys: Vec<Vec<i64>>,
    /// By store: the number of each of its sheets; none where the file is another's twin.
    numbers: Vec<Vec<Option<usize>>>,
}

/// A sheet, and the store that holds it.
#[derive(Debug)]
pub struct CorpusSheet {
    store: usize,
    pub line: SheetLine,
}

/// A bucket with its blocks; sheets by their number in the corpus.
#[derive(Debug)]
pub struct CorpusBucket {
    pub bucket: Bucket,
    pub blocks: Vec<Placed>,
}

/// Where a block lies, and of which sheet of the corpus it is.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    pub store: usize,
    pub block: Block,
    pub sheet: usize,
}

impl CorpusBucket {
    /// The sheets that it has rows of, ascending.
    #[must_use]
    pub fn sheets(&self) -> Vec<usize> {
        self.blocks.iter().map(|placed| placed.sheet).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Corpus {
    /// Puts stores together. `names` tell files of the same path apart.
    #[must_use]
    pub fn new(parts: Vec<(String, Store, Vec<Vec<i64>>)>) -> Self {
        let mut corpus = Self::default();
        // (path, store, file) in the order of a run over everything.
        let mut order: Vec<(String, usize, usize)> = Vec::new();
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        for (number, (name, store, _)) in parts.iter().enumerate() {
            for (file, line) in store.files.iter().enumerate() {
                let clash = taken.get(line.path.as_str()).is_some_and(|sha256| *sha256 != line.sha256);
                taken.entry(&line.path).or_insert(&line.sha256);
                order.push((if clash { format!("{name}/{}", line.path) } else { line.path.clone() }, number, file));
            }
        }
        order.sort();
        corpus.numbers = parts.iter().map(|(_, store, _)| vec![None; store.sheets.len()]).collect();
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (path, number, file) in order {
            let store = &parts[number].1;
            let line: &FileLine = &store.files[file];
            let twin = (!line.sha256.is_empty()).then(|| seen.get(&line.sha256).cloned()).flatten();
            let note = twin.as_ref().map(|twin| twin_note(twin)).or_else(|| line.note.clone());
            if twin.is_none() {
                for (sheet, known) in store.sheets.iter().enumerate().filter(|(_, sheet)| sheet.file == line.path) {
                    corpus.numbers[number][sheet] = Some(corpus.sheets.len());
                    let line = SheetLine { file: path.clone(), ..known.clone() };
                    corpus.sheets.push(CorpusSheet { store: number, line });
                }
                seen.insert(line.sha256.clone(), path.clone());
            }
            corpus.files.push(FileRecord { path, sha256: line.sha256.clone(), note });
        }
        for (number, (_, store, keys)) in parts.into_iter().enumerate() {
            for (bucket, keys) in store.buckets.iter().zip(keys) {
                let placed = |block: &Block| {
                    let sheet = corpus.numbers[number].get(block.sheet as usize).copied().flatten()?;
                    Some(Placed { store: number, block: *block, sheet })
                };
                let blocks: Vec<Placed> = bucket.blocks.iter().filter_map(placed).collect();
                if !blocks.is_empty() {
                    corpus.buckets.push(CorpusBucket { bucket: bucket.clone(), blocks });
                    corpus.keys.push(keys);
                }
            }
            corpus.stores.push(store);
        }
        corpus
    }

    /// Opens every store's rows.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub fn open(&self) -> Result<Vec<Rows>> {
        self.stores.iter().map(Store::rows).collect()
    }

    /// Where a sheet's header lies.
    #[must_use]
    pub fn head(&self, sheet: usize) -> Option<Placed> {
        let known = &self.sheets[sheet];
        known.line.head.map(|block| Placed { store: known.store, block, sheet })
    }
}
