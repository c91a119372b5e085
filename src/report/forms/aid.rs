//! What each person got, term by term, and how a form tells it in one cell.

use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One item of one term.
#[derive(Debug, Clone, PartialEq)]
pub struct TermItem {
    /// Its code, which is also its short name.
    pub aid: String,
    pub label: String,
    /// Yuan; none where no record tells it.
    pub amount: Option<f64>,
    pub days: Option<f64>,
    /// The money goes to the school or comes as meals.
    pub to_school: bool,
}

/// By person and term.
#[derive(Debug, Default)]
pub struct AidTold(BTreeMap<i64, BTreeMap<i64, Vec<TermItem>>>);

impl AidTold {
    /// From the view `aid_terms`.
    ///
    /// # Errors
    /// When the view lacks a column.
    pub fn new(frame: &DataFrame) -> PolarsResult<Self> {
        let mut told: BTreeMap<i64, BTreeMap<i64, Vec<TermItem>>> = BTreeMap::new();
        let (persons, terms) = (frame.column("person")?.i64()?, frame.column("term")?.i64()?);
        let (aids, labels) = (frame.column("aid")?.str()?, frame.column("label")?.str()?);
        let (amounts, days) = (frame.column("amount")?.f64()?, frame.column("days")?.f64()?);
        let to_school = frame.column("to_school")?.bool()?;
        for row in 0..frame.height() {
            let (Some(person), Some(term)) = (persons.get(row), terms.get(row)) else { continue };
            told.entry(person).or_default().entry(term).or_default().push(TermItem {
                aid: aids.get(row).unwrap_or_default().to_owned(),
                label: labels.get(row).unwrap_or_default().to_owned(),
                // A sum over nothing is zero.
                amount: amounts.get(row).filter(|amount| *amount > 0.0),
                days: days.get(row).filter(|days| *days > 0.0),
                to_school: to_school.get(row).unwrap_or(false),
            });
        }
        for items in told.values_mut().flat_map(BTreeMap::values_mut) {
            items.sort_by(|a, b| a.aid.cmp(&b.aid));
        }
        Ok(Self(told))
    }

    /// The items of a person's term.
    #[must_use]
    pub fn term(&self, person: i64, term: i64) -> &[TermItem] {
        self.0.get(&person).and_then(|terms| terms.get(&term)).map_or(&[], Vec::as_slice)
    }

    /// Start years of the school years in which any of these persons got something.
    #[must_use]
    pub fn years(&self, persons: impl Iterator<Item = i64>) -> BTreeSet<i64> {
        persons.filter_map(|person| self.0.get(&person)).flat_map(BTreeMap::keys).map(|term| term / 10).collect()
    }

    /// A school year in one cell, as a history is read back: `生活费补助1000；秋营养膳食补助328`.
    #[must_use]
    pub fn year(&self, person: i64, year: i64) -> String {
        let mut items: BTreeMap<&str, [Option<Option<f64>>; 2]> = BTreeMap::new();
        for half in [1, 2] {
            for item in self.term(person, year * 10 + half) {
                items.entry(&item.aid).or_default()[usize::from(half == 2)] = Some(item.amount);
            }
        }
        let told = |amount: Option<f64>| amount.map_or_else(String::new, yuan);
        let parts = items.iter().flat_map(|(aid, halves)| match halves {
            [Some(autumn), Some(spring)] if autumn == spring => {
                vec![format!("{aid}{}", told(autumn.map(|amount| amount * 2.0)))]
            }
            [autumn, spring] => [("秋", autumn), ("春", spring)]
                .into_iter()
                .filter_map(|(season, amount)| Some(format!("{season}{aid}{}", told((*amount)?))))
                .collect(),
        });
        parts.collect::<Vec<_>>().join("；")
    }

    /// The present term in one cell.
    #[must_use]
    pub fn term_text(&self, person: i64, term: i64) -> String {
        let part = |item: &TermItem| format!("{}{}", item.aid, item.amount.map_or_else(String::new, yuan));
        self.term(person, term).iter().map(part).collect::<Vec<_>>().join("；")
    }

    /// Yuan of a term; none where nothing is told.
    #[must_use]
    pub fn term_total(&self, person: i64, term: i64) -> Option<f64> {
        sum(self.term(person, term).iter())
    }

    /// Yuan of all terms.
    #[must_use]
    pub fn total(&self, person: i64) -> Option<f64> {
        sum(self.0.get(&person)?.values().flatten())
    }
}

fn sum<'i>(items: impl Iterator<Item = &'i TermItem>) -> Option<f64> {
    let amounts: Vec<f64> = items.filter_map(|item| item.amount).collect();
    (!amounts.is_empty()).then(|| amounts.iter().sum())
}

/// An amount without needless decimals.
#[must_use]
pub fn yuan(amount: f64) -> String {
    let rounded = (amount * 100.0).round() / 100.0;
    rounded.to_string()
}
