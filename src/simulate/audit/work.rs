//! What to mend first: the corrections that raise the chance to pass most for the work they take.
//!
//! Greedy, one piece of work (a rule at a school) after the other, on the same trials throughout (common random numbers): a correction takes its errors out of every trial in which they were met.
//! Where no single piece lets a trial pass, each error fewer above the limit doubles what the trial counts, so that the plan heads for the limit.

use super::trials::{AT_THE_DOOR, Audit, Bite, PassRule, share};
use crate::simulate::frame::Frame;
use crate::simulate::visit::MOST_ITEMS;
use rayon::prelude::*;
use std::cmp::Ordering;

/// An audit at its limit counts this many halvings; one as far above it as this counts nothing.
const HALVINGS: u32 = 40;

/// One piece of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The frame's group.
    pub group: u32,
    /// Corrections of this step, and of all steps so far.
    pub fixes: u32,
    pub total: u32,
    /// The chance to pass after it, and its standard error.
    pub passes: f64,
    pub error: f64,
}

type Counts = [u32; MOST_ITEMS + 1];

/// By group: gain in half-lives towards the limit, errors taken away.
type Gains = Vec<(u64, u64)>;

/// Orders the work until `most` corrections are reached, or nothing more can be gained.
#[must_use]
pub fn plan(frame: &Frame, audits: &[Audit], rule: &PassRule, most: u32) -> Vec<Step> {
    let mut open = vec![true; frame.groups.len()];
    let mut steps: Vec<Step> = Vec::new();
    let mut total = 0;
    while total < most {
        let gains = gains(audits, rule, &open);
        let Some(best) = best(frame, &gains, &open) else { break };
        open[best] = false;
        let fixes = frame.groups[best].fixes;
        total += fixes;
        let (passes, error) = chance(audits, rule, &open);
        steps.push(Step { group: u32::try_from(best).unwrap_or_default(), fixes, total, passes, error });
    }
    steps
}

/// The chance to pass when only some groups are left, with its standard error.
#[must_use]
pub fn chance(audits: &[Audit], rule: &PassRule, open: &[bool]) -> (f64, f64) {
    let passed = audits.par_iter().filter(|audit| passes(audit, rule, |bite| left(bite, open))).count();
    share(passed as u64, audits.len() as u64)
}

/// Whether an audit passes on the errors that are left.
#[must_use]
pub fn passes(audit: &Audit, rule: &PassRule, left: impl Fn(&Bite) -> bool) -> bool {
    parts(&audit.bites).all(|part| {
        let limits = rule.limits(part[0].judged as usize);
        let mut counts = [0; MOST_ITEMS + 1];
        for home in homes(part) {
            add(&mut counts, items(home.iter().filter(|bite| left(bite))));
        }
        over(&counts, &limits) == 0
    })
}

fn left(bite: &Bite, open: &[bool]) -> bool {
    bite.group == AT_THE_DOOR || open[bite.group as usize]
}

fn parts(bites: &[Bite]) -> impl Iterator<Item = &[Bite]> {
    bites.chunk_by(|a, b| a.part == b.part)
}

fn homes(bites: &[Bite]) -> impl Iterator<Item = &[Bite]> {
    bites.chunk_by(|a, b| a.home == b.home)
}

/// The wrong items of a household, as bits.
fn items<'b>(bites: impl Iterator<Item = &'b Bite>) -> u8 {
    bites.fold(0, |seen, bite| seen | 1 << bite.item)
}

fn add(counts: &mut Counts, items: u8) {
    if items != 0 {
        counts[0] += 1;
        counts[1..].iter_mut().enumerate().for_each(|(item, count)| *count += u32::from(items >> item & 1));
    }
}

/// Errors above the limits.
fn over(counts: &Counts, limits: &Counts) -> u32 {
    counts.iter().zip(limits).map(|(count, limit)| count.saturating_sub(*limit)).sum()
}

fn worth(over: u32) -> u64 {
    if over > HALVINGS { 0 } else { 1 << (HALVINGS - over) }
}

/// Room to add up one trial's groups without a map.
struct Bench {
    slots: Vec<u32>,
    touched: Vec<(u32, Counts)>,
    reduced: Vec<(u32, u32, u32)>,
}

