//! Codes of a list, however they are written: code, label, both, several in one cell.

use super::text::header_key;
use crate::definitions::{CodeList, Definitions, Field};
use std::collections::{BTreeMap, BTreeSet};

/// Looks spellings up in one code list.
#[derive(Debug)]
pub struct Coder<'a> {
    list: &'a CodeList,
    /// Spelling without punctuation → index of the code.
    spellings: BTreeMap<String, usize>,
    longest: usize,
    /// Spellings that must not be guessed at.
    unclear: BTreeSet<String>,
}

/// One coder a code list, made once for a run.
#[derive(Debug)]
pub struct Coders<'a>(BTreeMap<&'a str, Coder<'a>>);

impl<'a> Coders<'a> {
    #[must_use]
    pub fn new(definitions: &'a Definitions) -> Self {
        Self(definitions.codes.values().map(|list| (list.name.as_str(), Coder::new(list))).collect())
    }

    /// The coder of a field's list; stages have a list of their own.
    #[must_use]
    pub fn of(&self, field: &Field) -> Option<&Coder<'a>> {
        self.0.get(field.codes.as_deref().unwrap_or("stage"))
    }

    /// The coder of what stands inside a field's cells.
    #[must_use]
    pub fn of_items(&self, field: &Field) -> Option<&Coder<'a>> {
        self.0.get(field.items.as_deref()?)
    }
}

/// Several codes from one cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// Indices into the list, ascending.
    pub found: Vec<usize>,
    /// Some part of the cell is no code.
    pub unknown: bool,
}

impl<'a> Coder<'a> {
    #[must_use]
    pub fn new(list: &'a CodeList) -> Self {
        let mut spellings = BTreeMap::new();
        for (index, code) in list.codes.iter().enumerate() {
            for label in std::iter::once(&code.label).chain(&code.labels) {
                spellings.entry(header_key(label, false)).or_insert(index);
                spellings.entry(header_key(&format!("{}{label}", code.code), false)).or_insert(index);
            }
            spellings.entry(header_key(&code.code, false)).or_insert(index);
        }
        let unclear: BTreeSet<String> = list.unclear.iter().map(|(label, _)| header_key(label, false)).collect();
        spellings.retain(|spelling, _| !unclear.contains(spelling));
        let longest = spellings.keys().map(|spelling| spelling.chars().count()).max().unwrap_or_default();
        Self { list, spellings, longest, unclear }
    }

    /// The list that is looked up.
    #[must_use]
    pub fn list(&self) -> &'a CodeList {
        self.list
    }

    /// One code; `None` for what the list does not know or must not guess.
    #[must_use]
    pub fn one(&self, text: &str) -> Option<&'a str> {
        self.index(text).map(|index| self.list.codes[index].code.as_str())
    }

    fn index(&self, text: &str) -> Option<usize> {
        let key = header_key(text, false);
        if key.is_empty() || self.unclear.contains(&key) {
            return None;
        }
        let found = self.spellings.get(&key).copied();
        let bare = || self.spellings.get(&header_key(text, true)).copied();
        let pattern = || {
            self.list.codes.iter().position(|code| code.pattern.as_ref().is_some_and(|pattern| pattern.is_match(text)))
        };
        found.or_else(bare).or_else(pattern)
    }

    /// Every code in a cell: `1、2、5`, `125`, `学前资助，雨露计划`.
    #[must_use]
    pub fn several(&self, text: &str) -> Choices {
        if let Some(index) = self.index(text) {
            return Choices { found: vec![index], unknown: false };
        }
        let letters: Vec<char> = text.chars().filter(|letter| !matches!(letter, '√' | '☑' | '✓' | '■')).collect();
        let mut choices = Choices::default();
        let mut at = 0;
        while at < letters.len() {
            if separates(letters[at]) {
                at += 1;
                continue;
            }
            match self.longest_at(&letters[at..]) {
                Some((index, length)) => {
                    choices.found.push(index);
                    at += length;
                }
                None => {
                    choices.unknown = true;
                    while at < letters.len() && !separates(letters[at]) {
                        at += 1;
                    }
                }
            }
        }
        choices.found.sort_unstable();
        choices.found.dedup();
        choices
    }

    /// The longest spelling that the letters start with.
    fn longest_at(&self, letters: &[char]) -> Option<(usize, usize)> {
        let reach = letters.len().min(self.longest * 2);
        (1..=reach).rev().find_map(|length| {
            let part: String = letters[..length].iter().collect();
            if separates(letters[length - 1]) {
                return None;
            }
            self.spellings.get(&header_key(&part, false)).map(|index| (*index, length))
        })
    }
}

fn separates(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '、' | ',' | '，' | ';' | '；' | '/' | '|' | '.' | '+' | '和' | '及' | ':')
}
