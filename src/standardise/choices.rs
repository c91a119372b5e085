//! Fields that stand in several columns: ticks, one for each code, and the aid of each school year.

use super::codes::{Choices, Coders};
use super::columns::{Texts, Typed, yes_no};
use super::history::{TermAid, encode, read_year};
use super::memo::each;
use super::text::{clean, compact};
use crate::definitions::{Definitions, Field, Table};
use std::collections::BTreeMap;

/// The columns of one code each that belong to a field.
pub(super) fn choices_of<'t>(table: &'t Table, field: &'t Field) -> impl Iterator<Item = &'t Field> {
    table.fields.iter().filter(|choice| choice.choice.as_ref().is_some_and(|(parent, _)| parent == &field.name))
}

/// The aid of all school years of a record in one column.
pub(super) fn history_column(
    typed: &mut Typed,
    field: &Field,
    years: &[(&Field, Texts<'_>)],
    height: usize,
    definitions: &Definitions,
    coders: &Coders<'_>,
) {
    let Some(items) = coders.of_items(field) else { return };
    let mut told: Vec<Vec<TermAid>> = vec![Vec::new(); height];
    for (year, texts) in years {
        let Some(number) = year.choice.as_ref().and_then(|(_, code)| code.parse().ok()) else { continue };
        let blank = |text: &&str| !definitions.words.absent.iter().any(|word| word == compact(text).as_ref());
        let texts: Texts<'_> = texts.iter().map(|text| text.filter(blank)).collect();
        let read = each(&texts, |text| read_year(text, number, items));
        typed.note(year, &texts, &read, &definitions.words.no_number);
        for (told, entries) in told.iter_mut().zip(read) {
            told.extend(entries.into_iter().flatten());
        }
    }
    let text = |entries: &Vec<TermAid>| (!entries.is_empty()).then(|| encode(entries));
    typed.put(&field.name, told.iter().map(text).collect());
}

/// One column of codes and one of ticks for each: what is chosen, how many, and whether some part is no code.
pub(super) fn choice_columns(
    typed: &mut Typed,
    field: &Field,
    texts: &Texts<'_>,
    ticks: &BTreeMap<String, Texts<'_>>,
    definitions: &Definitions,
    coders: &Coders<'_>,
) {
    let Some(coder) = coders.of(field) else { return };
    let list = coder.list();
    let read: Vec<Option<Choices>> =
        each(texts, |text| Some(coder.several(&clean(text))).filter(|_| !clean(text).is_empty()));
    let mut chosen: Vec<Vec<bool>> = Vec::with_capacity(texts.len());
    for index in 0..texts.len() {
        let listed = read[index].as_ref();
        chosen.push(
            list.codes
                .iter()
                .enumerate()
                .map(|(code, entry)| {
                    let ticked = ticks.get(&format!("{}_{}", field.name, entry.code)).and_then(|texts| texts[index]);
                    listed.is_some_and(|choices| choices.found.contains(&code))
                        || ticked
                            .is_some_and(|text| yes_no(text, definitions) != Some(false) && !compact(text).is_empty())
                })
                .collect(),
        );
    }
    for (code, entry) in list.codes.iter().enumerate() {
        typed.flags(&format!("{}_{}", field.name, entry.code), chosen.iter().map(|row| Some(row[code])).collect());
    }
    let count = |row: &Vec<bool>| row.iter().filter(|flag| **flag).count();
    let single = |row: &Vec<bool>| (count(row) == 1).then(|| row.iter().position(|flag| *flag)).flatten();
    typed.put(&field.name, chosen.iter().map(|row| single(row).map(|code| list.codes[code].code.clone())).collect());
    typed.numbers(&format!("{}_count", field.name), chosen.iter().map(|row| i64::try_from(count(row)).ok()).collect());
    typed.flags(
        &format!("{}_unknown", field.name),
        read.iter().map(|choices| Some(choices.as_ref().is_some_and(|choices| choices.unknown))).collect(),
    );
    let raw = |index: usize| {
        let labels = || {
            chosen[index]
                .iter()
                .enumerate()
                .filter(|(_, flag)| **flag)
                .map(|(code, _)| list.codes[code].label.as_str())
                .collect::<Vec<_>>()
                .join("、")
        };
        texts[index].map(|text| clean(text).into_owned()).or_else(|| Some(labels())).filter(|text| !text.is_empty())
    };
    typed.put(&format!("{}_raw", field.name), (0..texts.len()).map(raw).collect());
}
