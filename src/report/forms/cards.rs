//! `一口清/`: a card for each pupil whom a teacher helps, with what is missing marked, and questions with answers to practise on.

use super::aid::AidTold;
use super::pupils::{Pupil, price};
use super::{Written, school_files};
use crate::definitions::term_name;
use crate::report::wording::{Ask, Wording};
use crate::report::{Run, render};
use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

const TEMPLATE: &str = "reports/cards.html.jinja";
/// The views that cards are made from.
pub(super) const HELPED: &str = "helped";
pub(super) const FAMILIES: &str = "families";

/// A teacher and a pupil, as the pairing table tells them.
struct Pair {
    person: Option<i64>,
    household: Option<i64>,
    teacher: String,
    school: String,
    name: String,
    absent: bool,
}

#[derive(Serialize)]
struct Card {
    teacher: String,
    name: String,
    /// Head, value; a value that is empty is a gap.
    sections: Vec<(String, Vec<(String, String)>)>,
    gaps: Vec<String>,
}

#[derive(Serialize)]
struct Question {
    teacher: String,
    question: String,
    answer: String,
}

/// Writes a page a school.
pub(super) fn write(
    run: &Run<'_>,
    wording: &Wording,
    pupils: &[Pupil],
    aid: &AidTold,
    folder: &Path,
    written: &mut Written,
) -> Result<()> {
    let (pairs, families) = match (run.evaluated.asked.get(HELPED), run.evaluated.asked.get(FAMILIES)) {
        (Some(Ok(pairs)), Some(Ok(families))) => (read_pairs(pairs)?, read_families(families, run)?),
        (Some(Ok(pairs)), _) => (read_pairs(pairs)?, BTreeMap::new()),
        (Some(Err(reason)), _) => {
            written.left_out.push(format!("一口清没有写：{reason}"));
            return Ok(());
        }
        _ => return Ok(()),
    };
    let known: BTreeMap<i64, &Pupil> = pupils.iter().map(|pupil| (pupil.person, pupil)).collect();
    let mut schools: BTreeMap<&str, Vec<&Pair>> = BTreeMap::new();
    for pair in &pairs {
        schools.entry(&pair.school).or_default().push(pair);
    }
    let place = folder.join(&wording.forms.cards_folder);
    std::fs::create_dir_all(&place).context("建不了一口清的文件夹")?;
    let gaps: Vec<usize> = school_files(schools.keys().copied(), "html")
        .par_iter()
        .map(|(school, file)| {
            let facts: Vec<BTreeMap<&str, String>> = schools[school]
                .iter()
                .map(|pair| {
                    let pupil = pair.person.and_then(|person| known.get(&person).copied());
                    facts(run, pair, pupil, pair.household.and_then(|household| families.get(&household)), aid, wording)
                })
                .collect();
            let cards: Vec<Card> = facts.iter().map(|facts| card(facts, wording)).collect();
            let questions: Vec<Question> = facts.iter().flat_map(|facts| questions(facts, &wording.cards.ask)).collect();
            let gaps = cards.iter().filter(|card| !card.gaps.is_empty()).count();
            let values = context! {
                school => *school, gaps, count => cards.len(), term => term_name(run.definitions.settings.current_term()),
                cards => Value::from(Serde(cards)), questions => Value::from(Serde(questions)),
                duty => wording.cards.duty.clone(), life => wording.cards.life.clone(), missing => wording.cards.missing.clone(),
            };
            std::fs::write(place.join(file), render::page(&run.definitions.sources, TEMPLATE, values)?)?;
            Ok(gaps)
        })
        .collect::<Result<_>>()?;
    written.lines.push(format!(
        "一口清：{} 张卡片和练习题，{} 所学校；{} 张上有空缺",
        pairs.len(),
        gaps.len(),
        gaps.iter().sum::<usize>()
    ));
    Ok(())
}

