//! Closed forms: what simulated audits must agree with, and what plans are computed from.

use statrs::distribution::{Binomial, DiscreteCDF, Hypergeometric};

/// The chance that at most `accept` of `sample` units drawn without replacement from `population`, of which `defective` are defective, are defective.
#[must_use]
pub fn hypergeometric(population: u64, defective: u64, sample: u64, accept: u64) -> f64 {
    let (defective, sample) = (defective.min(population), sample.min(population));
    if accept >= sample.min(defective) {
        return 1.0;
    }
    // Fewer cannot be drawn, because there are not enough sound ones.
    if accept + (population - defective) < sample {
        return 0.0;
    }
    Hypergeometric::new(population, defective, sample).map_or(1.0, |law| law.cdf(accept).clamp(0.0, 1.0))
}

/// The chance that at most `accept` of `sample` units are defective, each with the chance `rate`.
#[must_use]
pub fn binomial(rate: f64, sample: u64, accept: u64) -> f64 {
    if accept >= sample {
        return 1.0;
    }
    Binomial::new(rate.clamp(0.0, 1.0), sample).map_or(1.0, |law| law.cdf(accept).clamp(0.0, 1.0))
}

/// As [`hypergeometric`] for a sample made of independent parts, each `(population, defective, sample)`: the convolution of their counts.
#[must_use]
pub fn stratified(strata: &[(u64, u64, u64)], accept: u64) -> f64 {
    let limit = usize::try_from(accept).unwrap_or(usize::MAX - 1);
    let mut counts = vec![1.0];
    for (population, defective, sample) in strata {
        let own: Vec<f64> = (0..=limit.min(usize::try_from(*sample).unwrap_or(usize::MAX)))
            .map(|found| exactly(*population, *defective, *sample, found as u64))
            .collect();
        let mut joined = vec![0.0; (counts.len() + own.len() - 1).min(limit + 1)];
        for (before, chance) in counts.iter().enumerate() {
            for (found, own) in own.iter().enumerate().take_while(|(found, _)| before + found <= limit) {
                joined[before + found] += chance * own;
            }
        }
        counts = joined;
    }
    counts.iter().sum::<f64>().min(1.0)
}

fn exactly(population: u64, defective: u64, sample: u64, found: u64) -> f64 {
    let upto = hypergeometric(population, defective, sample, found);
    let below = if found == 0 { 0.0 } else { hypergeometric(population, defective, sample, found - 1) };
    (upto - below).max(0.0)
}

/// The chance that at most `accept` of `sample` units drawn without replacement are defective, when each unit is defective with its own chance.
///
/// The counts over all samples are the coefficients of `Π (1 + x (1 − p + p y))`; exact, in `units × sample × accept` steps.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
pub fn uneven(chances: &[f64], sample: usize, accept: usize) -> f64 {
    let sample = sample.min(chances.len());
    let width = accept.min(sample) + 1;
    // `state[drawn][found]`: the chance of it when units are passed one by one and each is drawn with the share that is still wanted.
    let mut state = vec![0.0; (sample + 1) * width];
    state[0] = 1.0;
    for (passed, chance) in chances.iter().enumerate() {
        let left = (chances.len() - passed) as f64;
        for drawn in (0..=sample.min(passed)).rev() {
            let take = (sample - drawn) as f64 / left;
            for found in (0..width).rev() {
                let here = state[drawn * width + found];
                if here == 0.0 {
                    continue;
                }
                state[drawn * width + found] = here * (1.0 - take);
                if take > 0.0 {
                    state[(drawn + 1) * width + found] += here * take * (1.0 - chance);
                    if found + 1 < width {
                        state[(drawn + 1) * width + found + 1] += here * take * chance;
                    }
                }
            }
        }
    }
    state[sample * width..].iter().sum::<f64>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64, within: f64) {
        assert!((found - wanted).abs() < within, "{found} 应为 {wanted}");
    }

    /// Published lot quality assurance plans: N=600, n=19, d=12 between 80 % and 50 %.
    #[test]
    fn published_lots_are_met() {
        close(hypergeometric(600, 480, 19, 12), 0.064_461_94, 1e-8);
        close(1.0 - hypergeometric(600, 300, 19, 12), 0.080_142_49, 1e-8);
    }

    #[test]
    fn published_binomial_plans_are_met() {
        close(binomial(0.05, 20, 0), 0.358, 5e-4);
        close(binomial(0.15, 20, 0), 0.039, 5e-4);
        close(binomial(0.1, 125, 2), 0.000_210_835, 1e-9);
        close(binomial(0.012_13, 68, 2), 0.95, 2e-4);
        close(binomial(0.089_704, 68, 2), 0.05, 2e-3);
    }

    /// 7 CFR 42.140(c): 500 containers, 3 allowed; 1.0 defects per hundred units are accepted 26 times in a hundred, 0.10 about 99 times.
    /// 7 CFR 52.38(a) and 52.38c: plans 6/1, 13/2, 21/3, 29/4, 38/5, 48/6, 60/7, all of one quality level, at which 7 CFR 43.102 has about 95 % accepted.
    #[test]
    fn the_federal_tables_are_met() {
        close(binomial(0.01, 500, 3), 0.26, 0.01);
        assert!(binomial(0.001, 500, 3) > 0.985);
        let plans = [(6, 1), (13, 2), (21, 3), (29, 4), (38, 5), (48, 6), (60, 7)];
        for (sample, accept) in plans {
            let accepted = binomial(0.065, sample, accept);
            assert!((0.93..0.97).contains(&accepted), "{sample}/{accept}：{accepted}");
        }
    }

    #[test]
    fn one_stratum_is_a_simple_sample_and_equal_chances_are_a_count() {
        close(stratified(&[(2000, 40, 80)], 1), hypergeometric(2000, 40, 80, 1), 1e-12);
        close(stratified(&[(50, 3, 10), (70, 0, 10)], 1), hypergeometric(50, 3, 10, 1), 1e-12);
        let mut fixed = vec![0.0; 190];
        fixed.extend([1.0; 10]);
        close(uneven(&fixed, 50, 2), hypergeometric(200, 10, 50, 2), 1e-12);
        close(uneven(&[0.1; 120], 40, 3), binomial(0.1, 40, 3), 1e-12);
        close(uneven(&[0.3; 5], 9, 9), 1.0, 1e-12);
    }

    #[test]
    fn edges_do_not_fail() {
        close(hypergeometric(10, 10, 5, 4), 0.0, 1e-12);
        close(hypergeometric(10, 0, 5, 0), 1.0, 1e-12);
        close(hypergeometric(10, 3, 50, 2), 0.0, 1e-12);
        close(hypergeometric(0, 0, 0, 0), 1.0, 1e-12);
        close(stratified(&[], 0), 1.0, 1e-12);
        close(uneven(&[], 5, 0), 1.0, 1e-12);
    }
}
