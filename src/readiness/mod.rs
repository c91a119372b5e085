//! How ready each school is (design section 9): the share of units without an error in each dimension, with its interval.
//!
//! In: [`Evaluated`](crate::evaluate::Evaluated). Out: [`Readiness`]. Left out: how it is drawn (`report`).

mod tally;
mod wilson;
mod work;

pub use tally::Counts;
use tally::{Owners, SchoolCounts, Tally};
pub use wilson::{score_interval, wilson};

use crate::definitions::{Definitions, Indicator, Severity};
use crate::evaluate::Evaluated;
use crate::link::Area;
use polars::prelude::*;
use std::collections::BTreeMap;

/// What is known of persons whom no school answers for.
pub const NO_SCHOOL: &str = "（未归属学校）";

/// One dimension of one school.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dimension {
    pub units: usize,
    pub clean: usize,
    /// Share without an error, from 0 to 100; with the bounds of its 95 % Wilson interval.
    pub score: f64,
    pub low: f64,
    pub high: f64,
}

/// 就绪, 基本就绪, 未就绪.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    Ready,
    Nearly,
    NotReady,
    /// Nothing could be judged.
    Unknown,
}

impl Grade {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Ready => "就绪",
            Self::Nearly => "基本就绪",
            Self::NotReady => "未就绪",
            Self::Unknown => "未评",
        }
    }
}

/// One school.
#[derive(Debug, Clone, PartialEq)]
pub struct School {
    pub name: String,
    pub score: f64,
    pub low: f64,
    pub high: f64,
    pub grade: Grade,
    /// Rules of red lines that were crossed.
    pub red_lines: Vec<String>,
    /// By indicator name; only those with units.
    pub dimensions: BTreeMap<String, Dimension>,
    /// Findings by severity: errors, warnings, notes.
    pub findings: [usize; 3],
}

/// One kind of error to mend, and what mending all of it is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Its place among the definitions' rules.
    pub rule: usize,
    pub findings: usize,
    /// Schools that have it, those with the most findings first.
    pub schools: Vec<(String, usize)>,
    /// Points of the township's score: units that nothing else makes wrong.
    pub gain: f64,
    /// Crosses a red line.
    pub red_line: bool,
}

/// The schools, the least ready first, and the township as one.
#[derive(Debug)]
pub struct Readiness {
    pub schools: Vec<School>,
    pub township: School,
    /// Each area as one, the least ready first; none where there is only one.
    pub areas: Vec<School>,
    /// What to mend, first things first: red lines by how many schools they block, then by what they gain.
    pub work: Vec<Work>,
}

/// Judges every school.
///
/// # Errors
/// When a units query lacks its columns.
pub fn judge(evaluated: &Evaluated, definitions: &Definitions) -> PolarsResult<Readiness> {
    Ok(grade(&count(evaluated, definitions, &Area::default())?, definitions))
}

/// Counts units and findings by school. A unit is wrong by what is found anywhere; findings count where they are told.
///
/// # Errors
/// When a units query lacks its columns.
pub fn count(evaluated: &Evaluated, definitions: &Definitions, area: &Area) -> PolarsResult<Counts> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut whole = Tally::default();
    let mut owner = Owners::default();
    for indicator in definitions.indicators.iter().filter(|indicator| indicator.weight.is_some()) {
        let Some(Some(frame)) = evaluated.units.get(&indicator.name) else { continue };
        let units = keys(frame.column("unit")?)?;
        for (school, unit) in frame.column("school")?.str()?.iter().zip(units) {
            let Some(unit) = unit else { continue };
            let school = school.unwrap_or(NO_SCHOOL);
            tallies.entry(school.to_owned()).or_default().unit(&indicator.name, unit);
            whole.unit(&indicator.name, unit);
            owner.add(&indicator.name, unit, school);
        }
    }
    count_findings(evaluated, definitions, area, &owner, &mut tallies, &mut whole)?;
    Ok(Counts {
        schools: tallies.iter().map(|(name, tally)| (name.clone(), SchoolCounts::of(tally))).collect(),
        whole: SchoolCounts::of(&whole),
        work: work::count(evaluated, definitions, area, &owner, &whole)?,
    })
}

/// Grades every school by what was counted.
#[must_use]
pub fn grade(counts: &Counts, definitions: &Definitions) -> Readiness {
    let mut schools: Vec<School> =
        counts.schools.iter().map(|(name, counts)| school(name, counts, definitions)).collect();
    sort(&mut schools);
    let work = work::work(counts, definitions);
    Readiness { schools, township: school("全镇", &counts.whole, definitions), areas: Vec::new(), work }
}

/// The least ready first.
fn sort(schools: &mut [School]) {
    schools.sort_by(|a, b| {
        (a.name == NO_SCHOOL)
            .cmp(&(b.name == NO_SCHOOL))
            .then(b.grade_rank().cmp(&a.grade_rank()))
            .then(a.score.total_cmp(&b.score))
            .then_with(|| a.name.cmp(&b.name))
    });
}

impl Readiness {
    /// Says how ready each area is as one.
    pub fn set_areas(&mut self, mut areas: Vec<School>) {
        sort(&mut areas);
        self.areas = areas;
    }
}

impl School {
    /// Not ready first, then nearly, ready, unknown.
    fn grade_rank(&self) -> u8 {
        match self.grade {
            Grade::NotReady => 3,
            Grade::Nearly => 2,
            Grade::Ready => 1,
            Grade::Unknown => 0,
        }
    }
}

