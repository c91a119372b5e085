//! The pupils of the view `studying`, as the papers for people tell of them.

use crate::definitions::{Benefit, Definitions, Per, Who};
use polars::prelude::{Column, DataFrame, PolarsResult};

/// A registered pupil and where he studies.
#[derive(Debug, Clone, Default)]
pub struct Pupil {
    pub person: i64,
    /// 区内在校, 区外就读 or 区外户籍.
    pub kind: String,
    pub household_id: String,
    pub name: String,
    pub id_number: String,
    pub village: String,
    /// The school that writes the papers: his own, or the one that answers for his village.
    pub school: String,
    pub study_school: String,
    pub stage: String,
    pub grade: String,
    pub grade_number: i64,
    pub class: String,
    /// 住校 or 走读, where it is told.
    pub boarding: String,
    pub head_name: String,
    pub household_type: String,
    pub exit_year: Option<i64>,
    pub low_income: bool,
    pub special_support: bool,
    pub registered: bool,
    /// The household left poverty in 2016 or later, or has not.
    pub recent: bool,
    /// He, or his form, says that nothing was received.
    pub says_none: bool,
    /// The term has not begun for him.
    pub not_started: bool,
}

/// Reads the view, in the order of school, class and name.
///
/// # Errors
/// When the view lacks a column.
pub fn pupils(frame: &DataFrame) -> PolarsResult<Vec<Pupil>> {
    let text = |name: &str| -> PolarsResult<Vec<String>> {
        Ok(frame.column(name)?.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    };
    let number = |name: &str| -> PolarsResult<Vec<Option<i64>>> { Ok(frame.column(name)?.i64()?.iter().collect()) };
    let flag = |name: &str| -> PolarsResult<Vec<bool>> { flags(frame.column(name)?) };
    let person = number("person")?;
    let (kind, household_id, name, id_number) =
        (text("kind")?, text("household_id")?, text("name")?, text("id_number")?);
    let (village, school, study_school) = (text("village")?, text("school")?, text("study_school")?);
    let (stage, grade, grade_number, class) = (text("stage")?, text("grade")?, number("grade_number")?, text("class")?);
    let (boarding, head_name, household_type) = (text("boarding")?, text("head_name")?, text("household_type")?);
    let exit_year = number("exit_year")?;
    let (low_income, special_support) = (flag("low_income")?, flag("special_support")?);
    let (registered, recent) = (flag("registered")?, flag("recent")?);
    let (says_none, not_started) = (flag("says_none")?, flag("not_started_due")?);
    let mut pupils: Vec<Pupil> = (0..frame.height())
        .filter_map(|row| {
            Some(Pupil {
                person: person[row]?,
                kind: kind[row].clone(),
                household_id: household_id[row].clone(),
                name: name[row].clone(),
                id_number: id_number[row].clone(),
                village: village[row].clone(),
                school: school[row].clone(),
                study_school: study_school[row].clone(),
                stage: stage[row].clone(),
                grade: grade[row].clone(),
                grade_number: grade_number[row].unwrap_or_default(),
                class: class[row].clone(),
                boarding: boarding[row].clone(),
                head_name: head_name[row].clone(),
                household_type: household_type[row].clone(),
                exit_year: exit_year[row],
                low_income: low_income[row],
                special_support: special_support[row],
                registered: registered[row],
                recent: recent[row],
                says_none: says_none[row],
                not_started: not_started[row],
            })
        })
        .collect();
    pupils.sort_by(|a, b| a.place().cmp(&b.place()));
    Ok(pupils)
}

fn flags(column: &Column) -> PolarsResult<Vec<bool>> {
    Ok(column.bool()?.iter().map(|flag| flag.unwrap_or(false)).collect())
}

impl Pupil {
    fn place(&self) -> (&str, bool, &str, i64, &str, &str, i64) {
        let away = self.kind == "区外就读";
        (&self.school, away, &self.stage, self.grade_number, &self.class, &self.name, self.person)
    }

    /// `三年级1班`.
    #[must_use]
    pub fn class_name(&self) -> String {
        let class = self.class.trim();
        let class = match class.chars().last() {
            Some(last) if last.is_ascii_digit() => format!("{class}班"),
            _ => class.to_owned(),
        };
        format!("{}{class}", self.grade)
    }

    /// The policies of a term that are for him, those on application too.
    pub fn policies<'d>(&'d self, definitions: &'d Definitions, term: i64) -> impl Iterator<Item = &'d Benefit> {
        definitions.benefits.iter().filter(move |benefit| {
            let grade = self.grade_number;
            let fits_grade = grade == 0
                || ((benefit.grade_from == 0 || grade >= benefit.grade_from)
                    && (benefit.grade_to == 0 || grade <= benefit.grade_to));
            let for_him = benefit.who.iter().any(|who| match who {
                Who::All => true,
                Who::Registered => self.registered,
                Who::Recent => self.recent,
                Who::LowIncome => self.low_income || self.special_support,
                Who::Disabled => self.id_number.chars().count() > 18,
            });
            benefit.stages.contains(&self.stage)
                && (benefit.term_from..=benefit.term_to).contains(&term)
                && fits_grade
                && (benefit.boarding.is_empty() || self.boarding.is_empty() || benefit.boarding == self.boarding)
                && for_him
                && !benefit.item.is_empty()
        })
    }
}

/// A standard in words: `每学年1000元`, `每天4元`; empty where no amount is known.
#[must_use]
pub fn price(benefit: &Benefit) -> String {
    if benefit.amounts.is_empty() {
        return String::new();
    }
    let amounts: Vec<String> = benefit.amounts.iter().copied().map(super::yuan).collect();
    let most = if benefit.at_most { "最高" } else { "" };
    format!("每{}{most}{}元", benefit.per.label(), amounts.join("、"))
}

/// How much a day, where an item is given by days.
#[must_use]
pub fn a_day(definitions: &Definitions, aid: &str) -> Option<f64> {
    let by_days = |benefit: &&Benefit| benefit.aid == aid && benefit.per == Per::Day;
    definitions.benefits.iter().find(by_days).and_then(|benefit| benefit.amounts.first().copied())
}
