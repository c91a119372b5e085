//! The visit: what a household answers at the door, and how that may differ from the papers.
//!
//! A household is found at home and its papers are looked at, or it is asked by telephone, or somebody else answers for it; each way has its own chances of a wrong answer, and of papers putting it right.
//! 文化程度 is not asked: the census takes it from the register. Every parameter is a setting of `indicators/policies/audit.toml`.

use crate::definitions::{Answered, Definitions, Settings};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How many items a household is asked at most.
pub const MOST_ITEMS: usize = 8;

/// At home, by telephone, by somebody else.
const WAYS: usize = 3;

/// The parameters of the visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    absent: f64,
    proxy: f64,
    recall: f64,
    forgetting: f64,
    school_paid: f64,
    prepared: f64,
    papers: f64,
    phone_papers: f64,
    proxy_papers: f64,
    phone_recall: f64,
    proxy_recall: f64,
    false_claim: f64,
    child_hidden: f64,
    reason_differs: f64,
    slip: f64,
    register_slip: f64,
}

/// One aid item that a household has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Had {
    /// School years since it was last paid.
    pub years: u32,
    /// The money never passed through the household's hands.
    pub to_school: bool,
}

/// What the papers say of a household, as far as its answers depend on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub aid: Vec<Had>,
    /// Aid items that it has not had and might claim.
    pub not_had: u32,
    /// Children of school age who are not in school.
    pub absent: u32,
    /// Members whose 文化程度 stands in the register as that of no pupil.
    pub levels: u32,
    /// A helping teacher has gone through it with them (一口清).
    pub prepared: bool,
}

/// The chances of a wrong item, by the way in which a household is met.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Mistakes {
    ways: [f32; WAYS],
    wrong: [[f32; MOST_ITEMS]; WAYS],
}

/// Aid items that a household can claim: all codes but "none of these".
#[must_use]
pub fn claimable(definitions: &Definitions) -> usize {
    definitions.codes.get("a18").map_or(0, |list| list.codes.len().saturating_sub(1))
}

impl Visit {
    /// Reads the settings.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let share = |name: &str| settings.float(name).clamp(0.0, 1.0);
        Self {
            absent: share("visit-absent"),
            proxy: share("visit-proxy"),
            recall: share("visit-recall"),
            forgetting: share("visit-forgetting"),
            school_paid: share("visit-school-paid"),
            prepared: share("visit-prepared"),
            papers: share("visit-papers"),
            phone_papers: share("visit-phone-papers"),
            proxy_papers: share("visit-proxy-papers"),
            phone_recall: share("visit-phone-recall"),
            proxy_recall: share("visit-proxy-recall"),
            false_claim: share("visit-false-claim"),
            child_hidden: share("visit-child-hidden"),
            reason_differs: share("visit-reason-differs"),
            slip: share("visit-slip"),
            register_slip: share("visit-register-slip"),
        }
    }

    /// The chance that somebody of the household tells an aid item without papers.
    #[must_use]
    pub fn tells(&self, had: Had, prepared: bool) -> f64 {
        let kept = (1.0 - self.forgetting).powi(i32::try_from(had.years).unwrap_or(i32::MAX));
        let told = self.recall * kept * if had.to_school { self.school_paid } else { 1.0 };
        if prepared { 1.0 - (1.0 - told) * (1.0 - self.prepared) } else { told }
    }

    /// The chances of wrong items for one household; `items` says how each item is answered.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "chances need no more")]
    pub fn mistakes(&self, facts: &Facts, items: &[Answered]) -> Mistakes {
        let mut mistakes = Mistakes {
            ways: [1.0 - self.absent, self.absent * (1.0 - self.proxy), self.absent * self.proxy].map(|way| way as f32),
            ..Mistakes::default()
        };
        // How well each way recalls, and how often papers put a wrong answer right.
        let ways = [(1.0, self.papers), (self.phone_recall, self.phone_papers), (self.proxy_recall, self.proxy_papers)];
        for (way, (recall, papers)) in ways.into_iter().enumerate() {
            for (place, answered) in items.iter().enumerate().take(MOST_ITEMS) {
                // Who tells less also hides and errs more: those chances grow as recall falls.
                let right = match answered {
                    Answered::Register => {
                        (1.0 - self.register_slip).powi(i32::try_from(facts.levels).unwrap_or(i32::MAX))
                    }
                    Answered::Children if facts.absent == 0 => 1.0,
                    Answered::Children => 1.0 - self.child_hidden / recall.max(0.1) * (1.0 - papers),
                    Answered::Reason if facts.absent == 0 => 1.0,
                    Answered::Reason => 1.0 - self.reason_differs / recall.max(0.1) * (1.0 - papers),
                    Answered::Aid => self.aid_right(facts, recall, papers),
                };
                // Nobody keys in what comes from the register.
                let slip = if *answered == Answered::Register { 0.0 } else { self.slip };
                mistakes.wrong[way][place] = (1.0 - right.clamp(0.0, 1.0) * (1.0 - slip)) as f32;
            }
        }
        mistakes
    }

    fn aid_right(&self, facts: &Facts, recall: f64, papers: f64) -> f64 {
        let told: f64 = facts
            .aid
            .iter()
            .map(|had| 1.0 - (1.0 - self.tells(*had, facts.prepared) * recall) * (1.0 - papers))
            .product();
        let claimed = self.false_claim * (1.0 - papers);
        told * (1.0 - claimed).powi(i32::try_from(facts.not_had).unwrap_or(i32::MAX))
    }
}