fn count_findings(
    evaluated: &Evaluated,
    definitions: &Definitions,
    area: &Area,
    owner: &Owners,
    tallies: &mut BTreeMap<String, Tally>,
    whole: &mut Tally,
) -> PolarsResult<()> {
    for ((number, rule), result) in (0_u32..).zip(&definitions.rules).zip(&evaluated.findings.results) {
        if result.frame.height() == 0 {
            continue;
        }
        let Some(indicator) = definitions.indicators.iter().find(|indicator| indicator.name == rule.indicator) else {
            continue;
        };
        let units = unit_column(indicator, &result.frame)?;
        let told = told(&result.frame, area)?;
        for (index, school) in result.frame.column("school")?.str()?.iter().enumerate() {
            let unit = units.as_ref().and_then(|units| units[index]);
            // The unit's own school answers, where the unit is one of the dimension's.
            let school = unit.and_then(|unit| owner.of(&indicator.name, unit)).or(school).unwrap_or(NO_SCHOOL);
            let severity = evaluated.findings.severity((number, u32::try_from(index).unwrap_or(u32::MAX)), rule);
            let tally = tallies.entry(school.to_owned()).or_default();
            for tally in [tally, &mut *whole] {
                if told.as_ref().is_none_or(|told| told[index]) {
                    tally.findings[severity as usize] += 1;
                    if rule.red_line && severity == Severity::Error {
                        tally.red_lines.insert(rule.id.clone());
                    }
                }
                if let (Some(unit), Severity::Error) = (unit, severity) {
                    tally.wrong.entry(indicator.name.clone()).or_default().insert(unit);
                }
            }
        }
    }
    Ok(())
}

/// Whether each row of a rule is told in this area; none where all are.
fn told(frame: &DataFrame, area: &Area) -> PolarsResult<Option<Vec<bool>>> {
    if !area.several {
        return Ok(None);
    }
    Ok(Some(frame.column("at")?.i64()?.iter().map(|at| at.is_none_or(|at| area.own(at))).collect()))
}

fn unit_column(indicator: &Indicator, frame: &DataFrame) -> PolarsResult<Option<Vec<Option<i64>>>> {
    match indicator.unit_column.as_ref().and_then(|name| frame.column(name).ok()) {
        Some(column) => keys(column).map(Some),
        None => Ok(None),
    }
}

/// Units as integers; texts (an archive category) by their hash.
fn keys(column: &Column) -> PolarsResult<Vec<Option<i64>>> {
    if column.dtype() == &DataType::String {
        return Ok(column.str()?.iter().map(|text| text.map(|text| crate::link::stable(&[text]))).collect());
    }
    Ok(column.i64()?.iter().collect())
}

#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn school(name: &str, counts: &SchoolCounts, definitions: &Definitions) -> School {
    let settings = &definitions.settings;
    let z = settings.float("confidence-z");
    let mut dimensions = BTreeMap::new();
    let (mut sum, mut weights, mut variance) = (0.0, 0.0, 0.0);
    for indicator in &definitions.indicators {
        let (Some(weight), Some(units)) = (&indicator.weight, counts.units.get(&indicator.name)) else { continue };
        let (count, clean) = *units;
        let share = clean as f64 / count as f64;
        let (low, high) = wilson(clean, count, z);
        let weight = settings.float(weight);
        sum += weight * share;
        weights += weight;
        variance += (weight * (high - low) / (2.0 * z)).powi(2);
        dimensions.insert(
            indicator.name.clone(),
            Dimension { units: count, clean, score: share * 100.0, low: low * 100.0, high: high * 100.0 },
        );
    }
    if weights <= 0.0 {
        return School {
            name: name.to_owned(),
            score: 0.0,
            low: 0.0,
            high: 0.0,
            grade: Grade::Unknown,
            red_lines: counts.red_lines.iter().cloned().collect(),
            dimensions,
            findings: counts.findings,
        };
    }
    let score = sum / weights * 100.0;
    let (low, high) = combined(&dimensions, definitions, weights, variance, z);
    let (low, high) = (low.min(score), high.max(score));
    let grade = if !counts.red_lines.is_empty() {
        Grade::NotReady
    } else if score >= settings.float("grade-ready") {
        Grade::Ready
    } else if score >= settings.float("grade-nearly") {
        Grade::Nearly
    } else {
        Grade::NotReady
    };
    School {
        name: name.to_owned(),
        score,
        low,
        high,
        grade,
        red_lines: counts.red_lines.iter().cloned().collect(),
        dimensions,
        findings: counts.findings,
    }
}

/// The interval of the weighted mean: the weighted centres of the dimensions' Wilson intervals, their half-widths added in quadrature.
fn combined(
    dimensions: &BTreeMap<String, Dimension>,
    definitions: &Definitions,
    weights: f64,
    variance: f64,
    z: f64,
) -> (f64, f64) {
    let centre: f64 = definitions
        .indicators
        .iter()
        .filter_map(|indicator| {
            let dimension = dimensions.get(&indicator.name)?;
            let weight = definitions.settings.float(indicator.weight.as_ref()?);
            Some(weight * (dimension.low + dimension.high) / 2.0)
        })
        .sum::<f64>()
        / weights;
    let half = variance.sqrt() * z / weights * 100.0;
    ((centre - half).max(0.0), (centre + half).min(100.0))
}
