//! Fellegi–Sunter: what each level of agreement says for or against one person, in bits.
//!
//! `u` comes from how often values are shared in the data at hand; `m` by EM over the candidate pairs, held by the stated priors.
//! The weight of a shared name, village, household or guardian depends on how common that value is.

use super::compare::{FIELDS, Levels, NONE, Prepared, UNKNOWN};
use super::names::Characters;
use crate::definitions::Linking;
use polars::prelude::PlHashMap;
use rayon::prelude::*;

const ROUNDS: usize = 12;

/// The estimated model.
#[derive(Debug)]
pub struct Model {
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    /// Bits before anything is compared: how likely two records picked by chance are one person.
    pub prior: f64,
    shares: Shares,
}

/// How common each value is: the larger share of the two sides, by interned index.
#[derive(Debug, Default)]
struct Shares {
    name: Vec<f64>,
    /// Only looked up in: its order does not matter.
    sound: PlHashMap<u64, f64>,
    village: Vec<f64>,
    household: Vec<f64>,
    guardian: Vec<f64>,
    phone: Vec<f64>,
}

impl Model {
    /// Estimates the parameters from the levels of the candidate pairs; `open` says which records could still have a counterpart.
    pub fn estimate(prepared: &Prepared<'_>, open: &[bool], levels: &[Levels], linking: &Linking) -> Self {
        let stated = |pick: fn(&crate::definitions::LinkLevel) -> f64| -> Vec<Vec<f64>> {
            linking.field.iter().map(|field| field.levels.iter().map(pick).collect()).collect()
        };
        let (left, right) = open.split_at(prepared.left);
        let [left, right] = [left, right].map(|side| side.iter().filter(|open| **open).count());
        #[allow(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
        let all = (left as f64) * (right as f64);
        #[allow(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
        let least = left.min(right) as f64;
        let mut model = Self {
            m: stated(|level| level.m),
            u: stated(|level| level.u),
            prior: 0.0,
            shares: Shares::of(prepared, linking),
        };
        normalise(&mut model.m);
        normalise(&mut model.u);
        // Before the data speak: half of the shorter list has a counterpart.
        let mut matches = (least * 0.5).max(1.0);
        let priors = model.m.clone();
        let patterns = patterns(levels);
        for _ in 0..ROUNDS {
            model.prior = odds(matches / all.max(2.0));
            let mut counted: Vec<Vec<f64>> = model.m.iter().map(|levels| vec![0.0; levels.len()]).collect();
            let mut expected = 0.0;
            for (pattern, count) in &patterns {
                let chance = probability(model.prior + model.plain(pattern)) * count;
                expected += chance;
                for (field, level) in pattern.iter().enumerate().filter(|(_, level)| **level != UNKNOWN) {
                    counted[field][usize::from(*level)] += chance;
                }
            }
            for ((m, counted), prior) in model.m.iter_mut().zip(&counted).zip(&priors) {
                let total: f64 = counted.iter().sum();
                for ((m, counted), prior) in m.iter_mut().zip(counted).zip(prior) {
                    *m = (counted + linking.strength * prior) / (total + linking.strength);
                }
            }
            matches = expected.clamp(1.0, least.max(1.0));
        }
        model
    }

    /// The bits of a pattern by average values.
    fn plain(&self, levels: &Levels) -> f64 {
        (0..FIELDS).map(|field| self.bits(field, levels[field])).sum()
    }

    /// What a level says on average.
    pub fn bits(&self, field: usize, level: u8) -> f64 {
        if level == UNKNOWN {
            return 0.0;
        }
        (self.m[field][usize::from(level)] / self.u[field][usize::from(level)]).log2()
    }