fn read_pairs(frame: &DataFrame) -> PolarsResult<Vec<Pair>> {
    let text = |name: &str| -> PolarsResult<Vec<String>> {
        Ok(frame.column(name)?.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    };
    let (persons, households) = (frame.column("person")?.i64()?, frame.column("household")?.i64()?);
    let (teachers, schools, names) = (text("teacher_name")?, text("school")?, text("name")?);
    let absent = frame.column("absent")?.bool()?;
    let mut pairs: Vec<Pair> = (0..frame.height())
        .map(|row| Pair {
            person: persons.get(row),
            household: households.get(row),
            teacher: teachers[row].clone(),
            school: if schools[row].is_empty() { crate::readiness::NO_SCHOOL.to_owned() } else { schools[row].clone() },
            name: names[row].clone(),
            absent: absent.get(row).unwrap_or(false),
        })
        .collect();
    pairs.sort_by(|a, b| (&a.school, &a.teacher, &a.name, a.person).cmp(&(&b.school, &b.teacher, &b.name, b.person)));
    Ok(pairs)
}

/// By household: each member in a few words.
fn read_families(frame: &DataFrame, run: &Run<'_>) -> PolarsResult<BTreeMap<i64, Vec<String>>> {
    let mut families: BTreeMap<i64, Vec<(Option<i64>, String)>> = BTreeMap::new();
    let (households, places, ages) =
        (frame.column("household")?.i64()?, frame.column("at")?.i64()?, frame.column("age")?.i64()?);
    let text = |name: &str, row: usize| -> PolarsResult<String> {
        Ok(frame.column(name)?.str()?.get(row).unwrap_or_default().to_owned())
    };
    for row in 0..frame.height() {
        let Some(household) = households.get(row) else { continue };
        let age = ages.get(row).map_or_else(String::new, |age| format!("{age}岁"));
        let health = text("health", row)?;
        let health = if health.is_empty() || health == "健康" { String::new() } else { format!("，{health}") };
        let parts = [text("relation", row)?, age, text("level", row)?];
        let about: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let member = format!("{}（{}{health}）", run.working().name(&text("name", row)?), about.join("，"));
        families.entry(household).or_default().push((places.get(row), member));
    }
    Ok(families
        .into_iter()
        .map(|(household, mut members)| {
            members.sort();
            (household, members.into_iter().map(|(_, member)| member).collect())
        })
        .collect())
}

/// Everything that a card and its questions tell, by the keys of the wording; an empty text is a gap.
fn facts<'k>(
    run: &Run<'_>,
    pair: &Pair,
    pupil: Option<&Pupil>,
    family: Option<&Vec<String>>,
    aid: &AidTold,
    wording: &Wording,
) -> BTreeMap<&'k str, String> {
    let mut facts = BTreeMap::from([("teacher", pair.teacher.clone()), ("name", pair.name.clone())]);
    let term = run.definitions.settings.current_term();
    if let Some(members) = family {
        facts.insert("members", members.len().to_string());
        facts.insert("family", members.join("；"));
    }
    if pair.absent {
        facts.insert("status", "在不在校台账上".to_owned());
    }
    let Some(pupil) = pupil else { return facts };
    facts.insert("head", pupil.head_name.clone());
    facts.insert("household_id", pupil.household_id.clone());
    facts.insert("village", pupil.village.clone());
    facts.insert("id_number", run.working().number(&pupil.id_number));
    let exit = pupil.exit_year.map_or_else(String::new, |year| format!("（{year}年）"));
    facts.insert(
        "household_type",
        if pupil.household_type.is_empty() { String::new() } else { format!("{}{exit}", pupil.household_type) },
    );
    let hardship: Vec<&str> = [(pupil.low_income, "低保"), (pupil.special_support, "特困")]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word)
        .collect();
    facts.insert("hardship", if hardship.is_empty() { "登记不是低保、特困".to_owned() } else { hardship.join("、") });
    facts.insert("school", pupil.study_school.clone());
    facts.insert("stage", pupil.stage.clone());
    facts.insert("class", pupil.class_name());
    facts.insert("boarding", pupil.boarding.clone());
    facts.entry("status").or_insert_with(|| "在读".to_owned());
    let policy = |benefit: &crate::definitions::Benefit| {
        let applied = if benefit.applied { "要申请".to_owned() } else { String::new() };
        let parts = [benefit.title.clone(), price(benefit), applied];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
    };
    facts.insert("policies", pupil.policies(run.definitions, term).map(policy).collect::<Vec<_>>().join("；"));
    let now = aid.term_text(pupil.person, term);
    facts.insert("aid_now", if now.is_empty() && pupil.not_started { wording.forms.not_started.clone() } else { now });
    let years: Vec<String> = aid
        .years(std::iter::once(pupil.person))
        .into_iter()
        .map(|year| format!("{year}—{}学年：{}", year + 1, aid.year(pupil.person, year)))
        .collect();
    facts.insert("aid_years", years.join("\n"));
    facts
        .insert("aid_total", aid.total(pupil.person).map_or_else(String::new, |sum| format!("{}元", super::yuan(sum))));
    facts
}

fn card(facts: &BTreeMap<&str, String>, wording: &Wording) -> Card {
    let value = |key: &str| facts.get(key).cloned().unwrap_or_default();
    let mut gaps = Vec::new();
    let sections = wording
        .cards
        .section
        .iter()
        .map(|section| {
            let lines = section
                .line
                .iter()
                .map(|(key, title)| {
                    let text = value(key);
                    if text.is_empty() {
                        gaps.push(title.clone());
                    }
                    (title.clone(), text)
                })
                .collect();
            (section.title.clone(), lines)
        })
        .collect();
    Card { teacher: value("teacher"), name: value("name"), sections, gaps }
}

/// Questions whose answers the data knows.
fn questions(facts: &BTreeMap<&str, String>, asks: &[Ask]) -> Vec<Question> {
    let fill = |text: &str| {
        let mut out = text.to_owned();
        let mut whole = true;
        for key in crate::definitions::placeholders(text) {
            let value = facts.get(key.as_str()).filter(|value| !value.is_empty());
            whole &= value.is_some();
            out = out.replace(&format!("{{{key}}}"), value.map_or("", String::as_str));
        }
        whole.then_some(out)
    };
    asks.iter()
        .filter_map(|ask| {
            Some(Question {
                teacher: facts.get("teacher").cloned().unwrap_or_default(),
                question: fill(&ask.question)?,
                answer: fill(&ask.answer)?.replace('\n', "；"),
            })
        })
        .collect()
}
