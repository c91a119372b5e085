//! Drawing households: random numbers by counter, and the designs of samples.

use rand::seq::index;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How an audit draws its households.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Every household alike.
    Simple,
    /// From every school in proportion to its households.
    Stratified,
    /// Some villages, each alike, then households in them.
    TwoStage,
    /// Villages by their size, then equally many households in each.
    Pps,
    /// From every school a lot of its own, judged by itself.
    Lqas,
}

impl Design {
    /// The word of the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Stratified => "stratified",
            Self::TwoStage => "two-stage",
            Self::Pps => "pps",
            Self::Lqas => "lqas",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Simple => "简单随机抽样",
            Self::Stratified => "按学校分层抽样",
            Self::TwoStage => "先抽村、再抽户",
            Self::Pps => "按村的大小抽村、再抽户",
            Self::Lqas => "每校一批，逐校判定",
        }
    }
}

/// What random numbers are for: each purpose has streams of its own, so that one never disturbs another.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub enum Purpose {
    Township = 1,
    School = 2,
    Plan = 3,
    Rehearsal = 4,
    Random = 5,
}

/// Random numbers that depend on seed, purpose and number only, never on the thread that draws them.
#[derive(Debug, Clone)]
pub struct Streams(ChaCha8Rng);

impl Streams {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The numbers of one trial, or one run of trials.
    #[must_use]
    pub fn of(&self, purpose: Purpose, number: u64) -> ChaCha8Rng {
        let mut stream = self.0.clone();
        stream.set_stream((purpose as u64) << 56 | number);
        stream
    }
}

/// A run of a drawn sample: its part of the population, how many households of the sample it has, how often it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub part: u32,
    pub length: u32,
    pub drawn: u32,
}

/// Draws samples of one design from one population.
#[derive(Debug)]
pub struct Sampler {
    design: Design,
    /// Households of each part: all in one, by school, or by village.
    parts: Vec<Vec<u32>>,
    /// Households to draw from each part, where that is settled beforehand.
    shares: Vec<usize>,
    sample: usize,
    villages: usize,
    /// Parts that have households.
    filled: Vec<usize>,
}

impl Sampler {
    /// `schools` and `villages` say for each household where it belongs; `drawn_villages` is for the designs that draw villages.
    #[must_use]
    pub fn new(design: Design, sample: usize, drawn_villages: usize, schools: &[u32], villages: &[u32]) -> Self {
        let parts = match design {
            Design::Simple => vec![(0..u32::try_from(schools.len()).unwrap_or(u32::MAX)).collect()],
            Design::Stratified | Design::Lqas => grouped(schools),
            Design::TwoStage | Design::Pps => grouped(villages),
        };
        let sizes: Vec<usize> = parts.iter().map(Vec::len).collect();
        let shares = match design {
            Design::Simple => vec![sample.min(schools.len())],
            Design::Stratified => allocate(sample, &sizes),
            Design::Lqas => sizes.iter().map(|size| sample.min(*size)).collect(),
            Design::TwoStage | Design::Pps => Vec::new(),
        };
        let filled: Vec<usize> = (0..parts.len()).filter(|part| sizes[*part] > 0).collect();
        let villages = drawn_villages.clamp(1, filled.len().max(1));
        Self { design, parts, shares, sample: sample.min(schools.len()), villages, filled }
    }

    #[must_use]
    pub fn design(&self) -> Design {
        self.design
    }

    /// Households of a part.
    #[must_use]
    pub fn size(&self, part: u32) -> usize {
        self.parts.get(part as usize).map_or(0, Vec::len)
    }

    /// How many parts there are to draw from.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.filled.len()
    }

    /// Each settled part with its size and what is drawn from it; empty where villages are drawn.
    pub fn settled(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.parts.iter().map(Vec::len).zip(self.shares.iter().copied())
    }

    /// Draws one sample: households in `sample`, its runs in `segments`.
    pub fn draw(&self, rng: &mut ChaCha8Rng, sample: &mut Vec<u32>, segments: &mut Vec<Segment>) {
        sample.clear();
        segments.clear();
        match self.design {
            Design::Simple | Design::Stratified | Design::Lqas => {
                for (part, share) in (0..).zip(&self.shares) {
                    self.take(rng, part, *share, 1, sample, segments);
                }
            }
            Design::TwoStage => {
                let mut chosen: Vec<usize> = index::sample(rng, self.filled.len(), self.villages)
                    .iter()
                    .map(|place| self.filled[place])
                    .collect();
                chosen.sort_unstable();
                let sizes: Vec<usize> = chosen.iter().map(|village| self.parts[*village].len()).collect();
                for (village, share) in chosen.iter().zip(allocate(self.sample, &sizes)) {
                    self.take(rng, u32::try_from(*village).unwrap_or_default(), share, 1, sample, segments);
                }
            }
            Design::Pps => self.by_size(rng, sample, segments),
        }
    }

    /// Systematic drawing with chances in proportion to size; a large village may be drawn more than once.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of households"
    )]
    fn by_size(&self, rng: &mut ChaCha8Rng, sample: &mut Vec<u32>, segments: &mut Vec<Segment>) {
        let all: usize = self.parts.iter().map(Vec::len).sum();
        let step = all as f64 / self.villages as f64;
        let start = rng.random::<f64>() * step;
        let (mut point, mut passed) = (0, 0);
        for (part, households) in (0..).zip(&self.parts) {
            passed += households.len();
            let (mut share, mut drawn) = (0, 0);
            while point < self.villages && start + step * (point as f64) < passed as f64 {
                // The households that do not divide evenly go to the first villages.
                share += self.sample / self.villages + usize::from(point < self.sample % self.villages);
                drawn += 1;
                point += 1;
            }
            if drawn > 0 {
                self.take(rng, part, share.min(households.len()), drawn, sample, segments);
            }
        }
    }

    fn take(
        &self,
        rng: &mut ChaCha8Rng,
        part: u32,
        share: usize,
        drawn: u32,
        sample: &mut Vec<u32>,
        segments: &mut Vec<Segment>,
    ) {
        let households = &self.parts[part as usize];
        if share == 0 {
            return;
        }
        sample.extend(index::sample(rng, households.len(), share).into_iter().map(|place| households[place]));
        segments.push(Segment { part, length: u32::try_from(share).unwrap_or(u32::MAX), drawn });
    }
}

