//! An invented population visited without papers: the households, their true answers, and defects scattered as an error model says.
//!
//! In: the population model and a seed. Out: [`Visited`], as a check of real papers would give it.

use super::bulk::Region;
use super::facts::{level_code, stage_level};
use super::frame::{Cause, Frame, Group, Home, Item};
use super::households::Visited;
use super::invent::{Order, invent};
use super::people::{Generation, Person, Population, SCHOOL_YEAR, Study};
use super::place::Place;
use super::tables::payments;
use super::township::reference;
use super::visit::{Facts, Had, Mistakes, Visit, claimable};
use crate::definitions::{Answered, Attribute, Code, Definitions, ErrorModel, Rule, Severity};
use indexmap::{IndexMap, IndexSet};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What to invent.
#[derive(Debug, Clone)]
pub struct Invention {
    pub persons: usize,
    pub townships: usize,
    pub per_county: usize,
    pub errors: ErrorModel,
}

/// A township's households with their answers, and findings as (household, rule).
struct Part {
    place: Place,
    homes: Vec<Home>,
    expected: Vec<Vec<String>>,
    mistakes: Vec<Mistakes>,
    found: Vec<(u32, usize)>,
}

/// Invents and visits.
#[must_use]
pub fn invent_visited(definitions: &Definitions, invention: &Invention, seed: u64) -> Visited {
    let compared: Vec<(String, Answered, f64)> = definitions
        .indicators
        .iter()
        .filter_map(|indicator| {
            let tolerance = indicator.tolerance.as_ref().map_or(1.0, |name| definitions.settings.float(name));
            Some((indicator.name.clone(), indicator.answered?, tolerance))
        })
        .collect();
    let answered: Vec<Answered> = compared.iter().map(|item| item.1).collect();
    // Defects are of the kinds that a check calls errors in what an audit compares.
    let rules: Vec<&Rule> = definitions
        .rules
        .iter()
        .filter(|rule| rule.severity == Severity::Error && compared.iter().any(|item| item.0 == rule.indicator))
        .collect();
    let region = Region {
        seed,
        persons: invention.persons,
        townships: invention.townships,
        per_county: invention.per_county,
        errors: invention.errors.clone(),
        generation: Generation::New,
        terms: usize::MAX,
    };
    let parts: Vec<Part> = (0..region.townships)
        .into_par_iter()
        .map(|index| part(definitions, &region, index, &answered, rules.len()))
        .collect();
    let mut visited = Visited { answered, expected: vec![Vec::new(); compared.len()], ..Visited::default() };
    visited.frame.items = compared.into_iter().map(|(name, _, tolerance)| Item { name, tolerance }).collect();
    join(&mut visited, parts, &rules, definitions);
    visited
}

/// Puts townships side by side.
fn join(visited: &mut Visited, parts: Vec<Part>, rules: &[&Rule], definitions: &Definitions) {
    #[allow(clippy::cast_possible_truncation, reason = "chances need no more")]
    let chance = definitions.settings.float("audit-chance-error").clamp(0.0, 1.0) as f32;
    let frame: &mut Frame = &mut visited.frame;
    let mut schools: IndexSet<String> = IndexSet::new();
    let mut groups: IndexMap<(u32, usize), u32> = IndexMap::new();
    let mut found = Vec::new();
    for part in parts {
        let first = u32::try_from(frame.homes.len()).unwrap_or(u32::MAX);
        let village = u32::try_from(frame.villages.len()).unwrap_or(u32::MAX);
        let place = |school: u32| part.place.schools[school as usize].clone();
        let own: Vec<u32> = part
            .homes
            .iter()
            .map(|home| u32::try_from(schools.insert_full(place(home.school)).0).unwrap_or_default())
            .collect();
        frame.villages.extend(part.place.villages.iter().map(|name| format!("{}{name}", part.place.township)));
        for (home, school) in part.homes.into_iter().zip(&own) {
            frame.homes.push(Home { school: *school, village: village + home.village, ..home });
        }
        for (home, rule) in part.found {
            *groups.entry((own[home as usize], rule)).or_insert(0) += 1;
            found.push((first + home, (own[home as usize], rule)));
        }
        frame.mistakes.extend(part.mistakes);
        visited.expected.iter_mut().zip(part.expected).for_each(|(all, own)| all.extend(own));
    }
    groups.sort_unstable_keys();
    frame.schools = schools.into_iter().collect();
    frame.groups = groups
        .iter()
        .map(|((school, rule), fixes)| Group {
            rule: rules[*rule].id.clone(),
            title: rules[*rule].title.clone(),
            school: *school,
            fixes: *fixes,
        })
        .collect();
    let item_of =
        |rule: usize| frame.items.iter().position(|item| item.name == rules[rule].indicator).unwrap_or_default();
    let causes = found
        .into_iter()
        .map(|(home, key)| {
            let group = u32::try_from(groups.get_index_of(&key).unwrap_or_default()).unwrap_or_default();
            (home, Cause { item: u8::try_from(item_of(key.1)).unwrap_or_default(), group, chance })
        })
        .collect();
    frame.settle(causes);
}

