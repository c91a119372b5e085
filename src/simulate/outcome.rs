//! What a simulation says: the chance to pass, the error rates that audits would find, curves, sizes, and the order of work.
//!
//! In: the households ([`Frame`]) and what was asked. Out: [`Simulation`], numbers only; every word is written in `report`.

use super::audit::work::{self, Step};
use super::audit::{
    Audit, Design, Estimate, Part, PassRule, Sampler, Streams, estimate, exact, plan, quantile, schools, share,
    township,
};
use super::frame::Frame;
use crate::definitions::Settings;
use crate::readiness::wilson;
use std::collections::BTreeMap;

/// Steps of the exact chance above which it is not computed.
const EXACT_STEPS: usize = 400_000_000;
/// Points of the curve.
const CURVE: u64 = 60;
/// Found numbers for which conclusions are listed beyond the number allowed.
const BEYOND: u64 = 4;

/// What is asked of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub seed: u64,
    pub audits: u64,
    pub sample: usize,
    pub design: Design,
    pub tolerance: f64,
    /// Villages drawn by the designs that draw villages.
    pub villages: usize,
    pub certainty: f64,
    /// Corrections that can be made in the time that is left.
    pub corrections: u32,
    pub margin: f64,
    pub wanted: plan::Wanted,
}

impl Question {
    /// The question that the settings ask.
    #[must_use]
    pub fn new(settings: &Settings, seed: u64, audits: u64, design: Design) -> Self {
        let count = |name: &str| usize::try_from(settings.integer(name)).unwrap_or_default();
        Self {
            seed,
            audits,
            sample: count("audit-sample").max(1),
            design,
            tolerance: settings.float("audit-tolerance").clamp(0.0, 1.0),
            villages: count("audit-villages").max(1),
            certainty: settings.float("audit-certainty").clamp(0.5, 0.999),
            corrections: u32::try_from(count("audit-corrections")).unwrap_or(u32::MAX),
            margin: settings.float("audit-margin").clamp(0.001, 0.5),
            wanted: plan::Wanted {
                acceptable: settings.float("audit-acceptable"),
                unacceptable: settings.float("audit-unacceptable"),
                producer: settings.float("audit-producer-risk"),
                consumer: settings.float("audit-consumer-risk"),
            },
        }
    }
}

/// A chance seen in trials, with its Monte-Carlo standard error and 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Chance {
    pub passes: f64,
    pub error: f64,
    pub low: f64,
    pub high: f64,
}

/// Mean and the middle nine tenths.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spread {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// A school audited by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct SchoolChance {
    pub school: u32,
    pub households: usize,
    pub sample: usize,
    /// Share of its households expected to have an error.
    pub expected: f64,
    pub chance: Chance,
}

/// A household that the audit may draw and find wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Risk {
    pub home: u32,
    /// The chance to be drawn, to be wrong when met, and both.
    pub drawn: f64,
    pub wrong: f64,
    pub both: f64,
}

/// A village: its households, how many are expected wrong, and how many of those an audit finds on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VillageRisk {
    pub village: u32,
    pub households: usize,
    pub wrong: f64,
    pub found: f64,
}

/// Everything that a simulation says.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    pub question: Question,
    pub rule: PassRule,
    pub households: usize,
    /// Households drawn by an audit, and how many of them may have an error.
    pub sample: usize,
    pub accept: u32,
    pub township: Chance,
    /// The closed form, where there is one for what was asked.
    pub exact: Option<f64>,
    pub rate: Spread,
    pub items: Vec<Spread>,
    /// Variance of the measured rate against a simple sample of the size.
    pub design_effect: f64,
    /// By households found wrong: trials.
    pub found: BTreeMap<u32, u64>,
    pub schools: Vec<SchoolChance>,
    /// Share of households expected to have an error as things stand.
    pub expected: f64,
    /// The plan's chance to pass by the true error rate.
    pub curve: Vec<(f64, f64)>,
    /// The true error rate at which the plan passes with the wanted certainty.
    pub needed: f64,
    /// What an audit that finds so many may conclude.
    pub conclusions: Vec<(u64, Estimate)>,
    pub plan: Option<plan::Plan>,
    pub for_margin: u64,
    pub for_none_found: u64,
    pub steps: Vec<Step>,
    pub risks: Vec<Risk>,
    pub villages: Vec<VillageRisk>,
}