/// Households by their group, in the order of groups; empty groups stay, so that a part's number is its group's.
fn grouped(groups: &[u32]) -> Vec<Vec<u32>> {
    let count = groups.iter().max().map_or(0, |most| *most as usize + 1);
    let mut parts = vec![Vec::new(); count];
    for (household, group) in (0..).zip(groups) {
        parts[*group as usize].push(household);
    }
    parts
}

/// Shares out a sample in proportion to sizes: at least one for each where the sample allows it, never more than there are, the largest remainders first.
#[must_use]
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of households"
)]
pub fn allocate(sample: usize, sizes: &[usize]) -> Vec<usize> {
    let all: usize = sizes.iter().sum();
    let sample = sample.min(all);
    if all == 0 {
        return vec![0; sizes.len()];
    }
    let least = usize::from(sample >= sizes.iter().filter(|size| **size > 0).count());
    let exact: Vec<f64> = sizes.iter().map(|size| sample as f64 * *size as f64 / all as f64).collect();
    let mut shares: Vec<usize> =
        exact.iter().zip(sizes).map(|(exact, size)| (exact.floor() as usize).max(least).min(*size)).collect();
    // How far a part is ahead of what is its due; the first of several alike is meant.
    let ahead = |shares: &[usize], place: usize| shares[place] as f64 - exact[place];
    while shares.iter().sum::<usize>() < sample {
        let open = (0..sizes.len()).filter(|place| shares[*place] < sizes[*place]);
        let Some(place) = open.min_by(|a, b| ahead(&shares, *a).total_cmp(&ahead(&shares, *b))) else { break };
        shares[place] += 1;
    }
    while shares.iter().sum::<usize>() > sample {
        let full = (0..sizes.len()).rev().filter(|place| shares[*place] > least);
        let Some(place) = full.max_by(|a, b| ahead(&shares, *a).total_cmp(&ahead(&shares, *b))) else { break };
        shares[place] -= 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_are_in_proportion() {
        assert_eq!(allocate(10, &[50, 30, 20]), [5, 3, 2]);
        assert_eq!(allocate(5, &[1000, 1, 1]), [3, 1, 1]);
        assert_eq!(allocate(2, &[10, 10, 10]).iter().sum::<usize>(), 2);
        assert_eq!(allocate(50, &[3, 0, 4]), [3, 0, 4]);
        assert_eq!(allocate(7, &[]), Vec::<usize>::new());
    }

    #[test]
    fn every_design_draws_distinct_households_and_says_whence() {
        let schools: Vec<u32> = (0..300).map(|household| household / 100).collect();
        let villages: Vec<u32> = (0..300).map(|household| household / 25).collect();
        let streams = Streams::new(3);
        for design in [Design::Simple, Design::Stratified, Design::TwoStage, Design::Pps, Design::Lqas] {
            let sampler = Sampler::new(design, 40, 5, &schools, &villages);
            let (mut sample, mut segments) = (Vec::new(), Vec::new());
            for trial in 0..50 {
                sampler.draw(&mut streams.of(Purpose::Township, trial), &mut sample, &mut segments);
                let mut distinct = sample.clone();
                distinct.sort_unstable();
                distinct.dedup();
                assert_eq!(distinct.len(), sample.len(), "{design:?}");
                assert_eq!(sample.len(), if design == Design::Lqas { 120 } else { 40 }, "{design:?}");
                assert_eq!(segments.iter().map(|segment| segment.length as usize).sum::<usize>(), sample.len());
                if matches!(design, Design::TwoStage | Design::Pps) {
                    let mut place = 0;
                    for segment in &segments {
                        let run = &sample[place..place + segment.length as usize];
                        assert!(run.iter().all(|household| villages[*household as usize] == segment.part));
                        place += run.len();
                    }
                }
            }
        }
    }
}
