//! Which pairs are compared at all: those that share a key. Never all pairs.

use super::compare::{NO_DAY, NONE, Person, Prepared};
use crate::standardise::date::civil;
use rayon::prelude::*;

/// How many keys a record may have.
const KEYS: u64 = 11;

/// Pairs with the same sound number, where it stands once on each side.
pub fn same_number(prepared: &Prepared<'_>) -> Vec<(u32, u32)> {
    let mut keyed: Vec<([u8; 19], u32)> = (0_u32..)
        .zip(&prepared.people)
        .filter(|(_, person)| person.sound)
        .map(|(index, person)| (person.number, index))
        .collect();
    keyed.par_sort_unstable();
    let left = u32::try_from(prepared.left).unwrap_or(u32::MAX);
    keyed
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|group| match group {
            [(_, a), (_, b)] if *a < left && *b >= left => Some((*a, *b)),
            _ => None,
        })
        .collect()
}

/// Pairs (left, right) of open records that share some key, each once, in order.
pub fn candidates(prepared: &Prepared<'_>, open: &[bool], largest: usize) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> =
        (0..KEYS).into_par_iter().flat_map_iter(|kind| block(prepared, open, kind, largest)).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// The pairs of one kind of key.
fn block(prepared: &Prepared<'_>, open: &[bool], kind: u64, largest: usize) -> Vec<(u32, u32)> {
    let keys = |people: std::ops::Range<usize>, wanted: Option<&[u64]>| -> Vec<(u64, u32)> {
        people
            .into_par_iter()
            .filter(|index| open[*index])
            .filter_map(|index| Some((key(prepared, &prepared.people[index], kind)?, u32::try_from(index).ok()?)))
            .filter(|(key, _)| wanted.is_none_or(|wanted| wanted.binary_search(key).is_ok()))
            .collect()
    };
    // One list is mostly much shorter: of the other, only what shares a key with it is of interest.
    let (one, other) = (0..prepared.left, prepared.left..prepared.people.len());
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let mut keyed = keys(short, None);
    let mut wanted: Vec<u64> = keyed.iter().map(|(key, _)| *key).collect();
    wanted.sort_unstable();
    wanted.dedup();
    keyed.extend(keys(long, Some(&wanted)));
    keyed.par_sort_unstable();
    let left = u32::try_from(prepared.left).unwrap_or(u32::MAX);
    let mut pairs = Vec::new();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        let middle = group.partition_point(|(_, index)| *index < left);
        let (lefts, rights) = group.split_at(middle);
        if lefts.is_empty() || rights.is_empty() || lefts.len().saturating_mul(rights.len()) > largest {
            continue;
        }
        for (_, a) in lefts {
            pairs.extend(rights.iter().map(|(_, b)| (*a, *b)));
        }
    }
    pairs
}

/// One key of a record; none where it lacks what the key is made of.
fn key(prepared: &Prepared<'_>, person: &Person, kind: u64) -> Option<u64> {
    let name = prepared.names.get(person.name as usize);
    let sounds = name.map(|name| name.sounds.as_slice()).unwrap_or_default();
    let birth = Some(person.any_birth()).filter(|day| *day != NO_DAY);
    let day = birth.map(|day| u64::from(day.unsigned_abs()) << 1 | u64::from(day < 0));
    let year = birth.map(|day| u64::from(civil(day).0.unsigned_abs()));
    let digits = person.digits();
    let end = (digits.len() >= 16).then(|| mix_bytes(11, &digits[digits.len() - 4..]));
    let whole = |sounds: &[u16]| {
        let mut sounds = sounds.to_vec();
        // Surname and given name may have changed places.
        sounds.sort_unstable();
        mix(&sounds.iter().map(|sound| u64::from(*sound)).collect::<Vec<_>>())
    };
    match kind {
        0 => (!digits.is_empty()).then(|| mix_bytes(0, digits)),
        1 => Some(mix(&[1, whole(sounds), year?])).filter(|_| sounds.len() > 1),
        2 => Some(mix(&[2, u64::from(*sounds.first()?), day?])),
        3 => Some(mix(&[3, u64::from(*sounds.last()?), day?])),
        4 => (digits.len() >= 15).then(|| mix_bytes(4, &digits[..15])),
        5 => (digits.len() >= 17).then(|| mix_bytes(5, &digits[digits.len() - 9..])),
        6 => (person.village != NONE && sounds.len() > 1).then(|| mix(&[6, whole(sounds), u64::from(person.village)])),
        7 => (person.household != NONE).then(|| mix(&[7, u64::from(person.household)])),
        // The end of a number survives what breaks its birth date.
        8 => Some(mix(&[8, whole(sounds), end?])).filter(|_| sounds.len() > 1),
        9 => Some(mix(&[9, u64::from(*sounds.first()?), end?])),
        _ => (person.guardian != NONE).then(|| {
            let guardian = prepared.names.get(person.guardian as usize).map(|name| whole(&name.sounds));
            sounds.last().zip(guardian).map(|(last, guardian)| mix(&[10, u64::from(*last), guardian]))
        })?,
    }
}

fn mix(parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, part| (hash ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
}

fn mix_bytes(kind: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(mix(&[kind]), |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