fn part(definitions: &Definitions, region: &Region, index: usize, answered: &[Answered], rules: usize) -> Part {
    let model = &definitions.population;
    let township = region.township(index);
    let population = invent(Order {
        model,
        place: if region.townships == 1 { Place::alone() } else { Place::nth(index, region.per_county, model) },
        seed: township.seed,
        persons: township.persons,
        generation: township.generation,
        terms: township.terms,
        list_form: false,
        reference: reference(),
    });
    let visit = Visit::new(&definitions.settings);
    let mut rng = ChaCha8Rng::seed_from_u64(township.seed);
    rng.set_stream(1);
    let claimable = claimable(definitions);
    let mut to_school = ToSchool { definitions, known: BTreeMap::new() };
    let mut members: BTreeMap<usize, Vec<&Person>> = BTreeMap::new();
    for person in population.people.iter().filter(|person| person.registered) {
        members.entry(person.household).or_default().push(person);
    }
    let mut out = Part {
        homes: Vec::new(),
        expected: vec![Vec::new(); answered.len()],
        mistakes: Vec::new(),
        found: Vec::new(),
        place: population.place.clone(),
    };
    for (household, people) in members {
        let place = u32::try_from(out.homes.len()).unwrap_or_default();
        let facts = facts(&population, &people, claimable, &mut to_school);
        for (all, answered) in out.expected.iter_mut().zip(answered) {
            all.push(expected(&population, &people, *answered));
        }
        out.mistakes.push(visit.mistakes(&facts, answered));
        let village = population.households[household].village;
        let school = population.place.schools.iter().position(|school| school == population.place.primary_of(village));
        let school = u32::try_from(school.unwrap_or_default()).unwrap_or_default();
        out.homes.push(Home {
            id: population.households[household].number.clone(),
            head: people[0].name.clone(),
            school,
            village: u32::try_from(village).unwrap_or_default(),
            members: u32::try_from(people.len()).unwrap_or_default(),
        });
        #[allow(clippy::cast_precision_loss, reason = "a count of persons")]
        let share = people.len() as f64 / model.persons_per_round as f64;
        let rounds = township.errors.rounds + if school == 0 { township.errors.bad_rounds } else { 0.0 };
        for rule in 0..rules {
            if rng.random::<f64>() < share * rounds {
                out.found.push((place, rule));
            }
        }
    }
    out
}

/// Whether the money of a payment stays with the school, as the code list of aid items says of its name.
struct ToSchool<'d> {
    definitions: &'d Definitions,
    known: BTreeMap<&'static str, bool>,
}

impl ToSchool<'_> {
    fn of(&mut self, name: &'static str) -> bool {
        let codes = self.definitions.codes.get("aid_item");
        *self.known.entry(name).or_insert_with(|| {
            let codes = codes.map(|list| list.codes.as_slice()).unwrap_or_default();
            let named = codes.iter().find(|code| code.label == name || code.labels.iter().any(|label| label == name));
            let fits = |code: &&Code| code.pattern.as_ref().is_some_and(|pattern| pattern.is_match(name));
            let code = named.or_else(|| codes.iter().find(fits));
            code.is_some_and(|code| {
                code.attributes.iter().any(|(key, value)| key == "to_school" && *value == Attribute::Flag(true))
            })
        })
    }
}

/// What a household's answers depend on.
fn facts(population: &Population, people: &[&Person], claimable: usize, to_school: &mut ToSchool<'_>) -> Facts {
    let mut last: BTreeMap<&str, (i64, bool)> = BTreeMap::new();
    for payment in people.iter().flat_map(|person| payments(population, person)) {
        let year: i64 = payment.term[..4].parse().unwrap_or_default();
        let to_school = to_school.of(payment.name);
        let known = last.entry(payment.item).or_insert((year, true));
        *known = (known.0.max(year), known.1 && to_school);
    }
    let had = |(year, to_school): &(i64, bool)| Had {
        years: u32::try_from(i64::from(SCHOOL_YEAR) - year).unwrap_or_default(),
        to_school: *to_school,
    };
    let count = |fits: &dyn Fn(&Person) -> bool| {
        u32::try_from(people.iter().filter(|person| fits(person)).count()).unwrap_or_default()
    };
    Facts {
        not_had: u32::try_from(claimable.saturating_sub(last.len())).unwrap_or_default(),
        aid: last.values().map(had).collect(),
        absent: count(&|person| person.absence.is_some() && (6..=15).contains(&person.age)),
        levels: count(&|person| !person.level.is_empty()),
        // Helping teachers are paired with the pupils of the township's own schools.
        prepared: people.iter().any(|person| person.study == Study::Local),
    }
}

/// What a household should answer.
fn expected(population: &Population, people: &[&Person], answered: Answered) -> String {
    let absent = || people.iter().filter(|person| person.absence.is_some() && (6..=15).contains(&person.age));
    let joined = |mut codes: Vec<&str>, once: bool| {
        codes.sort_unstable();
        if once {
            codes.dedup();
        }
        codes.join("、")
    };
    match answered {
        Answered::Children => absent().count().to_string(),
        Answered::Reason => {
            joined(absent().filter_map(|person| person.absence).map(|absence| absence.code()).collect(), true)
        }
        Answered::Register => joined(people.iter().filter_map(|person| level(person)).collect(), false),
        Answered::Aid => {
            let codes: Vec<&str> =
                people.iter().flat_map(|person| payments(population, person)).map(|payment| payment.item).collect();
            if codes.is_empty() { "8".to_owned() } else { joined(codes, true) }
        }
    }
}

/// The code that a person counts under.
fn level(person: &Person) -> Option<&'static str> {
    match person.study {
        Study::Local | Study::Outside => stage_level(person.stage),
        Study::No | Study::Young => level_code(person.level),
    }
}
