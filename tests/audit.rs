//! Simulated audits against closed forms, the coverage of their intervals, and the worth of the work plan.
//!
//! Statistical comparisons allow 4.5 standard errors: a right program fails one of them seven times in a million choices of the seed, and the seeds are fixed.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use zicha::simulate::audit::work;
use zicha::simulate::audit::{
    Bite, Design, Part, PassRule, Purpose, Sampler, Streams, estimate, exact, plan_trials, rate, share, township,
};
use zicha::simulate::frame::{Cause, Frame, Group, Home, Item};
use zicha::simulate::visit::Mistakes;

const SURE: f64 = 4.5;

/// Households of `schools` schools with four villages each; `wrong` says what causes a household has, as (item, group, chance).
fn frame(sizes: &[usize], groups: Vec<Group>, wrong: impl Fn(usize) -> Vec<(u8, u32, f32)>) -> Frame {
    let items = ["文化程度", "A4", "A5", "A18"].map(|name| Item { name: name.to_owned(), tolerance: 1.0 });
    let named = |count: usize, kind: &str| (0..count).map(|place| format!("{place}{kind}")).collect();
    let mut frame = Frame::new(items.to_vec(), named(sizes.len(), "小学"), named(sizes.len() * 4, "村"), groups);
    for (school, size) in (0_u32..).zip(sizes) {
        for home in 0..*size {
            let village = school * 4 + u32::try_from(home * 4 / size).unwrap();
            frame.homes.push(Home { school, village, members: 4, ..Home::default() });
        }
    }
    frame.mistakes = vec![Mistakes::default(); frame.homes.len()];
    let causes = (0..frame.homes.len()).flat_map(|home| {
        wrong(home)
            .into_iter()
            .map(move |(item, group, chance)| (u32::try_from(home).unwrap(), Cause { item, group, chance }))
    });
    let causes = causes.collect();
    frame.settle(causes);
    frame
}

fn group(school: u32, fixes: u32) -> Group {
    Group { rule: format!("A18/{school}"), title: String::new(), school, fixes }
}

fn rule(tolerance: f64, by_part: bool) -> PassRule {
    PassRule { tolerance, items: vec![1.0; 4], by_part }
}

fn sampler(frame: &Frame, design: Design, sample: usize) -> Sampler {
    Sampler::new(design, sample, 5, &frame.school_of(), &frame.village_of())
}

fn passes(frame: &Frame, design: Design, sample: usize, tolerance: f64, audits: u64, seed: u64) -> (f64, f64) {
    let rule = rule(tolerance, design == Design::Lqas);
    let audits = township(frame, &sampler(frame, design, sample), &rule, audits, &Streams::new(seed));
    let passed = audits.iter().filter(|audit| work::passes(audit, &rule, |_| true)).count();
    share(passed as u64, audits.len() as u64)
}

fn close(found: (f64, f64), wanted: f64, what: &str) {
    let error = found.1.max(1e-4);
    assert!((found.0 - wanted).abs() < SURE * error, "{what}：模拟 {} ± {error}，公式 {wanted}", found.0);
}

/// The first `defective` households of each school are wrong for certain.
fn fixed(sizes: &[usize], defective: &[usize]) -> Frame {
    let starts: Vec<usize> = sizes.iter().scan(0, |sum, size| Some(std::mem::replace(sum, *sum + size))).collect();
    let wrong = |home: usize| {
        let school = starts.iter().rposition(|start| *start <= home).unwrap();
        let hit = home - starts[school] < defective[school];
        if hit { vec![(3, u32::try_from(school).unwrap(), 1.0)] } else { Vec::new() }
    };
    let groups =
        (0_u32..).zip(defective).map(|(school, count)| group(school, u32::try_from(*count).unwrap())).collect();
    frame(sizes, groups, wrong)
}

#[test]
fn simple_samples_pass_as_the_hypergeometric_says() {
    for (sizes, defective, sample, tolerance) in [
        ([700, 900, 400], [20, 15, 5], 80, 0.02),
        ([60, 30, 10], [3, 0, 1], 40, 0.05),
        ([300, 300, 400], [50, 30, 20], 25, 0.1),
    ] {
        let frame = fixed(&sizes, &defective);
        let (population, wrong) = (sizes.iter().sum::<usize>() as u64, defective.iter().sum::<usize>() as u64);
        let accept = u64::from(PassRule::accept(tolerance, sample));
        let wanted = exact::hypergeometric(population, wrong, sample as u64, accept);
        close(passes(&frame, Design::Simple, sample, tolerance, 20_000, 11), wanted, "简单随机");
    }
}

