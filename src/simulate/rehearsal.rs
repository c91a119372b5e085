//! The rehearsal: a drawn sample of households to visit beforehand, and what came of it.

use super::audit::{Design, Estimate, Part, Purpose, Sampler, Streams, estimate};
use super::households::Visited;
use crate::definitions::Answered;
use crate::standardise::text::compact;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// An answer that differs from the papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub home: u32,
    pub item: usize,
    pub answer: String,
    pub expected: String,
}

/// A rehearsal read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsed {
    /// Households with at least one answer.
    pub visited: usize,
    /// Those with an answer that differs.
    pub wrong: usize,
    pub estimate: Estimate,
    /// By item: households that answered it, and those that differ.
    pub items: Vec<(usize, usize)>,
    pub differences: Vec<Difference>,
    /// Household numbers that the register does not have.
    pub unknown: Vec<String>,
}

/// Draws the households to rehearse with, in the order of villages and numbers, as one would walk.
#[must_use]
pub fn draw(visited: &Visited, sampler: &Sampler, streams: &Streams) -> Vec<u32> {
    let (mut sample, mut segments) = (Vec::new(), Vec::new());
    sampler.draw(&mut streams.of(Purpose::Rehearsal, 0), &mut sample, &mut segments);
    sample.sort_by_key(|home| (visited.frame.homes[*home as usize].village, *home));
    sample
}

/// Compares filled-in rehearsals (the table `rehearsal`) with the papers; none where nothing was filled in.
///
/// # Errors
/// When the table lacks a column.
pub fn read_back(
    table: Option<&DataFrame>,
    visited: &Visited,
    design: Design,
    confidence: f64,
) -> PolarsResult<Option<Rehearsed>> {
    let Some(table) = table else { return Ok(None) };
    let frame = &visited.frame;
    let by_id: BTreeMap<&str, u32> =
        frame.homes.iter().zip(0..).map(|(home, place)| (home.id.as_str(), place)).collect();
    let mut given: BTreeMap<(u32, usize), String> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for ((id, item), answer) in answers(table)? {
        let Some(item) = frame.items.iter().position(|known| item == known.name) else { continue };
        match by_id.get(id.as_str()) {
            Some(home) => {
                given.insert((*home, item), answer);
            }
            None => {
                unknown.insert(id);
            }
        }
    }
    if given.is_empty() && unknown.is_empty() {
        return Ok(None);
    }
    let mut counts = vec![(0, 0); frame.items.len()];
    let mut differences = Vec::new();
    let (mut homes, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for ((home, item), answer) in given {
        let expected = &visited.expected[item][home as usize];
        homes.insert(home);
        counts[item].0 += 1;
        if !same(&answer, expected, visited.answered[item]) {
            counts[item].1 += 1;
            wrong.insert(home);
            differences.push(Difference { home, item, answer, expected: expected.clone() });
        }
    }
    let parts = parts(visited, design, &homes, &wrong);
    let villages = frame.villages.len();
    Ok(Some(Rehearsed {
        visited: homes.len(),
        wrong: wrong.len(),
        estimate: estimate(design, &parts, frame.homes.len() as u64, villages, confidence),
        items: counts,
        differences,
        unknown: unknown.into_iter().collect(),
    }))
}

/// What was filled in, by household number and item; the later of two rows counts.
///
/// # Errors
/// When the table lacks a column.
pub fn answers(table: &DataFrame) -> PolarsResult<BTreeMap<(String, String), String>> {
    let (ids, items, answers) =
        (table.column("household_id")?.str()?, table.column("item")?.str()?, table.column("answer")?.str()?);
    let rows = ids.iter().zip(items.iter()).zip(answers.iter());
    Ok(rows
        .filter_map(|((id, item), answer)| Some(((id?.to_owned(), item?.trim().to_owned()), answer?.to_owned())))
        .collect())
}

/// The visited households by the parts of the design.
fn parts(visited: &Visited, design: Design, homes: &BTreeSet<u32>, wrong: &BTreeSet<u32>) -> Vec<Part> {
    let part_of = |home: u32| {
        let home = &visited.frame.homes[home as usize];
        match design {
            Design::Simple => 0,
            Design::Stratified | Design::Lqas => home.school,
            Design::TwoStage | Design::Pps => home.village,
        }
    };
    let mut parts: BTreeMap<u32, Part> = BTreeMap::new();
    for home in homes {
        let part = parts.entry(part_of(*home)).or_insert(Part { population: 0, sample: 0, found: 0, drawn: 1 });
        part.sample += 1;
        part.found += u64::from(wrong.contains(home));
    }
    for home in (0..).take(visited.frame.homes.len()) {
        if let Some(part) = parts.get_mut(&part_of(home)) {
            part.population += 1;
        }
    }
    parts.into_values().collect()
}

/// Whether an answer says what the papers say, however it is written.
fn same(answer: &str, expected: &str, answered: Answered) -> bool {
    let answer = compact(answer);
    let none = ["无", "没有", "均无", "以上均无", "否", "-", "—", "/"].contains(&answer.as_ref());
    let codes = |text: &str| -> Vec<String> {
        let mut codes: Vec<String> = text
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|code| !code.is_empty())
            // 125 ticked in one breath is 1, 2 and 5.
            .flat_map(|code| code.chars().map(|digit| digit.to_string()).collect::<Vec<_>>())
            .collect();
        codes.sort();
        codes
    };
    match answered {
        Answered::Children => {
            let count = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
            (if none { Some(0) } else { count(&answer) }) == count(expected)
        }
        Answered::Reason if none || answer == "0" => expected.is_empty(),
        Answered::Aid if none => expected == "8",
        Answered::Register => codes(&answer) == codes(expected),
        Answered::Reason | Answered::Aid => {
            let (mut answer, mut expected) = (codes(&answer), codes(expected));
            answer.dedup();
            expected.dedup();
            answer == expected
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_compared_by_what_they_say() {
        assert!(same("2，1 ,5", "1、2、5", Answered::Aid));
        assert!(same("125", "1、2、5", Answered::Aid));
        assert!(same("以上均无", "8", Answered::Aid) && !same("无", "2", Answered::Aid));
        assert!(same("没有", "0", Answered::Children) && same("1人", "1", Answered::Children));
        assert!(!same("1", "0", Answered::Children));
        assert!(same("无", "", Answered::Reason) && same("2送教上门", "2", Answered::Reason));
        assert!(same("3 2 3", "2、3、3", Answered::Register) && !same("2 3", "2、3、3", Answered::Register));
    }
}