    /// The bits of each field of a pair: values that many share say less, rare ones more.
    pub fn parts(&self, prepared: &Prepared<'_>, (a, b): (u32, u32), levels: &Levels) -> [f64; FIELDS] {
        let (x, y) = (&prepared.people[a as usize], &prepared.people[b as usize]);
        let mut parts = [0.0; FIELDS];
        for (field, part) in parts.iter_mut().enumerate() {
            let level = levels[field];
            let share = match (field, level) {
                (0, 0) => Some(share(&self.shares.name, x.name).max(share(&self.shares.name, y.name))),
                (0, 1) => prepared
                    .names
                    .get(x.name as usize)
                    .and_then(|name| self.shares.sound.get(&sound_key(&name.sounds)).copied()),
                (4, 0) => Some(share(&self.shares.village, x.village)),
                (5, 0) => Some(share(&self.shares.household, x.household)),
                (6, 0) => Some(share(&self.shares.guardian, x.guardian)),
                (7, 0) => Some(share(&self.shares.phone, x.phone)),
                _ => None,
            };
            *part = match share {
                Some(share) => (self.m[field][usize::from(level)] / share.clamp(1e-7, 1.0)).log2(),
                None => self.bits(field, level),
            };
        }
        parts
    }
}

/// The chance that goes with a weight in bits.
#[must_use]
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

fn odds(chance: f64) -> f64 {
    let chance = chance.clamp(1e-15, 0.5);
    (chance / (1.0 - chance)).log2()
}

fn normalise(levels: &mut [Vec<f64>]) {
    for field in levels {
        let total: f64 = field.iter().sum();
        field.iter_mut().for_each(|level| *level /= total);
    }
}

/// How many candidate pairs agree in the same way.
#[allow(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^52")]
fn patterns(levels: &[Levels]) -> Vec<(Levels, f64)> {
    let mut sorted = levels.to_vec();
    sorted.par_sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|group| (group[0], group.len() as f64)).collect()
}

fn share(shares: &[f64], index: u32) -> f64 {
    shares.get(index as usize).copied().unwrap_or(1e-7)
}

/// A key of all sounds of a name, in their order.
fn sound_key(sounds: &[u16]) -> u64 {
    sounds.iter().fold(sounds.len() as u64, |key, sound| key.wrapping_mul(65_599).wrapping_add(u64::from(*sound)))
}

impl Shares {
    /// Shares in the data at hand; short lists say little of how common a value is, so the stated `u` stands for some records besides.
    fn of(prepared: &Prepared<'_>, linking: &Linking) -> Self {
        let stated = |field: usize| {
            linking.field.get(field).and_then(|field| field.levels.first()).map_or(0.001, |level| level.u)
        };
        // What nobody here has is never asked for.
        let seen = |pick: fn(&super::compare::Person) -> u32| -> Vec<[u32; 2]> {
            let highest = prepared
                .people
                .iter()
                .map(pick)
                .filter(|index| *index != NONE)
                .max()
                .map_or(0, |index| index as usize + 1);
            let mut counts = vec![[0_u32; 2]; highest];
            for (place, person) in prepared.people.iter().enumerate() {
                let index = pick(person);
                if index != NONE {
                    counts[index as usize][usize::from(place >= prepared.left)] += 1;
                }
            }
            counts
        };
        let count = |field: usize, counts: &[[u32; 2]]| -> Vec<f64> {
            let sides = [prepared.left, prepared.people.len() - prepared.left];
            let prior = linking.strength * stated(field);
            #[allow(clippy::cast_precision_loss, reason = "counts of records are far below 2^52")]
            let share = |side: usize, count: u32| (f64::from(count) + prior) / (sides[side] as f64 + linking.strength);
            counts.iter().map(|[left, right]| share(0, *left).max(share(1, *right))).collect()
        };
        let (names, guardians) = (seen(|person| person.name), seen(|person| person.guardian));
        let name = count(0, &names);
        let mut sound: PlHashMap<u64, f64> = PlHashMap::default();
        for (index, (parts, share)) in prepared.names.iter().zip(&name).enumerate() {
            if names[index] != [0, 0] || guardians.get(index).is_some_and(|counts| *counts != [0, 0]) {
                *sound.entry(sound_key(&parts.sounds)).or_default() += share;
            }
        }
        Self {
            sound,
            name,
            village: count(4, &seen(|person| person.village)),
            household: count(5, &seen(|person| person.household)),
            guardian: count(6, &guardians),
            phone: count(7, &seen(|person| person.phone)),
        }
    }
}

/// Compares all candidate pairs.
pub fn compare_all(prepared: &Prepared<'_>, pairs: &[(u32, u32)], characters: &Characters) -> Vec<Levels> {
    pairs.par_iter().map(|(a, b)| prepared.compare(*a as usize, *b as usize, characters)).collect()
}