#[test]
fn households_with_chances_of_their_own_pass_as_the_exact_sum_says() {
    let frame = frame(&[120, 80], vec![group(0, 1)], |home| {
        #[allow(clippy::cast_precision_loss)]
        let chance = (home % 10) as f32 / 60.0;
        vec![(0, 0, chance), (3, 0, 0.01)]
    });
    let chances: Vec<f64> = (0..200).map(|home| frame.any(home)).collect();
    let wanted = exact::uneven(&chances, 50, 4);
    close(passes(&frame, Design::Simple, 50, 0.08, 20_000, 5), wanted, "各户可能不同");
}

#[test]
fn stratified_samples_pass_as_the_convolution_says() {
    let (sizes, defective) = ([400, 250, 350], [12, 2, 6]);
    let frame = fixed(&sizes, &defective);
    let sampler = sampler(&frame, Design::Stratified, 60);
    let strata: Vec<(u64, u64, u64)> = sampler
        .settled()
        .zip(defective)
        .map(|((size, share), wrong)| (size as u64, wrong as u64, share as u64))
        .collect();
    assert_eq!(strata.iter().map(|stratum| stratum.2).sum::<u64>(), 60);
    let wanted = exact::stratified(&strata, 1);
    close(passes(&frame, Design::Stratified, 60, 0.02, 20_000, 3), wanted, "分层");
}

#[test]
fn lots_pass_when_every_school_does() {
    let (sizes, defective) = ([200, 150, 90], [4, 2, 1]);
    let frame = fixed(&sizes, &defective);
    let wanted: f64 = sizes
        .iter()
        .zip(defective)
        .map(|(size, wrong)| exact::hypergeometric(*size as u64, wrong as u64, 50, 1))
        .product();
    close(passes(&frame, Design::Lqas, 50, 0.02, 20_000, 8), wanted, "每校一批");
    let rule = rule(0.02, true);
    let alone = zicha::simulate::audit::schools(&frame, &rule, 50, 20_000, &Streams::new(8));
    for ((size, wrong), passed) in sizes.iter().zip(defective).zip(alone) {
        close(share(passed, 20_000), exact::hypergeometric(*size as u64, wrong as u64, 50, 1), "单独抽查一校");
    }
}

#[test]
fn the_bare_plan_agrees_with_its_closed_form() {
    for (population, defective, sample, accept) in
        [(2000, 40, 80, 1), (600, 300, 19, 6), (60, 9, 24, 3), (100, 0, 10, 0)]
    {
        let passed = plan_trials(population, defective, sample, accept, 40_000, &Streams::new(2));
        let wanted = exact::hypergeometric(population as u64, defective as u64, sample as u64, accept);
        close(share(passed, 40_000), wanted, "方案");
    }
}

/// Every design measures the true rate on average: villages of unlike size and quality do not lead it astray.
#[test]
fn the_measured_rate_is_right_on_average() {
    let sizes = [120, 300, 60, 200];
    let frame =
        frame(
            &sizes,
            vec![group(0, 1)],
            |home| if home % 7 == 0 || home < 30 { vec![(3, 0, 1.0)] } else { Vec::new() },
        );
    #[allow(clippy::cast_precision_loss)]
    let truth = (0..frame.homes.len()).map(|home| frame.any(home)).sum::<f64>() / frame.homes.len() as f64;
    for design in [Design::Simple, Design::Stratified, Design::TwoStage, Design::Pps, Design::Lqas] {
        let rule = rule(0.02, false);
        let audits = township(&frame, &sampler(&frame, design, 50), &rule, 8000, &Streams::new(4));
        #[allow(clippy::cast_precision_loss)]
        let count = audits.len() as f64;
        let mean = audits.iter().map(|audit| audit.rate).sum::<f64>() / count;
        let spread = audits.iter().map(|audit| (audit.rate - mean).powi(2)).sum::<f64>() / (count - 1.0);
        // The ratio estimator of two stages has a small bias of its own.
        let allowed = SURE * (spread / count).sqrt() + if design == Design::TwoStage { 0.004 } else { 0.0 };
        assert!((mean - truth).abs() < allowed, "{design:?}：平均 {mean}，真实 {truth}");
    }
}

