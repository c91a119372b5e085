//! Units and findings, counted: first as keys within one area, then as numbers that add up.

use indexmap::IndexSet;
use polars::prelude::{PlHashMap, PlHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// Units and findings of one area, still as keys.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) units: BTreeMap<String, PlHashSet<i64>>,
    pub(super) wrong: BTreeMap<String, PlHashSet<i64>>,
    pub(super) red_lines: BTreeSet<String>,
    pub(super) findings: [usize; 3],
}

impl Tally {
    pub(super) fn unit(&mut self, indicator: &str, unit: i64) {
        self.units.entry(indicator.to_owned()).or_default().insert(unit);
    }
}

/// The school that each unit belongs to. Only looked up in: the order of its maps does not matter.
#[derive(Default)]
pub(super) struct Owners {
    schools: IndexSet<String>,
    /// By indicator and unit: the school's place.
    of_unit: BTreeMap<String, PlHashMap<i64, usize>>,
}

impl Owners {
    /// The first school that a unit is given to keeps it.
    pub(super) fn add(&mut self, indicator: &str, unit: i64, school: &str) {
        let place = self.schools.get_index_of(school);
        let place = place.unwrap_or_else(|| self.schools.insert_full(school.to_owned()).0);
        self.of_unit.entry(indicator.to_owned()).or_default().entry(unit).or_insert(place);
    }

    pub(super) fn of(&self, indicator: &str, unit: i64) -> Option<&str> {
        let place = self.of_unit.get(indicator)?.get(&unit)?;
        self.schools.get_index(*place).map(String::as_str)
    }
}

/// What was counted: everything that grades are made from, and that adds up over areas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub(super) schools: BTreeMap<String, SchoolCounts>,
    pub(super) whole: SchoolCounts,
    /// By the rule's place among the definitions' rules.
    pub(super) work: BTreeMap<usize, WorkCounts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SchoolCounts {
    /// By indicator: units, and those without an error.
    pub(super) units: BTreeMap<String, (usize, usize)>,
    pub(super) red_lines: BTreeSet<String>,
    pub(super) findings: [usize; 3],
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WorkCounts {
    pub(super) by_school: BTreeMap<String, usize>,
    /// Units that no other rule makes wrong.
    pub(super) sole: usize,
}

impl Counts {
    /// Adds what another area counted.
    pub fn add(&mut self, other: Self) {
        other.schools.into_iter().for_each(|(name, counts)| self.schools.entry(name).or_default().add(counts));
        self.whole.add(other.whole);
        for (rule, counts) in other.work {
            let own = self.work.entry(rule).or_default();
            own.sole += counts.sole;
            counts.by_school.into_iter().for_each(|(name, found)| *own.by_school.entry(name).or_default() += found);
        }
    }
}

impl SchoolCounts {
    pub(super) fn of(tally: &Tally) -> Self {
        let clean = |name: &String, units: &PlHashSet<i64>| {
            units.len() - tally.wrong.get(name).map_or(0, |wrong| wrong.intersection(units).count())
        };
        Self {
            units: tally.units.iter().map(|(name, units)| (name.clone(), (units.len(), clean(name, units)))).collect(),
            red_lines: tally.red_lines.clone(),
            findings: tally.findings,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        for (name, (units, clean)) in other.units {
            let own = self.units.entry(name).or_default();
            *own = (own.0 + units, own.1 + clean);
        }
        self.red_lines.extend(other.red_lines);
        self.findings.iter_mut().zip(other.findings).for_each(|(own, other)| *own += other);
    }
}
