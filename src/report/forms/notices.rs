//! `资助告知书/`: what each pupil of a household that left poverty in 2016 or later, or has not, got this term; three to a page, by class.
//! `核查函/`: letters to the schools whose pupils say that they got nothing.

use super::aid::{AidTold, yuan};
use super::pupils::{Pupil, a_day, price};
use super::{Written, school_files};
use crate::definitions::{Benefit, Definitions, term_name};
use crate::report::wording::FormWords;
use crate::report::{Run, render};
use anyhow::{Context, Result};
use minijinja::context;
use minijinja::value::{Serde, Value};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

const NOTICES: &str = "reports/notices.html.jinja";
const LETTER: &str = "reports/letter.html.jinja";

#[derive(Serialize)]
struct Notice {
    name: String,
    id_number: String,
    class: String,
    school: String,
    head: String,
    village: String,
    items: Vec<Item>,
    total: Option<String>,
}

#[derive(Serialize)]
struct Item {
    label: String,
    how: String,
    /// Empty where the school must still write it.
    amount: String,
    to_school: bool,
}

/// One who should get a notice, but no book tells of anything.
#[derive(Serialize)]
struct Missing {
    name: String,
    class: String,
    due: String,
}

/// Writes a page a school.
pub(super) fn write(
    run: &Run<'_>,
    words: &FormWords,
    pupils: &[Pupil],
    aid: &AidTold,
    folder: &Path,
    written: &mut Written,
) -> Result<()> {
    let mut schools: BTreeMap<&str, Vec<&Pupil>> = BTreeMap::new();
    for pupil in pupils.iter().filter(|pupil| pupil.recent && !pupil.school.is_empty()) {
        schools.entry(&pupil.school).or_default().push(pupil);
    }
    if schools.is_empty() {
        return Ok(());
    }
    let place = folder.join(&words.notices_folder);
    std::fs::create_dir_all(&place).context("建不了告知书的文件夹")?;
    let term = run.definitions.settings.current_term();
    let counts: Vec<[usize; 2]> = school_files(schools.keys().copied(), "html")
        .par_iter()
        .map(|(school, file)| {
            let mut missing = Vec::new();
            let mut notices = Vec::new();
            for pupil in &schools[school] {
                let items = items(run.definitions, pupil, aid, term);
                if items.is_empty() {
                    missing.push(lacking(run.definitions, words, pupil, term));
                } else {
                    notices.push(notice(run, pupil, items, aid.term_total(pupil.person, term)));
                }
            }
            let count = notices.len();
            let lacking = missing.len();
            let values = context! {
                school => *school, term => term_name(term), count, date => run.definitions.settings.text("reference-date"),
                pages => Value::from(Serde(pages(notices, words.notices_a_page))), missing => Value::from(Serde(missing)),
            };
            std::fs::write(place.join(file), render::page(&run.definitions.sources, NOTICES, values)?)?;
            Ok([count, lacking])
        })
        .collect::<Result<_>>()?;
    let sum = |place: usize| counts.iter().map(|count| count[place]).sum::<usize>();
    written.lines.push(format!("资助告知书：{} 份，{} 所学校一份网页，打印时三份一页", sum(0), counts.len()));
    if sum(1) > 0 {
        written
            .left_out
            .push(format!("{} 名学生这一学期账上没有资助，没有告知书，名单在各校告知书的开头，请先核实。", sum(1)));
    }
    Ok(())
}

fn pages(notices: Vec<Notice>, a_page: usize) -> Vec<Vec<Notice>> {
    let mut pages: Vec<Vec<Notice>> = Vec::new();
    for notice in notices {
        match pages.last_mut().filter(|page| page.len() < a_page) {
            Some(page) => page.push(notice),
            None => pages.push(vec![notice]),
        }
    }
    pages
}

fn notice(run: &Run<'_>, pupil: &Pupil, items: Vec<Item>, total: Option<f64>) -> Notice {
    // A sum is told only where every line has its amount.
    let whole = items.iter().all(|item| !item.amount.is_empty());
    Notice {
        name: pupil.name.clone(),
        id_number: run.working().number(&pupil.id_number),
        class: pupil.class_name(),
        school: pupil.study_school.clone(),
        head: pupil.head_name.clone(),
        village: pupil.village.clone(),
        items,
        total: total.filter(|_| whole).map(yuan),
    }
}

