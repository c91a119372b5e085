//! What an audit may conclude: the estimated error rate, its interval by the design, and the design effect.
//!
//! The interval is Wilson's, on the number of independent households that the sample is worth: fewer than drawn where households of a village are alike, more where much of the population was drawn.

use super::draw::Design;
use crate::readiness::score_interval;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// What was found in one part of a sample: a stratum, a village, a lot, or the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Households of the part.
    pub population: u64,
    pub sample: u64,
    /// Households of the sample with an error.
    pub found: u64,
    /// How often the part was drawn (more than once only by size).
    pub drawn: u64,
}

/// What is concluded from a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub rate: f64,
    pub low: f64,
    pub high: f64,
    /// Variance against that of a simple sample of the same size, as the sample itself shows it.
    pub design_effect: f64,
}

/// Villages below which their agreeing by chance is not taken for proof that they are alike.
const HANDFUL: f64 = 10.0;

/// The normal quantile of a two-sided confidence.
#[must_use]
pub fn quantile(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(0.5 + confidence.clamp(0.0, 0.999_999) / 2.0)
}

/// The estimated rate: parts weigh by their households, by size they weigh by how often they were drawn.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
pub fn rate(design: Design, parts: &[Part]) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for part in parts.iter().filter(|part| part.sample > 0) {
        let weight = if design == Design::Pps { part.drawn } else { part.population } as f64;
        sum += weight * part.found as f64 / part.sample as f64;
        weights += weight;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// Rate, interval and design effect. `villages` is how many there were to draw from.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
pub fn estimate(design: Design, parts: &[Part], population: u64, villages: usize, confidence: f64) -> Estimate {
    let rate = rate(design, parts);
    let sample: u64 = parts.iter().map(|part| part.sample).sum();
    let whole = sample as f64;
    if sample == 0 {
        return Estimate { rate: 0.0, low: 0.0, high: 1.0, design_effect: 1.0 };
    }
    // What a simple sample of the size would be worth, without correction for a small population.
    let simple = rate * (1.0 - rate) / whole;
    let spread = match design {
        Design::Simple => simple * finite(sample, population),
        Design::Stratified | Design::Lqas => strata(parts, rate),
        Design::TwoStage => clusters(parts, rate, villages),
        Design::Pps => by_size(parts, rate) * finite(sample, population),
    };
    let worth = if simple <= 0.0 {
        whole / finite(sample, population)
    } else if spread <= 0.0 {
        f64::INFINITY
    } else {
        rate * (1.0 - rate) / spread
    };
    let z = match design {
        Design::TwoStage | Design::Pps if parts.len() > 1 => StudentsT::new(0.0, 1.0, parts.len() as f64 - 1.0)
            .map_or_else(|_| quantile(confidence), |law| law.inverse_cdf(0.5 + confidence / 2.0)),
        _ => quantile(confidence),
    };
    // The score interval already widens by z; more for few villages is taken from what the sample is worth.
    let normal = quantile(confidence);
    let (low, high) = score_interval(rate, worth * (normal / z).powi(2), normal);
    let design_effect =
        if simple > 0.0 { spread / (simple * finite(sample, population)).max(f64::MIN_POSITIVE) } else { 1.0 };
    Estimate { rate, low, high, design_effect }
}

/// The finite-population correction of a variance.
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn finite(sample: u64, population: u64) -> f64 {
    if population <= 1 { 0.0 } else { (population.saturating_sub(sample)) as f64 / (population - 1) as f64 }
}

/// Independent strata; a stratum in which nothing (or everything) was found is given the spread of the whole, lest it look certain.
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn strata(parts: &[Part], rate: f64) -> f64 {
    let all: f64 = parts.iter().filter(|part| part.sample > 0).map(|part| part.population as f64).sum();
    parts
        .iter()
        .filter(|part| part.sample > 0)
        .map(|part| {
            let n = part.sample as f64;
            let own = part.found as f64 / n;
            // Few are drawn from a school: its own share is leant on the whole one.
            let share = (own * n + rate) / (n + 1.0);
            (part.population as f64 / all).powi(2) * share * (1.0 - share) / n * finite(part.sample, part.population)
        })
        .sum()
}

/// Villages drawn by chance, households within them: the ratio estimator's variance between villages and within.
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn clusters(parts: &[Part], rate: f64, villages: usize) -> f64 {
    let drawn = parts.len() as f64;
    let all: f64 = parts.iter().map(|part| part.population as f64).sum();
    if parts.len() < 2 || all <= 0.0 {
        return within(parts, all);
    }
    let between: f64 = parts
        .iter()
        .filter(|part| part.sample > 0)
        .map(|part| (part.population as f64 * (part.found as f64 / part.sample as f64 - rate)).powi(2))
        .sum::<f64>()
        * drawn
        / (drawn - 1.0)
        / all.powi(2);
    let share = (drawn / villages.max(parts.len()) as f64).min(1.0);
    let inner = within(parts, all);
    let whole = (1.0 - share) * between + share * inner;
    if drawn < HANDFUL { whole.max(inner) } else { whole }
}

#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn within(parts: &[Part], all: f64) -> f64 {
    parts
        .iter()
        .filter(|part| part.sample > 1)
        .map(|part| {
            let n = part.sample as f64;
            let share = part.found as f64 / n;
            (part.population as f64 / all).powi(2) * share * (1.0 - share) / (n - 1.0)
                * finite(part.sample, part.population)
        })
        .sum()
}

/// Villages drawn by their size, as if with replacement and from an endless population.
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
fn by_size(parts: &[Part], rate: f64) -> f64 {
    let draws: f64 = parts.iter().map(|part| part.drawn as f64).sum();
    let sample: f64 = parts.iter().map(|part| part.sample as f64).sum();
    let simple = rate * (1.0 - rate) / sample;
    if draws < 2.0 {
        return simple;
    }
    let between: f64 = parts
        .iter()
        .filter(|part| part.sample > 0)
        .map(|part| part.drawn as f64 * (part.found as f64 / part.sample as f64 - rate).powi(2))
        .sum::<f64>()
        / (draws * (draws - 1.0));
    if draws < HANDFUL { between.max(simple) } else { between }
}
