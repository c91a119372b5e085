//! Texts of one field → its typed columns, a whole column at a time.

use super::choices::{choice_columns, choices_of, history_column};
use super::codes::Coders;
use super::date::{self, Moment};
use super::grammar::{self, Grade};
use super::id_number::{self, IdNumber};
use super::memo::{all_texts, each, texts as by_value};
use super::text::{clean, compact, person_name};
use crate::definitions::{Definitions, Field, Kind, Table};
use polars::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Texts<'a> = Vec<Option<&'a str>>;

/// Columns by name, and the positions of cells that could not be read.
#[derive(Debug, Default)]
pub struct Typed {
    pub columns: BTreeMap<String, Column>,
    /// Position of the record, and the field.
    pub unparsed: Vec<(usize, String)>,
}

impl Typed {
    pub(super) fn put(&mut self, name: &str, values: Vec<Option<String>>) {
        self.columns.insert(name.to_owned(), Column::new(name.into(), values));
    }

    fn put_texts(&mut self, name: &str, values: StringChunked) {
        self.columns.insert(name.to_owned(), values.with_name(name.into()).into_column());
    }

    pub(super) fn numbers(&mut self, name: &str, values: Vec<Option<i64>>) {
        self.columns.insert(name.to_owned(), Column::new(name.into(), values));
    }

    pub(super) fn flags(&mut self, name: &str, values: Vec<Option<bool>>) {
        self.columns.insert(name.to_owned(), Column::new(name.into(), values));
    }

    fn dates(&mut self, name: &str, values: Vec<Option<i32>>) -> PolarsResult<()> {
        let column = Column::new(name.into(), values).cast(&DataType::Date)?;
        self.columns.insert(name.to_owned(), column);
        Ok(())
    }

    /// Notes the cells that hold something of which nothing came.
    pub(super) fn note<T>(&mut self, field: &Field, texts: &Texts<'_>, read: &[Option<T>], words: &[String]) {
        for (index, (text, value)) in texts.iter().zip(read).enumerate() {
            let blank = |text: &str| words.iter().any(|word| word == compact(text).as_ref());
            if value.is_none() && text.is_some_and(|text| !blank(text) && !compact(text).is_empty()) {
                self.unparsed.push((index, field.name.clone()));
            }
        }
    }
}

