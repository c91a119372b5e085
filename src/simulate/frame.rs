//! The households that an audit draws from: where each belongs, and why its answers might not agree with the papers.
//!
//! In: what a check found, or an invented population. Out: [`Frame`], which the trials run over.

use super::visit::Mistakes;

/// An item that the audit compares.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The indicator's name: 文化程度, A4, A5, A18.
    pub name: String,
    /// The error rate allowed for this item alone; 1 allows everything.
    pub tolerance: f64,
}

/// One household.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Home {
    pub id: String,
    /// Its head, as the register writes the name.
    pub head: String,
    pub school: u32,
    pub village: u32,
    pub members: u32,
}

/// Something found that may show as an error of one item at the door.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cause {
    pub item: u8,
    /// Which corrections mend it.
    pub group: u32,
    /// The chance that it shows.
    pub chance: f32,
}

/// Corrections that are one piece of work: one rule at one school.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub rule: String,
    pub title: String,
    pub school: u32,
    /// Findings to mend.
    pub fixes: u32,
}

/// All households.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    pub items: Vec<Item>,
    pub schools: Vec<String>,
    pub villages: Vec<String>,
    pub homes: Vec<Home>,
    pub groups: Vec<Group>,
    /// Mistakes at the door even where the papers are in order, a household each.
    pub mistakes: Vec<Mistakes>,
    causes: Vec<Cause>,
    /// The causes of household `i` are `causes[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    /// The chance that anything at all is wrong with a household.
    any: Vec<f64>,
}

impl Frame {
    /// A frame without households yet.
    #[must_use]
    pub fn new(items: Vec<Item>, schools: Vec<String>, villages: Vec<String>, groups: Vec<Group>) -> Self {
        Self { items, schools, villages, groups, ..Self::default() }
    }

    /// Puts causes, given as (household, cause) in any order, beside their households.
    pub fn settle(&mut self, mut causes: Vec<(u32, Cause)>) {
        causes.sort_by_key(|(home, cause)| (*home, cause.group, cause.item));
        self.starts = Vec::with_capacity(self.homes.len() + 1);
        let mut place = 0;
        for household in 0..self.homes.len() {
            self.starts.push(u32::try_from(place).unwrap_or(u32::MAX));
            while causes.get(place).is_some_and(|cause| cause.0 as usize == household) {
                place += 1;
            }
        }
        self.starts.push(u32::try_from(place).unwrap_or(u32::MAX));
        self.causes = causes.into_iter().map(|cause| cause.1).collect();
        self.any = (0..self.homes.len()).map(|household| self.chance(household, |_| true)).collect();
    }

    /// What may show at a household.
    #[must_use]
    pub fn causes(&self, household: usize) -> &[Cause] {
        &self.causes[self.starts[household] as usize..self.starts[household + 1] as usize]
    }

    /// The number of a household's first cause among all.
    #[must_use]
    pub fn first_cause(&self, household: usize) -> u32 {
        self.starts[household]
    }

    /// How many causes there are in all.
    #[must_use]
    pub fn all_causes(&self) -> usize {
        self.causes.len()
    }

    /// The chance that a household has an error, as things stand.
    #[must_use]
    pub fn any(&self, household: usize) -> f64 {
        self.any[household]
    }

    /// The same where only the causes of some groups are left.
    #[must_use]
    pub fn chance(&self, household: usize, left: impl Fn(u32) -> bool) -> f64 {
        let sound: f64 = self
            .causes(household)
            .iter()
            .filter(|cause| left(cause.group))
            .map(|cause| 1.0 - f64::from(cause.chance))
            .product();
        1.0 - sound * (1.0 - self.mistakes[household].any())
    }

    /// The school of each household.
    #[must_use]
    pub fn school_of(&self) -> Vec<u32> {
        self.homes.iter().map(|home| home.school).collect()
    }

    /// The village of each household.
    #[must_use]
    pub fn village_of(&self) -> Vec<u32> {
        self.homes.iter().map(|home| home.village).collect()
    }

    /// The share of households expected to have an error.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts of households are far below 2^52")]
    pub fn expected(&self) -> f64 {
        if self.any.is_empty() { 0.0 } else { self.any.iter().sum::<f64>() / self.any.len() as f64 }
    }
}
