//! From what a check found to the households that an audit would meet: their answers by the papers, and their chances of a mismatch.
//!
//! In: [`Evaluated`] with the views [`VIEWS`], and the linked register. Out: [`Visited`].

use super::frame::{Cause, Frame, Group, Home, Item};
use super::visit::{Facts, Had, Visit, claimable};
use crate::definitions::{Answered, Definitions, Severity};
use crate::evaluate::{Evaluated, Figure};
use crate::readiness::NO_SCHOOL;
use anyhow::{Result, anyhow};
use indexmap::{IndexMap, IndexSet};
use polars::prelude::*;
use std::collections::BTreeMap;

/// The views that a simulation looks at.
pub const VIEWS: [&str; 2] = ["visited", "visited_aid"];

/// The households, and what the papers say that they should answer.
#[derive(Debug, Default)]
pub struct Visited {
    pub frame: Frame,
    /// How each item of the frame is answered.
    pub answered: Vec<Answered>,
    /// By item, then household: the answer by the papers, in codes.
    pub expected: Vec<Vec<String>>,
    /// Items that are not compared, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Findings of compared items that belong to no registered household.
    pub elsewhere: usize,
}

/// Puts the households together.
///
/// # Errors
/// When the register was not supplied, or a frame lacks a column.
pub fn visited(definitions: &Definitions, evaluated: &Evaluated, register: &DataFrame) -> Result<Visited> {
    let households = match evaluated.asked.get(VIEWS[0]) {
        Some(Ok(frame)) if frame.height() > 0 => frame,
        Some(Err(reason)) => return Err(anyhow!("模拟入户要有带户编号的登记表：{reason}")),
        _ => return Err(anyhow!("登记表里没有一户有户编号，没法按户模拟。请把国办导出的人员信息放进来")),
    };
    let mut visited = Visited::default();
    let (keys, mut facts) = homes(households, &mut visited.frame)?;
    let figures = compared(definitions, evaluated, &mut visited)?;
    for (figure, answered) in figures.iter().zip(&visited.answered) {
        visited.expected.push(answers(figure, *answered, &keys)?);
    }
    for (answered, expected) in visited.answered.iter().zip(&visited.expected) {
        if *answered == Answered::Children {
            facts.iter_mut().zip(expected).for_each(|(facts, count)| facts.absent = count.parse().unwrap_or_default());
        }
    }
    if let Some(Ok(aid)) = evaluated.asked.get(VIEWS[1]) {
        had(aid, definitions, &keys, &mut facts)?;
    }
    let visit = Visit::new(&definitions.settings);
    visited.frame.mistakes = facts.iter().map(|facts| visit.mistakes(facts, &visited.answered)).collect();
    let (causes, elsewhere) = causes(definitions, evaluated, register, &keys, &mut visited.frame)?;
    visited.elsewhere = elsewhere;
    visited.frame.settle(causes);
    Ok(visited)
}

/// A household's key by its place in the frame.
type Keys = IndexMap<i64, u32>;