impl Bench {
    const FREE: u32 = u32::MAX;

    fn new(groups: usize) -> Self {
        Self { slots: vec![Self::FREE; groups], touched: Vec::new(), reduced: Vec::new() }
    }

    /// What a group alone stands for in the part at hand.
    fn of(&mut self, group: u32) -> &mut Counts {
        let slot = self.slots[group as usize];
        let place = if slot == Self::FREE {
            self.slots[group as usize] = u32::try_from(self.touched.len()).unwrap_or_default();
            self.touched.push((group, [0; MOST_ITEMS + 1]));
            self.touched.len() - 1
        } else {
            slot as usize
        };
        &mut self.touched[place].1
    }
}

fn gains(audits: &[Audit], rule: &PassRule, open: &[bool]) -> Gains {
    let nothing = || vec![(0, 0); open.len()];
    audits
        .par_chunks(256)
        .fold(
            || (nothing(), Bench::new(open.len())),
            |(mut gains, mut bench), audits| {
                audits.iter().for_each(|audit| gain_of(audit, rule, open, &mut bench, &mut gains));
                (gains, bench)
            },
        )
        .map(|(gains, _)| gains)
        .reduce(nothing, |mut sum, part| {
            // Whole numbers add up the same in any order.
            sum.iter_mut().zip(part).for_each(|(sum, part)| *sum = (sum.0 + part.0, sum.1 + part.1));
            sum
        })
}

/// Adds what mending each group alone would do for one audit that fails.
fn gain_of(audit: &Audit, rule: &PassRule, open: &[bool], bench: &mut Bench, gains: &mut Gains) {
    bench.reduced.clear();
    let mut whole = 0;
    for part in parts(&audit.bites) {
        let limits = rule.limits(part[0].judged as usize);
        let mut counts = [0; MOST_ITEMS + 1];
        bench.touched.clear();
        for home in homes(part) {
            let there = || home.iter().filter(|bite| left(bite, open));
            add(&mut counts, items(there()));
            if let Some(group) = only(there()) {
                bench.of(group)[0] += 1;
            }
            for item in 0..MOST_ITEMS {
                if let Some(group) = only(there().filter(|bite| usize::from(bite.item) == item)) {
                    bench.of(group)[item + 1] += 1;
                }
            }
        }
        let before = over(&counts, &limits);
        whole += before;
        for (group, cleared) in &bench.touched {
            let mut after = counts;
            after.iter_mut().zip(cleared).for_each(|(after, cleared)| *after -= cleared);
            bench.reduced.push((*group, before - over(&after, &limits), cleared[0] + cleared[1..].iter().sum::<u32>()));
            bench.slots[*group as usize] = Bench::FREE;
        }
    }
    if whole == 0 {
        return;
    }
    bench.reduced.sort_unstable();
    for run in bench.reduced.chunk_by(|a, b| a.0 == b.0) {
        let by: u32 = run.iter().map(|part| part.1).sum();
        let gain = &mut gains[run[0].0 as usize];
        gain.0 += worth(whole - by) - worth(whole);
        gain.1 += run.iter().map(|part| u64::from(part.2)).sum::<u64>();
    }
}

/// The one group that all errors come from; none where there are several, or one that nothing mends.
fn only<'b>(mut bites: impl Iterator<Item = &'b Bite>) -> Option<u32> {
    let group = bites.next()?.group;
    (group != AT_THE_DOOR && bites.all(|bite| bite.group == group)).then_some(group)
}

/// The open group with most gain a correction; of equals the first.
fn best(frame: &Frame, gains: &Gains, open: &[bool]) -> Option<usize> {
    let fixes = |group: usize| u128::from(frame.groups[group].fixes.max(1));
    let better = |a: usize, b: usize| {
        let by = |gain: fn(&(u64, u64)) -> u64| {
            (u128::from(gain(&gains[a])) * fixes(b)).cmp(&(u128::from(gain(&gains[b])) * fixes(a)))
        };
        by(|gain| gain.0).then_with(|| by(|gain| gain.1))
    };
    (0..open.len())
        .filter(|group| open[*group] && (gains[*group].0 > 0 || gains[*group].1 > 0))
        .reduce(|best, group| if better(group, best) == Ordering::Greater { group } else { best })
}
