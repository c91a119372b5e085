//! Acceptance plans: how many to draw and how many defective ones to allow, computed from qualities and risks; curves and sample sizes.

use super::exact::{binomial, hypergeometric};

/// Largest sample that a plan is searched up to.
const LARGEST: u64 = 200_000;

/// Draw `sample`, pass when at most `accept` are defective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub sample: u64,
    pub accept: u64,
}

/// What a plan must do: pass a lot of the quality `acceptable` but for the risk `producer`, and fail one of `unacceptable` but for `consumer`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    pub acceptable: f64,
    pub unacceptable: f64,
    pub producer: f64,
    pub consumer: f64,
}

impl Plan {
    /// The chance to pass a lot of a quality; without `population` the lot is endless.
    #[must_use]
    pub fn passes(self, rate: f64, population: Option<u64>) -> f64 {
        match population {
            Some(population) => {
                hypergeometric(population, defective(rate, population), self.sample.min(population), self.accept)
            }
            None => binomial(rate, self.sample, self.accept),
        }
    }
}

/// How many of a lot are defective at a rate.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count"
)]
pub fn defective(rate: f64, population: u64) -> u64 {
    (rate.clamp(0.0, 1.0) * population as f64).round() as u64
}

/// The smallest plan that does what is wanted; none where none can (the two qualities are one, or the lot is too small to tell them apart).
#[must_use]
pub fn smallest(wanted: &Wanted, population: Option<u64>) -> Option<Plan> {
    if wanted.acceptable >= wanted.unacceptable {
        return None;
    }
    let most = population.unwrap_or(LARGEST).min(LARGEST);
    // For each number allowed, the smallest sample that fails the bad lot; the first that also passes the good one is the smallest plan.
    let mut sample = 1;
    for accept in 0..most {
        sample = sample.max(accept + 1);
        let fails = |sample: u64| Plan { sample, accept }.passes(wanted.unacceptable, population) <= wanted.consumer;
        if !fails(most) {
            return None;
        }
        let mut high = most;
        while sample < high {
            let middle = sample + (high - sample) / 2;
            if fails(middle) { high = middle } else { sample = middle + 1 }
        }
        let plan = Plan { sample, accept };
        if plan.passes(wanted.acceptable, population) >= 1.0 - wanted.producer {
            return Some(plan);
        }
    }
    None
}

/// The smallest sample whose error rate is known to `margin` either way with a confidence given by its normal quantile, in a population of that size.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count"
)]
pub fn for_margin(rate: f64, margin: f64, z: f64, population: u64) -> u64 {
    let rate = rate.clamp(margin.min(0.5), 0.5);
    let endless = z * z * rate * (1.0 - rate) / (margin * margin);
    let drawn = endless / (1.0 + (endless - 1.0) / population.max(1) as f64);
    (drawn.ceil() as u64).clamp(1, population.max(1))
}

/// The smallest sample which, if nothing at all is found in it, shows with `certainty` that fewer than `rate` of the population are defective.
#[must_use]
pub fn for_none_found(rate: f64, certainty: f64, population: u64) -> u64 {
    let defective = defective(rate, population).max(1);
    let (mut low, mut high) = (1, population.max(1));
    while low < high {
        let middle = low + (high - low) / 2;
        if hypergeometric(population, defective, middle, 0) <= 1.0 - certainty {
            high = middle
        } else {
            low = middle + 1
        }
    }
    low
}

/// The rate at which a plan passes with a chance, by halving; the chance falls as the rate rises.
#[must_use]
pub fn rate_at(plan: Plan, chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if plan.passes(middle, None) > chance { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published: AQL .05 at .95 and LTPD .15 at .075 give n=80, c=7.
    #[test]
    fn the_published_plan_is_found() {
        let wanted = Wanted { acceptable: 0.05, unacceptable: 0.15, producer: 0.05, consumer: 0.075 };
        assert_eq!(smallest(&wanted, None), Some(Plan { sample: 80, accept: 7 }));
    }

    #[test]
    fn the_published_qualities_of_a_plan_are_found() {
        let plan = Plan { sample: 68, accept: 2 };
        assert!((rate_at(plan, 0.95) - 0.012_13).abs() < 5e-6);
        assert!((rate_at(plan, 0.05) - 0.089_704).abs() < 5e-6);
    }

    /// Nothing smaller does it: every plan with one unit less, whatever it allows, breaks one of the two promises.
    #[test]
    fn no_smaller_plan_keeps_both_promises() {
        let wanted = Wanted { acceptable: 0.02, unacceptable: 0.10, producer: 0.05, consumer: 0.10 };
        for population in [None, Some(300), Some(2000)] {
            let plan = smallest(&wanted, population).unwrap();
            let keeps = |plan: Plan| plan.passes(0.02, population) >= 0.95 && plan.passes(0.10, population) <= 0.10;
            assert!(keeps(plan));
            for sample in 1..plan.sample {
                assert!((0..sample).all(|accept| !keeps(Plan { sample, accept })), "{sample} 就够了，得到 {plan:?}");
            }
        }
    }

    #[test]
    fn impossible_wishes_have_no_plan() {
        let same = Wanted { acceptable: 0.05, unacceptable: 0.05, producer: 0.05, consumer: 0.05 };
        assert_eq!(smallest(&same, Some(100)), None);
        let finer = Wanted { acceptable: 0.010, unacceptable: 0.012, producer: 0.01, consumer: 0.01 };
        assert_eq!(smallest(&finer, Some(50)), None);
    }

    #[test]
    fn sample_sizes_follow_the_formulas() {
        // 1.96² × 0.25 / 0.05² = 384.16, and with 1,000 in all 277.7.
        assert_eq!(for_margin(0.5, 0.05, 1.959_963_985, 1_000_000_000), 385);
        assert_eq!(for_margin(0.5, 0.05, 1.959_963_985, 1000), 278);
        // Without replacement from 1,000 with 10 defective: 258 is the first sample that has one with 95 %.
        let sample = for_none_found(0.01, 0.95, 1000);
        assert!(hypergeometric(1000, 10, sample, 0) <= 0.05 && hypergeometric(1000, 10, sample - 1, 0) > 0.05);
    }
}