fn homes(households: &DataFrame, frame: &mut Frame) -> Result<(Keys, Vec<Facts>)> {
    let sorted =
        households.sort(["household_id", "household"], SortMultipleOptions::default().with_multithreaded(false))?;
    let text = |name: &str| -> PolarsResult<Vec<String>> {
        Ok(sorted.column(name)?.str()?.iter().map(|value| value.unwrap_or_default().to_owned()).collect())
    };
    let number = |name: &str| -> PolarsResult<Vec<i64>> {
        let column = sorted.column(name)?.cast(&DataType::Int64)?;
        Ok(column.i64()?.iter().map(Option::unwrap_or_default).collect())
    };
    let (ids, heads, villages, schools) =
        (text("household_id")?, text("head_name")?, text("village")?, text("school")?);
    let (members, levels) = (number("members")?, number("levels")?);
    let prepared: Vec<bool> = sorted.column("prepared")?.bool()?.iter().map(|flag| flag == Some(true)).collect();
    let (mut school_names, mut village_names) = (IndexSet::new(), IndexSet::new());
    // Schools in the order of their names, so that neither rows nor threads decide it.
    let named = |name: &String, nothing: &str| if name.is_empty() { nothing.to_owned() } else { name.clone() };
    school_names.extend(schools.iter().map(|name| named(name, NO_SCHOOL)));
    village_names.extend(villages.iter().map(|name| named(name, "（没有写村）")));
    school_names.sort();
    village_names.sort();
    let place = |names: &IndexSet<String>, name: &String, nothing: &str| {
        u32::try_from(names.get_index_of(&named(name, nothing)).unwrap_or_default()).unwrap_or_default()
    };
    let mut keys = Keys::new();
    let mut facts = Vec::new();
    for (row, key) in number("household")?.into_iter().enumerate() {
        keys.insert(key, u32::try_from(row)?);
        frame.homes.push(Home {
            id: ids[row].clone(),
            head: heads[row].clone(),
            school: place(&school_names, &schools[row], NO_SCHOOL),
            village: place(&village_names, &villages[row], "（没有写村）"),
            members: u32::try_from(members[row]).unwrap_or_default(),
        });
        let levels = u32::try_from(levels[row]).unwrap_or_default();
        facts.push(Facts { levels, prepared: prepared[row], ..Facts::default() });
    }
    frame.schools = school_names.into_iter().collect();
    frame.villages = village_names.into_iter().collect();
    Ok((keys, facts))
}

/// The figures that the audit compares, in the order of the indicators.
fn compared<'e>(definitions: &Definitions, evaluated: &'e Evaluated, visited: &mut Visited) -> Result<Vec<&'e Figure>> {
    let mut figures = Vec::new();
    for indicator in &definitions.indicators {
        let Some(answered) = indicator.answered else { continue };
        let Some(figure) = evaluated.figures.iter().find(|figure| figure.indicator == indicator.name) else { continue };
        if let Err(reason) = &figure.people {
            visited.left_out.push((indicator.name.clone(), reason.clone()));
            continue;
        }
        let tolerance = indicator.tolerance.as_ref().map_or(1.0, |name| definitions.settings.float(name));
        visited.frame.items.push(Item { name: indicator.name.clone(), tolerance });
        visited.answered.push(answered);
        figures.push(figure);
    }
    if figures.is_empty() {
        return Err(anyhow!("没有一个普查项目算得出来，没法模拟。请先用 zicha check 看缺哪些表"));
    }
    Ok(figures)
}

/// What each household should answer: how many, or which codes.
fn answers(figure: &Figure, answered: Answered, keys: &Keys) -> Result<Vec<String>> {
    let mut out = vec![Vec::new(); keys.len()];
    if let Ok(people) = &figure.people {
        let registered: Vec<bool> =
            people.column("registered")?.bool()?.iter().map(|flag| flag == Some(true)).collect();
        let codes = people.column("code")?.str()?;
        for ((household, code), registered) in
            people.column("household")?.i64()?.iter().zip(codes.iter()).zip(registered)
        {
            if let Some(home) = household.and_then(|household| keys.get(&household)).filter(|_| registered) {
                out[*home as usize].push(code.unwrap_or("?").to_owned());
            }
        }
    }
    let text = |mut codes: Vec<String>| {
        codes.sort();
        match answered {
            Answered::Children => codes.len().to_string(),
            Answered::Register => codes.join("、"),
            Answered::Reason | Answered::Aid => {
                codes.dedup();
                codes.join("、")
            }
        }
    };
    Ok(out.into_iter().map(text).collect())
}

