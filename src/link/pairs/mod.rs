//! Pairs of records that look like one person though their numbers differ, are broken or missing (design section 5, passes 3–5).
//!
//! In: the records of two sides. Out: [`Pair`]s with their weight in bits and what each field contributed; `used` where the evidence is enough, and no record more than once.
//! Left out: where records come from and what is done with a pair.

mod blocks;
mod compare;
mod model;
mod names;

pub use compare::{FIELDS, Levels, Record, UNKNOWN};
pub use model::probability;
pub use names::Characters;

use crate::definitions::{Linking, Words};
use compare::Prepared;
use model::Model;

/// Two records that may be one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub left: usize,
    pub right: usize,
    /// Bits for (above 0) or against one person, everything considered.
    pub weight: f64,
    pub levels: Levels,
    /// What each field contributed, in bits.
    pub parts: [f64; FIELDS],
    /// Enough to be used: likely, ahead of every other candidate of either record, and not like twins.
    pub used: bool,
}

/// Finds the pairs above the listing weight, the likeliest first. `allowed` may rule pairs out beforehand.
#[must_use]
pub fn find(
    left: &[Record<'_>],
    right: &[Record<'_>],
    characters: &Characters,
    linking: &Linking,
    words: &Words,
    allowed: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Vec<Pair> {
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let prepared = compare::prepare(left, right, characters, words);
    let allowed = |pair: &(u32, u32)| allowed(pair.0 as usize, pair.1 as usize - prepared.left);
    let mut sure = blocks::same_number(&prepared);
    sure.retain(allowed);
    let mut sure_levels = model::compare_all(&prepared, &sure, characters);
    let mut agree = sure_levels.iter().map(agrees);
    sure.retain(|_| agree.next().unwrap_or(false));
    sure_levels.retain(agrees);
    let mut open = vec![true; prepared.people.len()];
    for (a, b) in &sure {
        open[*a as usize] = false;
        open[*b as usize] = false;
    }
    let mut candidates = blocks::candidates(&prepared, &open, linking.largest_block);
    candidates.retain(allowed);
    let levels = model::compare_all(&prepared, &candidates, characters);
    let model = Model::estimate(&prepared, &open, &levels, linking);
    let mut pairs = scored(&prepared, &candidates, &levels, &model, linking);
    choose(&mut pairs, &prepared, linking);
    let certain = sure.iter().zip(&sure_levels).map(|(pair, levels)| {
        let parts = model.parts(&prepared, *pair, levels);
        let weight = model.prior + parts.iter().sum::<f64>();
        Pair {
            left: pair.0 as usize,
            right: pair.1 as usize - prepared.left,
            weight,
            levels: *levels,
            parts,
            used: true,
        }
    });
    pairs.extend(certain);
    pairs.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right)));
    pairs
}

/// The same sound number, and nothing that speaks against it: no need to look further.
fn agrees(levels: &Levels) -> bool {
    let [name, _, birth, ..] = *levels;
    (name <= 3 || name == UNKNOWN) && (birth <= 1 || birth == UNKNOWN)
}

fn scored(
    prepared: &Prepared,
    candidates: &[(u32, u32)],
    levels: &[Levels],
    model: &Model,
    linking: &Linking,
) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = candidates
        .iter()
        .zip(levels)
        .filter_map(|(pair, levels)| {
            let parts = model.parts(prepared, *pair, levels);
            let weight = model.prior + parts.iter().sum::<f64>();
            (probability(weight) >= linking.list).then(|| Pair {
                left: pair.0 as usize,
                right: pair.1 as usize - prepared.left,
                weight,
                levels: *levels,
                parts,
                used: false,
            })
        })
        .collect();
    pairs.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right)));
    pairs
}

/// Uses the likeliest pairs first, each record once, and only where no other free candidate comes near.
fn choose(pairs: &mut [Pair], prepared: &Prepared, linking: &Linking) {
    let right = prepared.people.len() - prepared.left;
    let mut of_left: Vec<Vec<u32>> = vec![Vec::new(); prepared.left];
    let mut of_right: Vec<Vec<u32>> = vec![Vec::new(); right];
    for (index, pair) in (0_u32..).zip(pairs.iter()) {
        of_left[pair.left].push(index);
        of_right[pair.right].push(index);
    }
    let (mut left_taken, mut right_taken) = (vec![false; prepared.left], vec![false; right]);
    for index in 0..pairs.len() {
        let pair = pairs[index];
        if left_taken[pair.left] || right_taken[pair.right] || probability(pair.weight) < linking.r#use {
            continue;
        }
        let rival = |other: &u32| {
            let other = pairs[*other as usize];
            (other.left, other.right) != (pair.left, pair.right)
                && !left_taken[other.left]
                && !right_taken[other.right]
                && other.weight > pair.weight - linking.margin
        };
        if of_left[pair.left].iter().any(rival) || of_right[pair.right].iter().any(rival) || like_two_people(&pair) {
            continue;
        }
        left_taken[pair.left] = true;
        right_taken[pair.right] = true;
        pairs[index].used = true;
    }
}

/// Two sound numbers are two people, and two children of one day and one family with different names are twins: both are for a person to judge.
fn like_two_people(pair: &Pair) -> bool {
    let [name, number, birth, _, _, household, guardian, phone] = pair.levels;
    let family = household == 0 || guardian == 0 || phone == 0;
    let told_apart = match number {
        // Nearly the same number.
        0..=2 => false,
        UNKNOWN => name >= 4,
        _ => name >= 3,
    };
    number == 6 || (told_apart && name != UNKNOWN && family && matches!(birth, 0 | UNKNOWN))
}