/// The sampler that a question asks for.
#[must_use]
pub fn sampler(frame: &Frame, question: &Question) -> Sampler {
    Sampler::new(question.design, question.sample, question.villages, &frame.school_of(), &frame.village_of())
}

/// Runs everything.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
pub fn simulate(frame: &Frame, question: &Question) -> Simulation {
    let streams = Streams::new(question.seed);
    let sampler = sampler(frame, question);
    let rule = PassRule {
        tolerance: question.tolerance,
        items: frame.items.iter().map(|item| item.tolerance).collect(),
        by_part: question.design == Design::Lqas,
    };
    let audits = township(frame, &sampler, &rule, question.audits, &streams);
    let passed = audits.iter().filter(|audit| work::passes(audit, &rule, |_| true)).count() as u64;
    let sample = audits.iter().map(|audit| audit.sample as usize).max().unwrap_or_default();
    let accept = PassRule::accept(question.tolerance, if rule.by_part { question.sample } else { sample });
    let rate = spread(audits.iter().map(|audit| audit.rate));
    let items = (0..frame.items.len()).map(|item| spread(audits.iter().map(|audit| audit.items[item]))).collect();
    let mut found = BTreeMap::new();
    audits.iter().for_each(|audit| *found.entry(audit.found).or_insert(0) += 1);
    let households = frame.homes.len() as u64;
    let asked = plan::Plan {
        sample: question.sample as u64,
        accept: u64::from(PassRule::accept(question.tolerance, question.sample)),
    };
    let z = quantile(question.certainty);
    let expected = frame.expected();
    let conclude = |found: u64| {
        let part = Part { population: households, sample: sample as u64, found, drawn: 1 };
        (found, estimate(Design::Simple, &[part], households, 1, question.certainty))
    };
    Simulation {
        households: frame.homes.len(),
        sample,
        accept,
        township: chance(passed, question.audits),
        exact: closed(frame, question, &rule, sample, accept),
        design_effect: design_effect(&audits, &rate, households),
        rate,
        items,
        found,
        schools: by_school(frame, question, &rule, &streams),
        expected,
        curve: curve(asked, households, expected),
        needed: plan::rate_at(asked, question.certainty),
        conclusions: (0..=u64::from(accept) + BEYOND).filter(|found| *found <= sample as u64).map(conclude).collect(),
        plan: plan::smallest(&question.wanted, Some(households)),
        for_margin: plan::for_margin(expected, question.margin, z, households),
        for_none_found: plan::for_none_found(question.tolerance.max(f64::EPSILON), question.certainty, households),
        steps: work::plan(frame, &audits, &rule, question.corrections),
        risks: risks(frame, &sampler, question),
        villages: villages(frame, &sampler, question),
        question: question.clone(),
        rule,
    }
}

fn chance(passed: u64, trials: u64) -> Chance {
    let (passes, error) = share(passed, trials);
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let (low, high) = wilson(count(passed), count(trials), quantile(0.95));
    Chance { passes, error, low, high }
}

#[allow(clippy::cast_precision_loss, reason = "trials are far below 2^52")]
fn spread(values: impl Iterator<Item = f64>) -> Spread {
    let mut sorted: Vec<f64> = values.collect();
    if sorted.is_empty() {
        return Spread::default();
    }
    // Added in the order of trials, which no thread changes.
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    sorted.sort_by(f64::total_cmp);
    // Nearest rank.
    let at = |hundredths: usize| sorted[(sorted.len() * hundredths).div_ceil(100).max(1) - 1];
    Spread { mean, low: at(5), high: at(95) }
}

/// The closed form of a simple sample judged as a whole, each household with its own chance.
fn closed(frame: &Frame, question: &Question, rule: &PassRule, sample: usize, accept: u32) -> Option<f64> {
    let steps = frame.homes.len() * sample * (accept as usize + 1);
    let whole = rule.items.iter().all(|item| *item >= rule.tolerance);
    (question.design == Design::Simple && whole && steps <= EXACT_STEPS).then(|| {
        let chances: Vec<f64> = (0..frame.homes.len()).map(|home| frame.any(home)).collect();
        exact::uneven(&chances, sample, accept as usize)
    })
}