/// How often the 95 % interval of an audit holds the true rate. Rates are drawn evenly from 1 % to 30 %, because an interval for counts covers unevenly at any single one.
fn coverage(design: Design, schools: usize, sample: usize, seed: u64) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let size = (sample * 3).div_ceil(schools);
    let sizes = vec![size; schools];
    let (mut held, mut all) = (0_u32, 0_u32);
    for run in 0..60 {
        let base = rng.random_range(0.01..0.30);
        // Schools differ a little, villages not at all: what the designs are told to allow for.
        let defective: Vec<bool> = (0..size * schools).map(|_| rng.random_bool(base)).collect();
        let frame =
            frame(&sizes, vec![group(0, 1)], |home| if defective[home] { vec![(3, 0, 1.0)] } else { Vec::new() });
        #[allow(clippy::cast_precision_loss)]
        let truth = defective.iter().filter(|wrong| **wrong).count() as f64 / defective.len() as f64;
        let sampler = Sampler::new(design, sample, 16, &frame.school_of(), &frame.village_of());
        let streams = Streams::new(seed ^ run);
        let (mut drawn, mut segments) = (Vec::new(), Vec::new());
        for trial in 0..60 {
            sampler.draw(&mut streams.of(Purpose::Random, trial), &mut drawn, &mut segments);
            let mut place = 0;
            let parts: Vec<Part> = segments
                .iter()
                .map(|segment| {
                    let run = &drawn[place..place + segment.length as usize];
                    place += run.len();
                    Part {
                        population: sampler.size(segment.part) as u64,
                        sample: run.len() as u64,
                        found: run.iter().filter(|home| defective[**home as usize]).count() as u64,
                        drawn: u64::from(segment.drawn),
                    }
                })
                .collect();
            let found = estimate(design, &parts, frame.homes.len() as u64, sampler.parts(), 0.95);
            assert!((found.rate - rate(design, &parts)).abs() < 1e-12);
            held += u32::from(found.low <= truth && truth <= found.high);
            all += 1;
        }
    }
    f64::from(held) / f64::from(all)
}

#[test]
fn intervals_hold_the_true_rate_as_often_as_they_say() {
    for sample in [20, 50, 200, 800, 2000] {
        for (design, schools) in
            [(Design::Simple, 4), (Design::Stratified, 4), (Design::TwoStage, 10), (Design::Pps, 10)]
        {
            let held = coverage(design, schools, sample, 77);
            assert!((0.93..=0.97).contains(&held), "{design:?}，抽 {sample} 户：{held}");
        }
    }
}

/// What the plan mends first raises the chance at least as much as any corrections of the same number picked at random, on the same trials.
#[test]
fn the_work_plan_beats_chance() {
    for seed in 0..20 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let sizes = [150, 220, 90, 140];
        // Twelve kinds of work: some large and harmless, some small and deadly, some on households with other faults.
        let faults: Vec<(usize, u8, u32, f32)> = (0..160)
            .map(|_| {
                let group: u32 = rng.random_range(0..12);
                let home = if group < 4 { rng.random_range(0..40) } else { rng.random_range(0..600) };
                (home, rng.random_range(0..4), group, if group.is_multiple_of(3) { 0.2 } else { 0.8 })
            })
            .collect();
        let fixes = |number: u32| u32::try_from(faults.iter().filter(|fault| fault.2 == number).count()).unwrap();
        let groups: Vec<Group> = (0..12).map(|number| group(number % 4, fixes(number))).collect();
        let of = |home: usize| {
            faults.iter().filter(|fault| fault.0 == home).map(|fault| (fault.1, fault.2, fault.3)).collect()
        };
        let frame = frame(&sizes, groups, of);
        let rule = rule(0.02, false);
        let audits = township(&frame, &sampler(&frame, Design::Simple, 50), &rule, 3000, &Streams::new(seed));
        let steps = work::plan(&frame, &audits, &rule, 120);
        assert!(!steps.is_empty());
        let mut order: Vec<u32> = (0..u32::try_from(frame.all_causes()).unwrap()).collect();
        for step in steps.iter().step_by(2) {
            for _ in 0..10 {
                order.shuffle(&mut rng);
                let mended: BTreeSet<u32> = order.iter().copied().take(step.total as usize).collect();
                let left = |bite: &Bite| !mended.contains(&bite.cause);
                let passed = audits.iter().filter(|audit| work::passes(audit, &rule, left)).count();
                let (by_chance, _) = share(passed as u64, audits.len() as u64);
                let (total, by_plan) = (step.total, step.passes);
                assert!(by_plan >= by_chance, "种子 {seed}，改 {total} 处：按计划 {by_plan}，随便改 {by_chance}");
            }
        }
        let last = steps.windows(2).all(|pair| pair[1].passes >= pair[0].passes);
        assert!(last, "更正不会降低通过的可能");
    }
}