fn had(aid: &DataFrame, definitions: &Definitions, keys: &Keys, facts: &mut [Facts]) -> Result<()> {
    let year = i64::from(definitions.settings.school_year());
    let term = aid.column("last_term")?.cast(&DataType::Int64)?;
    let to_school = aid.column("to_school")?.cast(&DataType::Int64)?;
    let rows = aid.column("household")?.i64()?.iter().zip(term.i64()?.iter()).zip(to_school.i64()?.iter());
    let mut each: BTreeMap<u32, Vec<Had>> = BTreeMap::new();
    for ((household, term), to_school) in rows {
        let Some(home) = household.and_then(|household| keys.get(&household)) else { continue };
        let years = term.map_or(0, |term| (year - term / 10).max(0));
        each.entry(*home).or_default().push(Had { years: u32::try_from(years)?, to_school: to_school == Some(1) });
    }
    let claimable = claimable(definitions);
    for (home, facts) in (0..).zip(facts) {
        facts.aid = each.remove(&home).unwrap_or_default();
        // The engine gives groups in no order.
        facts.aid.sort_by_key(|had| (had.years, had.to_school));
        facts.not_had = u32::try_from(claimable.saturating_sub(facts.aid.len()))?;
    }
    Ok(())
}

/// Findings as causes beside their households, and the groups of corrections; also how many belong to no household.
fn causes(
    definitions: &Definitions,
    evaluated: &Evaluated,
    register: &DataFrame,
    keys: &Keys,
    frame: &mut Frame,
) -> Result<(Vec<(u32, Cause)>, usize)> {
    let of_person = members(register, keys)?;
    let by_id: BTreeMap<&str, u32> =
        frame.homes.iter().zip(0..).map(|(home, place)| (home.id.as_str(), place)).collect();
    let chance = |severity: Severity| {
        let name = format!("audit-chance-{}", severity.code());
        definitions.settings.float(&name).clamp(0.0, 1.0)
    };
    let mut groups: IndexMap<(u32, String), Vec<(u32, Cause)>> = IndexMap::new();
    let mut elsewhere = 0;
    for finding in &evaluated.findings.order {
        let rule = &definitions.rules[finding.0 as usize];
        let Some(item) = frame.items.iter().position(|item| item.name == rule.indicator) else { continue };
        let severity = evaluated.findings.severity(*finding, rule);
        // What somebody has settled counts as told only, whatever the rule says.
        let own = rule.shows.filter(|_| severity == rule.severity);
        let chance = own.unwrap_or_else(|| chance(severity));
        if chance <= 0.0 {
            continue;
        }
        let number = |name: &str| evaluated.findings.number(*finding, name);
        let home = number("household")
            .and_then(|household| keys.get(&household).copied())
            .or_else(|| number("person").and_then(|person| of_person.get(&person).copied()))
            .or_else(|| by_id.get(evaluated.findings.text(*finding, "household_id")?.as_str()).copied());
        let Some(home) = home else {
            elsewhere += 1;
            continue;
        };
        let school = evaluated.findings.text(*finding, "school").unwrap_or_else(|| NO_SCHOOL.to_owned());
        #[allow(clippy::cast_possible_truncation, reason = "chances need no more")]
        let cause = Cause { item: u8::try_from(item)?, group: 0, chance: chance as f32 };
        groups.entry((finding.0, school)).or_default().push((home, cause));
    }
    groups.sort_unstable_keys();
    let mut out = Vec::new();
    for (number, ((rule, school), found)) in (0..).zip(groups) {
        let place = frame.schools.iter().position(|known| *known == school).unwrap_or_else(|| {
            // A school outside, which answers for no registered household.
            frame.schools.push(school.clone());
            frame.schools.len() - 1
        });
        let rule = &definitions.rules[rule as usize];
        frame.groups.push(Group {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            school: u32::try_from(place)?,
            fixes: u32::try_from(found.len())?,
        });
        out.extend(found.into_iter().map(|(home, cause)| (home, Cause { group: number, ..cause })));
    }
    Ok((out, elsewhere))
}

/// The household of each registered person.
fn members(register: &DataFrame, keys: &Keys) -> Result<IndexMap<i64, u32>> {
    let rows = register.column("person")?.i64()?.iter().zip(register.column("household")?.i64()?.iter());
    Ok(rows.filter_map(|(person, household)| Some((person?, *keys.get(&household?)?))).collect())
}
