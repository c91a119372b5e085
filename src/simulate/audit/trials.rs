//! Many audits of one population: each draws its sample, meets its households, and is judged.
//!
//! A household is only met when it is drawn, so that a county costs no more than a township. Every trial has random numbers of its own: the same seed gives the same trials on any number of threads.

use super::draw::{Purpose, Sampler, Segment, Streams};
use super::interval::{Part, rate};
use crate::simulate::frame::Frame;
use crate::simulate::visit::MOST_ITEMS;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// What no correction mends: a mistake at the door.
pub const AT_THE_DOOR: u32 = u32::MAX;
/// Trials of a school that share one run of random numbers.
const RUN: u64 = 500;

/// How many errors are allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct PassRule {
    /// The share of households with an error that is still allowed.
    pub tolerance: f64,
    /// The same for each item alone.
    pub items: Vec<f64>,
    /// Every part of the sample is judged by itself.
    pub by_part: bool,
}

impl PassRule {
    /// Households with an error that a sample may hold.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of households"
    )]
    pub fn accept(tolerance: f64, sample: usize) -> u32 {
        // A product such as 0.02 × 50 must not fall below the whole number that it means.
        (tolerance * sample as f64 + 1e-9).floor().min(f64::from(u32::MAX)) as u32
    }

    /// Limits for a sample: of households with any error, then of each item.
    pub(super) fn limits(&self, sample: usize) -> [u32; MOST_ITEMS + 1] {
        let mut limits = [u32::MAX; MOST_ITEMS + 1];
        limits[0] = Self::accept(self.tolerance, sample);
        for (limit, tolerance) in limits[1..].iter_mut().zip(&self.items) {
            *limit = Self::accept(*tolerance, sample);
        }
        limits
    }

    /// Whether an item could fail an audit that passes as a whole.
    fn items_matter(&self) -> bool {
        self.items.iter().any(|item| *item < self.tolerance)
    }
}

/// One error met in a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bite {
    pub home: u32,
    /// What would have prevented it; [`AT_THE_DOOR`] when nothing would.
    pub group: u32,
    /// Which of the frame's causes it is; [`AT_THE_DOOR`] when it is none of them.
    pub cause: u32,
    /// The part that is judged, and how many households of the sample it has.
    pub part: u32,
    pub judged: u32,
    pub item: u8,
}

/// What one audit found.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Households drawn.
    pub sample: u32,
    /// Households of the sample with an error.
    pub found: u32,
    /// The error rate that the audit reports, and by item.
    pub rate: f64,
    pub items: [f64; MOST_ITEMS],
    /// Errors, household by household in the order of drawing.
    pub bites: Vec<Bite>,
}

/// Runs audits of the township.
#[must_use]
pub fn township(frame: &Frame, sampler: &Sampler, rule: &PassRule, audits: u64, streams: &Streams) -> Vec<Audit> {
    (0..usize::try_from(audits).unwrap_or(usize::MAX))
        .into_par_iter()
        .with_min_len(64)
        .map_init(
            || (Vec::new(), Vec::new()),
            |(sample, segments), trial| {
                let mut rng = streams.of(Purpose::Township, trial as u64);
                sampler.draw(&mut rng, sample, segments);
                one(frame, sampler, rule, sample, segments, &mut rng)
            },
        )
        .collect()
}

#[allow(clippy::cast_possible_truncation, reason = "samples are far below 2^32")]
fn one(
    frame: &Frame,
    sampler: &Sampler,
    rule: &PassRule,
    sample: &[u32],
    segments: &[Segment],
    rng: &mut ChaCha8Rng,
) -> Audit {
    let mut bites: Vec<Bite> = Vec::new();
    let mut parts: Vec<Part> = Vec::with_capacity(segments.len());
    let mut by_item: [Vec<u64>; MOST_ITEMS] = Default::default();
    let (mut place, mut found) = (0, 0);
    for segment in segments {
        let run = &sample[place..place + segment.length as usize];
        place += run.len();
        let judged = if rule.by_part { segment.length } else { sample.len() as u32 };
        let part = if rule.by_part { segment.part } else { 0 };
        let mut wrong = 0;
        let mut items = [0_u64; MOST_ITEMS];
        for home in run {
            if rng.random::<f64>() >= frame.any(*home as usize) {
                continue;
            }
            wrong += 1;
            let first = bites.len();
            happen(frame, *home as usize, rng, |item, group, cause| {
                bites.push(Bite { home: *home, group, cause, part, judged, item });
            });
            let seen = bites[first..].iter().fold(0_u8, |seen, bite| seen | 1 << bite.item);
            items.iter_mut().enumerate().for_each(|(item, count)| *count += u64::from(seen >> item & 1));
        }
        found += wrong;
        let population = sampler.size(segment.part) as u64;
        let of = |found| Part { population, sample: u64::from(segment.length), found, drawn: u64::from(segment.drawn) };
        parts.push(of(u64::from(wrong)));
        by_item.iter_mut().zip(items).for_each(|(counts, count)| counts.push(count));
    }
    let design = sampler.design();
    let items = by_item.map(|counts| {
        if counts.iter().all(|count| *count == 0) {
            return 0.0;
        }
        let parts: Vec<Part> = parts.iter().zip(&counts).map(|(part, found)| Part { found: *found, ..*part }).collect();
        rate(design, &parts)
    });
    Audit { sample: sample.len() as u32, found, rate: rate(design, &parts), items, bites }
}

