//! What the papers say in truth: the census figures that a check must arrive at, kept beside every defect that changes them.

use super::people::{Population, Study};
use super::tables::{level_of, mark, payments};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// By person (its index in the population).
#[derive(Debug, Default)]
pub struct Facts {
    /// The 文化程度 code that a registered person counts under.
    pub levels: BTreeMap<usize, &'static str>,
    /// Children out of school, with the A5 code; none where the papers do not say.
    pub absent: BTreeMap<usize, Option<&'static str>>,
    /// Payments by their marks, with the A18 code.
    pub aid: BTreeMap<usize, BTreeMap<u64, &'static str>>,
    /// Registered children without a trace.
    pub untraced: usize,
}

impl Facts {
    /// The facts of papers without defects.
    pub fn new(population: &Population) -> Self {
        let mut facts = Self::default();
        for (index, person) in population.people.iter().enumerate() {
            if person.registered {
                let code = match person.study {
                    Study::Local | Study::Outside => stage_level(person.stage),
                    _ => level_code(level_of(population.generation, person)),
                };
                facts.levels.extend(code.map(|code| (index, code)));
            }
            if let Some(absence) = person.absence.filter(|_| (6..=15).contains(&person.age)) {
                facts.absent.insert(index, Some(absence.code()));
            }
            let paid = (0_u64..)
                .zip(payments(population, person))
                .map(|(nth, payment)| (mark(index) * 100 + nth, payment.item));
            facts.aid.insert(index, paid.collect());
        }
        facts
    }

    /// How many of a primary school's villages' children are out of school: all, and by A5 code.
    pub fn absent_of(&self, population: &Population, school: &str) -> (usize, BTreeMap<&'static str, usize>) {
        let mut total = 0;
        let mut by_reason = BTreeMap::new();
        for (index, reason) in &self.absent {
            if population.primary_of(&population.people[*index]) == school {
                total += 1;
                if let Some(reason) = reason {
                    *by_reason.entry(*reason).or_insert(0) += 1;
                }
            }
        }
        (total, by_reason)
    }

    /// The figures in the shape of `summary.json`.
    pub fn figures(&self, population: &Population) -> Value {
        let people = &population.people;
        let mut levels = counter(6);
        for code in self.levels.values() {
            count(&mut levels, code);
        }
        let (mut reasons, mut registered_reasons) = (counter(8), counter(8));
        let mut registered = 0;
        for (index, reason) in &self.absent {
            count(&mut reasons, reason.unwrap_or("unknown"));
            if people[*index].registered {
                registered += 1;
                count(&mut registered_reasons, reason.unwrap_or("unknown"));
            }
        }
        let mut households: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (index, person) in people.iter().enumerate().filter(|(_, person)| person.registered) {
            let items = households.entry(person.household).or_default();
            items.extend(self.aid.get(&index).into_iter().flat_map(BTreeMap::values));
        }
        let mut aid = counter(8);
        for items in households.values() {
            items.iter().for_each(|item| count(&mut aid, item));
            if items.is_empty() {
                count(&mut aid, "8");
            }
        }
        aid.insert("households".to_owned(), json!(households.len()));
        json!({
            "文化程度": levels,
            "A4": {"all": self.absent.len(), "registered": registered, "candidates": self.untraced},
            "A5": reasons,
            "A5_registered": registered_reasons,
            "A18": aid,
        })
    }
}

/// The code of a pupil's stage, by the stage attended.
pub fn stage_level(stage: &str) -> Option<&'static str> {
    Some(match stage {
        "小学" => "2",
        "初中" => "3",
        "普高" | "中职" => "4",
        "高职" => "5",
        "本科" => "6",
        _ => return None,
    })
}

pub fn level_code(level: &str) -> Option<&'static str> {
    Some(match level {
        "文盲或半文盲" => "1",
        "小学" => "2",
        "初中" => "3",
        "高中" => "4",
        "大专" => "5",
        "本科及以上" => "6",
        _ => return None,
    })
}

fn counter(codes: usize) -> Map<String, Value> {
    (1..=codes).map(|code| (code.to_string(), json!(0))).collect()
}

fn count(counts: &mut Map<String, Value>, code: &str) {
    let known = counts.get(code).and_then(Value::as_u64).unwrap_or_default();
    counts.insert(code.to_owned(), json!(known + 1));
}
