//! Pairs of records that look like one person though their numbers differ, are broken or missing (design section 5, passes 3–5).
//!
//! In: the records of two sides. Out: [`Pair`]s with their weight in bits and what each field contributed; `used` where the evidence is enough, and no record more than once.
//! Left out: where records come from and what is done with a pair.

mod blocks;
mod compare;
mod model;
mod names;

pub use compare::{FIELDS, Levels, Record, Roster, UNKNOWN};
pub use model::probability;
pub use names::Characters;

use crate::definitions::Linking;
use compare::{FAMILY, Family, Prepared};
use indexmap::IndexSet;
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

/// Finds the pairs above the listing weight, the likeliest first. Sides are places in the roster, and pairs are places in the sides. `allowed` may rule pairs out beforehand.
#[must_use]
pub fn find(
    roster: &Roster,
    left: &[usize],
    right: &[usize],
    characters: &Characters,
    linking: &Linking,
    allowed: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Vec<Pair> {
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let prepared = roster.sides(left, right);
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
    if relatives(&mut pairs, &sure, &prepared, &model) {
        choose(&mut pairs, &prepared, linking);
    }
    pairs.retain(|pair| probability(pair.weight) >= linking.list);
    let certain = sure
        .iter()
        .zip(&sure_levels)
        .map(|(pair, levels)| Pair { used: true, ..weigh(&prepared, &model, *pair, levels) });
    pairs.extend(certain);
    pairs.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right)));
    pairs
}

/// The same sound number, and nothing that speaks against it: no need to look further.
fn agrees(levels: &Levels) -> bool {
    let [name, _, birth, ..] = *levels;
    (name <= 3 || name == UNKNOWN) && (birth <= 1 || birth == UNKNOWN)
}

/// One pair with its weight, not used yet.
fn weigh(prepared: &Prepared<'_>, model: &Model, pair: (u32, u32), levels: &Levels) -> Pair {
    let parts = model.parts(prepared, pair, levels);
    Pair {
        left: pair.0 as usize,
        right: pair.1 as usize - prepared.left,
        weight: model.prior + parts.iter().sum::<f64>(),
        levels: *levels,
        parts,
        used: false,
    }
}

fn scored(
    prepared: &Prepared<'_>,
    candidates: &[(u32, u32)],
    levels: &[Levels],
    model: &Model,
    linking: &Linking,
) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = candidates
        .iter()
        .zip(levels)
        .map(|(pair, levels)| weigh(prepared, model, *pair, levels))
        // A relative may yet speak for a pair that says too little by itself.
        .filter(|pair| probability(pair.weight + model.bits(FAMILY, 0)) >= linking.list)
        .collect();
    pairs.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right)));
    pairs
}

/// A brother who was linked speaks for his sister: raises open pairs between families of which another pair is used. Says whether any was raised.
fn relatives(pairs: &mut [Pair], sure: &[(u32, u32)], prepared: &Prepared<'_>, model: &Model) -> bool {
    let mut linked: IndexSet<(Family, Family)> = IndexSet::new();
    let used = pairs.iter().filter(|pair| pair.used).map(|pair| (pair.left, pair.right + prepared.left));
    let mut taken = vec![false; prepared.people.len()];
    for (a, b) in used.chain(sure.iter().map(|(a, b)| (*a as usize, *b as usize))) {
        (taken[a], taken[b]) = (true, true);
        for left in prepared.families(a) {
            linked.extend(prepared.families(b).into_iter().map(|right| (left, right)));
        }
    }
    let mut raised = false;
    for pair in pairs.iter_mut() {
        let (a, b) = (pair.left, pair.right + prepared.left);
        if taken[a] || taken[b] {
            continue;
        }
        let families = prepared.families(b);
        let known =
            prepared.families(a).iter().any(|left| families.iter().any(|right| linked.contains(&(*left, *right))));
        if known {
            pair.levels[FAMILY] = 0;
            pair.parts[FAMILY] = model.bits(FAMILY, 0);
            pair.weight += pair.parts[FAMILY];
            raised = true;
        }
    }
    if raised {
        pairs.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right)));
    }
    raised
}

/// Uses the likeliest pairs first, each record once, and only where no other free candidate comes near.
fn choose(pairs: &mut [Pair], prepared: &Prepared<'_>, linking: &Linking) {
    let right = prepared.people.len() - prepared.left;
    let mut of_left: Vec<Vec<u32>> = vec![Vec::new(); prepared.left];
    let mut of_right: Vec<Vec<u32>> = vec![Vec::new(); right];
    for (index, pair) in (0_u32..).zip(pairs.iter()) {
        of_left[pair.left].push(index);
        of_right[pair.right].push(index);
    }
    pairs.iter_mut().for_each(|pair| pair.used = false);
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

/// Two sound numbers are two people unless everything else is the same, and two children of one day and one family with different names are twins: for a person to judge.
fn like_two_people(pair: &Pair) -> bool {
    let [name, number, birth, _, _, household, guardian, phone, relatives] = pair.levels;
    let family = household == 0 || guardian == 0 || phone == 0 || relatives == 0;
    let told_apart = match number {
        // Nearly the same number.
        0..=2 => false,
        UNKNOWN => name >= 4,
        _ => name >= 3,
    };
    let wholly_alike = name == 0 && birth == 0 && family;
    (number == 6 && !wholly_alike) || (told_apart && name != UNKNOWN && family && matches!(birth, 0 | UNKNOWN))
}