/// Which causes show at a household, given that at least one does.
fn happen(frame: &Frame, home: usize, rng: &mut ChaCha8Rng, mut each: impl FnMut(u8, u32, u32)) {
    let causes = frame.causes(home);
    let door = frame.mistakes[home].any();
    let mut none = causes.iter().map(|cause| 1.0 - f64::from(cause.chance)).product::<f64>() * (1.0 - door);
    let mut some = false;
    for (number, cause) in (frame.first_cause(home)..).zip(causes) {
        let chance = f64::from(cause.chance);
        let given = if some { chance } else { chance / (1.0 - none) };
        if rng.random::<f64>() < given {
            some = true;
            each(cause.item, cause.group, number);
        } else if !some {
            none /= 1.0 - chance;
        }
    }
    if door > 0.0 && (!some || rng.random::<f64>() < door) {
        let wrong = frame.mistakes[home].happen(rng);
        (0..8).filter(|item| wrong >> item & 1 == 1).for_each(|item| each(item, AT_THE_DOOR, AT_THE_DOOR));
    }
}

/// How many of `audits` audits of each school by itself pass, with `sample` households drawn from its own.
#[must_use]
pub fn schools(frame: &Frame, rule: &PassRule, sample: usize, audits: u64, streams: &Streams) -> Vec<u64> {
    let mut homes: Vec<Vec<u32>> = vec![Vec::new(); frame.schools.len()];
    for (home, place) in (0..).zip(&frame.homes) {
        homes[place.school as usize].push(home);
    }
    let runs = audits.div_ceil(RUN);
    let jobs: Vec<(usize, u64)> = (0..homes.len()).flat_map(|school| (0..runs).map(move |run| (school, run))).collect();
    let passed: Vec<u64> = jobs
        .par_iter()
        .map(|(school, run)| {
            let mut rng = streams.of(Purpose::School, (*school as u64) << 32 | run);
            let trials = RUN.min(audits - run * RUN);
            one_school(frame, rule, &homes[*school], sample, trials, &mut rng)
        })
        .collect();
    let mut totals = vec![0; homes.len()];
    jobs.iter().zip(passed).for_each(|((school, _), passed)| totals[*school] += passed);
    totals
}

/// Trials of one school end as soon as they have failed.
fn one_school(frame: &Frame, rule: &PassRule, homes: &[u32], sample: usize, trials: u64, rng: &mut ChaCha8Rng) -> u64 {
    let sample = sample.min(homes.len());
    let limits = rule.limits(sample);
    let by_item = rule.items_matter();
    // A shuffled list stays a fair starting point for the next partial shuffle.
    let mut order: Vec<(u32, f64)> = homes.iter().map(|home| (*home, frame.any(*home as usize))).collect();
    let mut passed = 0;
    'trial: for _ in 0..trials {
        let mut counts = [0_u32; MOST_ITEMS + 1];
        for place in 0..sample {
            let other = rng.random_range(place..order.len());
            order.swap(place, other);
            let (home, any) = order[place];
            if rng.random::<f64>() >= any {
                continue;
            }
            counts[0] += 1;
            if by_item {
                let mut seen = 0_u8;
                happen(frame, home as usize, rng, |item, _, _| seen |= 1 << item);
                counts[1..].iter_mut().enumerate().for_each(|(item, count)| *count += u32::from(seen >> item & 1));
            }
            if counts.iter().zip(&limits).any(|(count, limit)| count > limit) {
                continue 'trial;
            }
        }
        passed += 1;
    }
    passed
}

/// How many of `audits` samples of `sample` from `population` units of which `defective` are defective hold at most `accept` of them.
#[must_use]
pub fn plan(population: usize, defective: usize, sample: usize, accept: u64, audits: u64, streams: &Streams) -> u64 {
    let sample = sample.min(population);
    (0..audits.div_ceil(RUN))
        .into_par_iter()
        .map(|run| {
            let mut rng = streams.of(Purpose::Plan, run);
            let mut order: Vec<bool> = (0..population).map(|unit| unit < defective).collect();
            let mut passed = 0;
            for _ in 0..RUN.min(audits - run * RUN) {
                let mut found = 0;
                for place in 0..sample {
                    let other = rng.random_range(place..population);
                    order.swap(place, other);
                    found += u64::from(order[place]);
                    if found > accept {
                        break;
                    }
                }
                passed += u64::from(found <= accept);
            }
            passed
        })
        .sum()
}

/// A share of trials, and its Monte-Carlo standard error.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "trials are far below 2^52")]
pub fn share(passed: u64, trials: u64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 0.0);
    }
    let share = passed as f64 / trials as f64;
    (share, (share * (1.0 - share) / trials as f64).sqrt())
}