impl Mistakes {
    /// Chances stated outright, the same whatever the way: for tests and for plans without a visit.
    #[must_use]
    pub fn of(wrong: [f32; MOST_ITEMS]) -> Self {
        Self { ways: [1.0, 0.0, 0.0], wrong: [wrong; WAYS] }
    }

    /// The chance that at least one item is wrong.
    #[must_use]
    pub fn any(&self) -> f64 {
        self.ways.iter().zip(&self.wrong).map(|(way, wrong)| f64::from(*way) * any_of(wrong)).sum()
    }

    /// The chance that one item is wrong.
    #[must_use]
    pub fn item(&self, place: usize) -> f64 {
        self.ways.iter().zip(&self.wrong).map(|(way, wrong)| f64::from(*way) * f64::from(wrong[place])).sum()
    }

    /// Which items are wrong, given that at least one is, as bits.
    #[must_use]
    pub fn happen(&self, rng: &mut ChaCha8Rng) -> u8 {
        let weights = [0, 1, 2].map(|way: usize| f64::from(self.ways[way]) * any_of(&self.wrong[way]));
        let mut point = rng.random::<f64>() * weights.iter().sum::<f64>();
        let mut met = 0;
        for (way, weight) in weights.iter().enumerate() {
            if *weight > 0.0 {
                met = way;
                if point < *weight {
                    break;
                }
                point -= weight;
            }
        }
        let chances = self.wrong[met].map(f64::from);
        bits(&chances, |chance| rng.random::<f64>() < chance)
    }
}

fn any_of(wrong: &[f32; MOST_ITEMS]) -> f64 {
    1.0 - wrong.iter().map(|wrong| 1.0 - f64::from(*wrong)).product::<f64>()
}

/// Which of independent chances come true, given that at least one does; `toss` says whether a chance comes true.
pub(super) fn bits(chances: &[f64], mut toss: impl FnMut(f64) -> bool) -> u8 {
    let mut out = 0;
    for (place, chance) in chances.iter().enumerate() {
        let given = if out == 0 {
            let rest = 1.0 - chances[place..].iter().map(|chance| 1.0 - chance).product::<f64>();
            if rest <= 0.0 { 0.0 } else { chance / rest }
        } else {
            *chance
        };
        if *chance > 0.0 && toss(given) {
            out |= 1 << place;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Project;

    fn visit() -> Visit {
        Visit::new(&Definitions::load(None, &Project::default()).unwrap().settings)
    }

    const ITEMS: [Answered; 4] = [Answered::Register, Answered::Children, Answered::Reason, Answered::Aid];

    #[test]
    fn what_was_paid_long_ago_or_to_the_school_is_told_less_often_and_preparation_helps() {
        let visit = visit();
        let told = |years, to_school, prepared| visit.tells(Had { years, to_school }, prepared);
        assert!(told(0, false, false) > told(3, false, false));
        assert!(told(0, false, false) > told(0, true, false));
        assert!(told(3, true, true) > told(3, true, false));
        assert!(told(6, true, true) <= 1.0);
    }

    #[test]
    fn papers_put_most_answers_right_and_others_answer_worse() {
        let visit = visit();
        let facts =
            Facts { aid: vec![Had { years: 2, to_school: true }], not_had: 6, absent: 1, levels: 3, prepared: false };
        let mistakes = visit.mistakes(&facts, &ITEMS);
        for place in 1..4 {
            assert!(mistakes.wrong[0][place] < mistakes.wrong[1][place], "在家看材料应当比电话准");
            assert!(mistakes.wrong[1][place] < mistakes.wrong[2][place], "电话应当比代答准");
        }
        assert!((mistakes.wrong[0][0] - mistakes.wrong[2][0]).abs() < 1e-9, "文化程度取自登记，与怎么答无关");
        assert!(mistakes.any() < 0.2 && mistakes.any() > mistakes.item(3));
    }

    /// The joint frequencies of what happens are those of independent chances, given that something does.
    #[test]
    fn what_happens_has_the_chances_stated() {
        use rand::SeedableRng;
        let mut wrong = [0.0; MOST_ITEMS];
        wrong[..3].copy_from_slice(&[0.1, 0.4, 0.02]);
        let mistakes = Mistakes::of(wrong);
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (mut seen, runs) = ([0_u32; 8], 200_000);
        for _ in 0..runs {
            seen[mistakes.happen(&mut rng) as usize] += 1;
        }
        assert_eq!(seen[0], 0);
        let any = mistakes.any();
        for (pattern, seen) in seen.iter().enumerate().skip(1) {
            let chance: f64 =
                (0..3)
                    .map(|place| {
                        if pattern >> place & 1 == 1 { f64::from(wrong[place]) } else { 1.0 - f64::from(wrong[place]) }
                    })
                    .product::<f64>()
                    / any;
            let found = f64::from(*seen) / f64::from(runs);
            // Five standard errors: one false alarm in two million for each of seven patterns, and the seed is fixed.
            let within = 5.0 * (chance * (1.0 - chance) / f64::from(runs)).sqrt();
            assert!((found - chance).abs() < within, "{pattern:03b}: {found} 应为 {chance}");
        }
    }
}