/// Turns the texts of every field of a table into columns.
///
/// # Errors
/// When polars cannot build a column.
pub fn typed(
    table: &Table,
    mut values: BTreeMap<String, Texts<'_>>,
    height: usize,
    definitions: &Definitions,
    coders: &Coders<'_>,
) -> PolarsResult<Typed> {
    let mut typed = Typed::default();
    let present: BTreeSet<String> = values.keys().cloned().collect();
    let mut take = |name: &str| values.remove(name).unwrap_or_else(|| vec![None; height]);
    let mut months: BTreeMap<String, Vec<Option<Moment>>> = BTreeMap::new();
    let mut classes = Vec::new();
    let mut stages = Vec::new();
    let mut said = Vec::new();
    for field in table.fields.iter().filter(|field| field.choice.is_none()) {
        let absent = !present.contains(&field.name);
        let texts = take(&field.name);
        if !field.says.is_empty() {
            said.push((field, texts.clone()));
        }
        match field.kind {
            Kind::IdNumber => {
                let births = id_columns(&mut typed, field, &texts, definitions)?;
                debug_assert_eq!(births, height);
            }
            Kind::Date => {
                let read = each(&texts, |text| date::parse(&clean(text)));
                typed.note(field, &texts, &read, &definitions.words.no_number);
                months.insert(field.name.clone(), read);
            }
            Kind::Grade => {
                let read = each(&texts, |text| grammar::grade(&clean(text), &definitions.grades));
                stages.clone_from(&read);
                grade_columns(&mut typed, field, &texts, &read);
                classes = read.into_iter().map(|grade| grade.and_then(|grade| grade.class)).collect();
            }
            Kind::Choices => {
                let ticks: BTreeMap<String, Texts<'_>> =
                    choices_of(table, field).map(|choice| (choice.name.clone(), take(&choice.name))).collect();
                choice_columns(&mut typed, field, &texts, &ticks, definitions, coders);
            }
            Kind::CountChoices => {
                for choice in choices_of(table, field) {
                    let texts = take(&choice.name);
                    let read = each(&texts, number);
                    typed.note(choice, &texts, &read, &definitions.words.no_number);
                    typed.numbers(&choice.name, whole(&read));
                }
            }
            Kind::History => {
                let years: Vec<(&Field, Texts<'_>)> =
                    choices_of(table, field).map(|year| (year, take(&year.name))).collect();
                history_column(&mut typed, field, &years, height, definitions, coders);
            }
            // What the sheet has no column for is filled with nothing when the columns are put in order.
            _ if absent => {}
            _ => simple_columns(&mut typed, field, &texts, definitions, coders),
        }
    }
    for (field, texts) in said {
        say(&mut typed, field, &texts);
    }
    complete_dates(&mut typed, &months)?;
    complete_from_grade(&mut typed, table, &stages, classes)?;
    Ok(typed)
}

/// Words in one column that answer a field of yes and no: `未收假` among the amounts.
fn say(typed: &mut Typed, field: &Field, texts: &Texts<'_>) {
    for (word, answered) in &field.says {
        let has = |index: usize| texts[index].is_some_and(|text| compact(text).contains(word.as_str()));
        let own: Option<Vec<Option<bool>>> =
            typed.columns.get(answered).and_then(|column| column.bool().ok()).map(|flags| flags.iter().collect());
        let own = own.unwrap_or_else(|| vec![None; texts.len()]);
        typed.flags(answered, (0..texts.len()).map(|index| if has(index) { Some(true) } else { own[index] }).collect());
        typed.unparsed.retain(|(record, name)| name != &field.name || !has(*record));
    }
}

/// Fields of one column, or of a code and its raw text.
fn simple_columns(typed: &mut Typed, field: &Field, texts: &Texts<'_>, definitions: &Definitions, coders: &Coders<'_>) {
    let words = &definitions.words;
    let name = field.name.as_str();
    match field.kind {
        Kind::Name => typed.put_texts(name, all_texts(texts, |text| held(person_name(text)))),
        Kind::OtherId | Kind::StudentNumber | Kind::DisabilityNumber | Kind::Household => {
            typed.put_texts(name, all_texts(texts, |text| held(upper(compact(text)))));
        }
        Kind::School => typed.put_texts(name, by_value(texts, |text| held(compact(text)))),
        Kind::Village => typed.put_texts(name, by_value(texts, |text| village(&compact(text)))),
        Kind::Sex => {
            let sex = |text: &str| {
                let text = compact(text);
                let is = |list: &[String]| list.iter().any(|word| word == text.as_ref());
                if is(&words.male) { Some("男") } else { is(&words.female).then_some("女") }
            };
            typed.put_texts(name, by_value(texts, sex));
        }
        Kind::Mark => {
            let none = |text: &str| words.absent.iter().any(|word| word == compact(text).as_ref());
            typed.put_texts(name, by_value(texts, |text| held(clean(text)).filter(|text| !none(text))));
        }
        Kind::YesNo => typed.flags(name, each(texts, |text| yes_no(text, definitions))),
        Kind::Term => {
            let read = each(texts, |text| grammar::term(&clean(text), &definitions.terms));
            typed.note(field, texts, &read, &words.no_number);
            typed.numbers(name, read);
        }
        Kind::Count | Kind::Number => {
            let read = each(texts, number);
            typed.note(field, texts, &read, &words.no_number);
            if field.kind == Kind::Count {
                typed.numbers(name, whole(&read));
            } else {
                typed.columns.insert(name.to_owned(), Column::new(name.into(), read));
            }
        }
        Kind::Code | Kind::Stage => {
            let coder = coders.of(field);
            let read = each(texts, |text| coder.and_then(|coder| coder.one(&clean(text))));
            if field.kind == Kind::Code && !field.own_rule {
                typed.note(field, texts, &read, &words.no_number);
            }
            typed.put_texts(name, read.into_iter().collect());
            if field.kind == Kind::Code {
                let blank = |text: &str| words.no_number.iter().any(|word| word == text);
                let raw = by_value(texts, |text| held(clean(text)).filter(|text| !blank(text)));
                typed.put_texts(&format!("{name}_raw"), raw);
            }
        }
        _ => typed.put_texts(name, by_value(texts, |text| held(clean(text)))),
    }
}

/// A text that says something.
fn held(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    (!text.is_empty()).then_some(text)
}

fn upper(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.chars().any(char::is_lowercase) { Cow::Owned(text.to_uppercase()) } else { text }
}

/// The number, its state, birth date, sex and key; and the birth date that an unsound number still shows.
fn id_columns(typed: &mut Typed, field: &Field, texts: &Texts<'_>, definitions: &Definitions) -> PolarsResult<usize> {
    let numbers = all_texts(texts, |text| held(upper(compact(text))));
    let read: Vec<Option<IdNumber>> =
        numbers.iter().map(|text| text.and_then(|text| id_number::parse(text, &definitions.words))).collect();
    typed.put_texts(&field.name, numbers);
    typed.put_texts("id_state", read.iter().map(|id| id.map(|id| id.state.label())).collect());
    typed.put_texts("id_sex", read.iter().map(|id| id.and_then(|id| id.sex)).collect());
    typed.numbers("id_key", read.iter().map(|id| id.and_then(|id| id.key)).collect());
    typed.dates("id_birth", read.iter().map(|id| id.and_then(|id| id.birth)).collect())?;
    typed.dates("id_guess", read.iter().map(|id| id.and_then(|id| id.guess)).collect())?;
    Ok(read.len())
}

/// A date of which only the month was written is the day in the number, where that is in the same month.
fn complete_dates(typed: &mut Typed, months: &BTreeMap<String, Vec<Option<Moment>>>) -> PolarsResult<()> {
    let births: Option<Vec<Option<i32>>> = typed
        .columns
        .get("id_guess")
        .map(|column| column.to_physical_repr().i32().map(|values| values.iter().collect()))
        .transpose()?;
    for (name, moments) in months {
        let days = moments.iter().enumerate().map(|(index, moment)| match moment {
            Some(Moment::Month(first)) => {
                let born = births.as_ref().and_then(|births| births.get(index).copied().flatten());
                born.filter(|day| {
                    name == "birth_date"
                        && date::civil(*day).0 == date::civil(*first).0
                        && date::civil(*day).1 == date::civil(*first).1
                })
                .or(Some(*first))
            }
            other => other.map(Moment::days),
        });
        typed.dates(name, days.collect())?;
    }
    Ok(())
}

fn grade_columns(typed: &mut Typed, field: &Field, texts: &Texts<'_>, read: &[Option<Grade>]) {
    let label = |grade: &Grade| grade.stage.as_deref().and_then(|stage| grammar::grade_label(stage, grade.number));
    let labels = texts.iter().zip(read).map(|(text, grade)| match grade {
        Some(grade) => label(grade).or_else(|| text.map(|text| clean(text).into_owned())),
        None => text.map(|text| clean(text).into_owned()),
    });
    typed.put(&field.name, labels.collect());
    typed.numbers(
        &format!("{}_number", field.name),
        read.iter().map(|grade| grade.as_ref().map(|grade| grade.number)).collect(),
    );
}

/// The stage and the class that a grade also says, where their own columns are blank; then the stage that the school's name says.
fn complete_from_grade(
    typed: &mut Typed,
    table: &Table,
    grades: &[Option<Grade>],
    classes: Vec<Option<String>>,
) -> PolarsResult<()> {
    let mut fill = |name: &str, values: Vec<Option<String>>| -> PolarsResult<()> {
        if table.field(name).is_none() || values.is_empty() {
            return Ok(());
        }
        let own = typed
            .columns
            .get(name)
            .map(|column| {
                column.str().map(|texts| texts.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>())
            })
            .transpose()?;
        let own = own.unwrap_or_else(|| vec![None; values.len()]);
        let filled: Vec<Option<String>> = own.into_iter().zip(values).map(|(own, other)| own.or(other)).collect();
        typed.put(name, filled);
        Ok(())
    };
    fill("stage", grades.iter().map(|grade| grade.as_ref().and_then(|grade| grade.stage.clone())).collect())?;
    fill("class", classes)
}

pub(super) fn yes_no(text: &str, definitions: &Definitions) -> Option<bool> {
    let text = compact(text);
    let is = |list: &[String]| list.iter().any(|word| word == text.as_ref());
    if is(&definitions.words.yes) { Some(true) } else { is(&definitions.words.no).then_some(false) }
}

/// A number with its marks of money and thousands.
fn number(text: &str) -> Option<f64> {
    let text: String = compact(text)
        .chars()
        .filter(|letter| !matches!(letter, ',' | '¥' | '￥' | '元' | '人' | '天' | '名' | '年'))
        .collect();
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[allow(clippy::cast_possible_truncation, reason = "counts and years are small")]
fn whole(numbers: &[Option<f64>]) -> Vec<Option<i64>> {
    numbers.iter().map(|number| number.map(|number| number.round() as i64)).collect()
}

/// A village, or several joined by `、`, as a district table lists them.
fn village(text: &str) -> Option<String> {
    let names: Vec<String> = text.split(['、', ',', '，', ';', '；']).filter_map(one_village).collect();
    (!names.is_empty()).then(|| names.join("、"))
}

/// A village by its own name: without the township before it and the group behind it.
fn one_village(text: &str) -> Option<String> {
    let after = |text: &str, mark: char| {
        text.rsplit_once(mark).map(|(_, rest)| rest.to_owned()).filter(|rest| rest.chars().count() > 1)
    };
    let name = after(text, '镇').or_else(|| after(text, '乡')).unwrap_or_else(|| text.to_owned());
    let community = name.split_once("社区").map(|(before, _)| format!("{before}社区"));
    let name = community.or_else(|| {
        name.split_once('村').filter(|(before, _)| !before.is_empty()).map(|(before, _)| format!("{before}村"))
    });
    let name = name.or_else(|| {
        let bare =
            text.trim_end_matches("居委会").trim_end_matches(|letter: char| letter == '组' || letter.is_ascii_digit());
        let bare = after(bare, '镇').or_else(|| after(bare, '乡')).unwrap_or_else(|| bare.to_owned());
        (!bare.is_empty()).then(|| format!("{bare}村"))
    });
    name.filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    #[test]
    fn villages_compare_by_their_own_name() {
        for text in ["东坡村", "永宁镇东坡村", "东坡", "东坡村3组", "东坡村村民委员会", "永宁镇东坡村三组"]
        {
            assert_eq!(super::village(text).as_deref(), Some("东坡村"), "{text}");
        }
    }
}
