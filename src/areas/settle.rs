//! Buckets → areas: which names are areas, and which area the sheets belong to whose rows name none.

use super::corpus::Corpus;
use crate::definitions::Definitions;
use std::collections::{BTreeMap, BTreeSet};

/// Where every bucket goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// The areas by name; one without a name where there is only one, or for what no area claims.
    pub areas: Vec<String>,
    /// By bucket: its area; none where each row must be looked at, because the sheet's folder holds several.
    pub of_bucket: Vec<Option<usize>>,
    /// Names that too few rows give, and the area that their rows went to.
    pub small: Vec<(String, String)>,
}

impl Settled {
    /// Whether there is more than one area.
    #[must_use]
    pub fn several(&self) -> bool {
        self.areas.len() > 1
    }
}

/// Decides. An area is a name that at least `area-rows` rows give; with fewer than two there is one area that holds everything.
#[must_use]
pub fn settle(corpus: &Corpus, definitions: &Definitions) -> Settled {
    let least = u64::try_from(definitions.settings.integer("area-rows")).unwrap_or_default();
    let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
    for bucket in &corpus.buckets {
        if let Some(name) = &bucket.bucket.area {
            *rows.entry(name).or_default() += bucket.bucket.rows;
        }
    }
    let large: Vec<&str> = rows.iter().filter(|(_, rows)| **rows >= least.max(1)).map(|(name, _)| *name).collect();
    if large.len() < 2 {
        let of_bucket = vec![Some(0); corpus.buckets.len()];
        return Settled { areas: vec![String::new()], of_bucket, small: Vec::new() };
    }
    let mut areas: Vec<String> = large.iter().map(|name| (*name).to_owned()).collect();
    let place: BTreeMap<&str, usize> = large.iter().enumerate().map(|(place, name)| (*name, place)).collect();
    let mut after: BTreeMap<&str, BTreeMap<usize, u64>> = BTreeMap::new();
    for bucket in &corpus.buckets {
        let Some(name) = &bucket.bucket.area else { continue };
        for (before, count) in &bucket.bucket.after {
            if let Some(area) = place.get(before.as_str()) {
                *after.entry(name).or_default().entry(*area).or_default() += count;
            }
        }
    }
    let neighbour = |name: &str| {
        let counts = after.get(name)?;
        counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(area, _)| *area)
    };
    let folders = folders(corpus, &place);
    let rest = areas.len();
    let mut small = BTreeMap::new();
    let of_bucket: Vec<Option<usize>> = corpus
        .buckets
        .iter()
        .map(|bucket| match &bucket.bucket.area {
            Some(name) => Some(place.get(name.as_str()).copied().unwrap_or_else(|| {
                let area = neighbour(name).unwrap_or(rest);
                small.insert(name.clone(), areas.get(area).cloned().unwrap_or_default());
                area
            })),
            None => by_folder(
                corpus.sheets[bucket.sheets().first().copied().unwrap_or_default()].line.file.as_str(),
                &folders,
            ),
        })
        .collect();
    if of_bucket.iter().any(|area| area.is_none_or(|area| area == rest)) {
        areas.push(String::new());
    }
    Settled { areas, of_bucket, small: small.into_iter().collect() }
}

/// The areas that files below each folder name.
fn folders(corpus: &Corpus, place: &BTreeMap<&str, usize>) -> BTreeMap<String, BTreeSet<usize>> {
    let mut folders: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for bucket in &corpus.buckets {
        let Some(area) = bucket.bucket.area.as_ref().and_then(|name| place.get(name.as_str())) else { continue };
        for sheet in bucket.sheets() {
            for folder in above(&corpus.sheets[sheet].line.file) {
                folders.entry(folder.to_owned()).or_default().insert(*area);
            }
        }
    }
    folders
}

/// The nearest folder below which one area is named, unless a nearer one holds several.
fn by_folder(file: &str, folders: &BTreeMap<String, BTreeSet<usize>>) -> Option<usize> {
    let named = above(file).find_map(|folder| folders.get(folder))?;
    named.first().copied().filter(|_| named.len() == 1)
}

/// The folders above a file, the nearest first; the last is the input itself.
fn above(file: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(file);
    std::iter::from_fn(move || {
        let path = rest?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        rest = if path.contains('/') { Some(folder) } else { None };
        Some(folder)
    })
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn folders_end_at_the_input() {
        assert_eq!(above("a/b/c.csv").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(above("c.csv").collect::<Vec<_>>(), [""]);
    }
}