#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn design_effect(audits: &[Audit], rate: &Spread, households: u64) -> f64 {
    let trials = audits.len() as f64;
    let spread = audits.iter().map(|audit| (audit.rate - rate.mean).powi(2)).sum::<f64>() / (trials - 1.0).max(1.0);
    let sample = audits.iter().map(|audit| f64::from(audit.sample)).sum::<f64>() / trials.max(1.0);
    let finite = (households as f64 - sample) / (households as f64 - 1.0).max(1.0);
    let simple = rate.mean * (1.0 - rate.mean) / sample.max(1.0) * finite;
    if simple > 0.0 { spread / simple } else { 1.0 }
}

#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn by_school(frame: &Frame, question: &Question, rule: &PassRule, streams: &Streams) -> Vec<SchoolChance> {
    let passed = schools(frame, rule, question.sample, question.audits, streams);
    let mut homes = vec![(0_usize, 0.0); frame.schools.len()];
    for (place, home) in frame.homes.iter().enumerate() {
        let school = &mut homes[home.school as usize];
        *school = (school.0 + 1, school.1 + frame.any(place));
    }
    (0_u32..)
        .zip(homes)
        .zip(passed)
        .filter(|((_, (households, _)), _)| *households > 0)
        .map(|((school, (households, wrong)), passed)| SchoolChance {
            school,
            households,
            sample: question.sample.min(households),
            expected: wrong / households as f64,
            chance: chance(passed, question.audits),
        })
        .collect()
}

/// The operating characteristic: chances by true error rate, from none to where hardly anything passes, at least as far as things stand. Points lie at whole numbers of households.
#[allow(clippy::cast_precision_loss, reason = "points of a curve")]
fn curve(plan: plan::Plan, households: u64, expected: f64) -> Vec<(f64, f64)> {
    let most = plan::rate_at(plan, 0.01).max(expected * 1.15).clamp(0.01, 1.0);
    let last = plan::defective(most, households).max(1);
    let mut wrong: Vec<u64> = (0..=CURVE).map(|step| last * step / CURVE).collect();
    wrong.dedup();
    let at = |wrong: u64| exact::hypergeometric(households, wrong, plan.sample.min(households), plan.accept);
    wrong.into_iter().map(|wrong| (wrong as f64 / households.max(1) as f64, at(wrong))).collect()
}

/// How likely each household is to be drawn.
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn drawn(frame: &Frame, sampler: &Sampler, question: &Question) -> Vec<f64> {
    let whole = (question.sample as f64 / frame.homes.len().max(1) as f64).min(1.0);
    let by_part: Vec<f64> = sampler.settled().map(|(size, share)| share as f64 / size.max(1) as f64).collect();
    frame
        .homes
        .iter()
        .map(|home| match question.design {
            Design::Stratified | Design::Lqas => by_part[home.school as usize],
            Design::Simple | Design::TwoStage | Design::Pps => whole,
        })
        .collect()
}

fn risks(frame: &Frame, sampler: &Sampler, question: &Question) -> Vec<Risk> {
    let drawn = drawn(frame, sampler, question);
    let mut risks: Vec<Risk> = (0_u32..)
        .zip(&drawn)
        .map(|(home, drawn)| {
            let wrong = frame.any(home as usize);
            Risk { home, drawn: *drawn, wrong, both: drawn * wrong }
        })
        .filter(|risk| !frame.causes(risk.home as usize).is_empty())
        .collect();
    risks.sort_by(|a, b| b.both.total_cmp(&a.both).then(a.home.cmp(&b.home)));
    risks
}

fn villages(frame: &Frame, sampler: &Sampler, question: &Question) -> Vec<VillageRisk> {
    let drawn = drawn(frame, sampler, question);
    let mut villages: Vec<VillageRisk> = (0..frame.villages.len())
        .map(|village| VillageRisk {
            village: u32::try_from(village).unwrap_or_default(),
            households: 0,
            wrong: 0.0,
            found: 0.0,
        })
        .collect();
    for (place, home) in frame.homes.iter().enumerate() {
        let village = &mut villages[home.village as usize];
        village.households += 1;
        village.wrong += frame.any(place);
        village.found += frame.any(place) * drawn[place];
    }
    villages.retain(|village| village.households > 0);
    villages.sort_by(|a, b| b.found.total_cmp(&a.found).then(a.village.cmp(&b.village)));
    villages
}