/// What a pupil got this term; meals for everybody stand there too, to be filled in by the school.
fn items(definitions: &Definitions, pupil: &Pupil, aid: &AidTold, term: i64) -> Vec<Item> {
    let paid = aid.term(pupil.person, term);
    let mut items: Vec<Item> = paid
        .iter()
        .map(|item| {
            let how = match (a_day(definitions, &item.aid), item.days) {
                (Some(day), Some(days)) => format!("每天{}元×实际在校{}天", yuan(day), yuan(days)),
                (Some(day), None) => match item.amount {
                    Some(amount) => format!("每天{}元×实际在校{}天", yuan(day), yuan(amount / day)),
                    None => format!("每天{}元×实际在校＿＿天", yuan(day)),
                },
                (None, _) => standard(definitions, pupil, &item.aid, term),
            };
            let amount = item.amount.map_or_else(String::new, yuan);
            Item { label: item.label.clone(), how, amount, to_school: item.to_school }
        })
        .collect();
    // The meal is everybody's; a school that books no amount still tells the days.
    if items.is_empty() {
        return items;
    }
    for benefit in pupil.policies(definitions, term).filter(|benefit| benefit.certain) {
        let known = paid.iter().any(|item| item.aid == benefit.aid);
        if let (false, Some(day)) = (known, a_day(definitions, &benefit.aid)) {
            items.push(Item {
                label: benefit.aid.clone(),
                how: format!("每天{}元×实际在校＿＿天", yuan(day)),
                amount: String::new(),
                to_school: true,
            });
        }
    }
    items
}

/// The standard of an item for a pupil, in words.
fn standard(definitions: &Definitions, pupil: &Pupil, aid: &str, term: i64) -> String {
    let own = pupil.policies(definitions, term).find(|benefit| benefit.aid == aid && !benefit.amounts.is_empty());
    own.map(price).unwrap_or_default()
}

fn lacking(definitions: &Definitions, words: &FormWords, pupil: &Pupil, term: i64) -> Missing {
    let titles: Vec<&str> = pupil
        .policies(definitions, term)
        .filter(|benefit| benefit.due || benefit.certain)
        .map(|benefit| benefit.title.as_str())
        .collect();
    let due = if pupil.not_started { words.not_started.clone() } else { titles.join("、") };
    Missing { name: pupil.name.clone(), class: format!("{} {}", pupil.study_school, pupil.class_name()), due }
}

#[derive(Serialize)]
struct Asked {
    name: String,
    id_number: String,
    class: String,
    policies: Vec<String>,
}

/// Writes a letter to each school whose pupils say that they got nothing.
pub(super) fn letters(
    run: &Run<'_>,
    words: &FormWords,
    pupils: &[Pupil],
    folder: &Path,
    written: &mut Written,
) -> Result<()> {
    let mut schools: BTreeMap<&str, Vec<&Pupil>> = BTreeMap::new();
    for pupil in pupils.iter().filter(|pupil| pupil.says_none && !pupil.study_school.is_empty()) {
        schools.entry(&pupil.study_school).or_default().push(pupil);
    }
    if schools.is_empty() {
        return Ok(());
    }
    let place = folder.join(&words.letters_folder);
    std::fs::create_dir_all(&place).context("建不了核查函的文件夹")?;
    let term = run.definitions.settings.current_term();
    let text = |benefit: &Benefit| {
        let applied = if benefit.applied { "，须本人申请" } else { "" };
        format!("{}（{}{applied}）", benefit.title, price(benefit))
    };
    for (school, file) in school_files(schools.keys().copied(), "html") {
        let asked: Vec<Asked> = schools[school]
            .iter()
            .map(|pupil| Asked {
                name: pupil.name.clone(),
                // The school must know which pupil; this letter is official.
                id_number: pupil.id_number.clone(),
                class: pupil.class_name(),
                policies: pupil
                    .policies(run.definitions, term)
                    .filter(|benefit| !benefit.amounts.is_empty())
                    .map(text)
                    .collect(),
            })
            .collect();
        let values =
            context! { school, term => term_name(term), count => asked.len(), asked => Value::from(Serde(asked)) };
        std::fs::write(place.join(file), render::page(&run.definitions.sources, LETTER, values)?)?;
    }
    let count: usize = schools.values().map(Vec::len).sum();
    written.lines.push(format!("核查函：{count} 名学生说没有收到资助，给 {} 所学校各一封", schools.len()));
    Ok(())
}
