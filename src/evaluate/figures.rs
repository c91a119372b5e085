//! Census figures: the people (or households) behind each, and their counts by school, village and township.

use super::{Supplied, execute, sorted};
use crate::definitions::{Definitions, Indicator, Scope};
use crate::link::Area;
use polars::prelude::*;
use polars::sql::SQLContext;
use std::collections::BTreeMap;

/// By what a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    School,
    Village,
    Township,
    /// Only where several areas were added up.
    Area,
}

/// One indicator's figure.
#[derive(Debug)]
pub struct Figure {
    pub indicator: String,
    pub scopes: Vec<Scope>,
    /// Codes with their labels; empty for a plain count.
    pub codes: Vec<(String, String)>,
    /// `person` or `household`.
    pub unit: String,
    /// The people behind it: `at`, `person`, `household`, `school`, `village`, `name`, `id_number`, `registered`, `code`; none when it did not run.
    pub people: Result<DataFrame, String>,
    pub counts: Vec<((Scope, Group), PlaceCounts)>,
}

/// Counts by place and code; the code is empty for the total.
pub type PlaceCounts = BTreeMap<(String, String), usize>;

impl Figure {
    /// Counts everything under an area's name too.
    pub fn name_area(&mut self, name: &str) {
        let whole = self.counts.iter().filter(|((_, group), _)| *group == Group::Township);
        let named = whole.map(|((scope, _), counts)| {
            let counts = counts.iter().map(|((_, code), count)| ((name.to_owned(), code.clone()), *count)).collect();
            ((*scope, Group::Area), counts)
        });
        let named: Vec<_> = named.collect();
        self.counts.extend(named);
    }

    /// Adds what another area counted.
    pub fn add(&mut self, other: Self) {
        for (key, counts) in other.counts {
            match self.counts.iter_mut().find(|(known, _)| *known == key) {
                Some((_, own)) => {
                    counts.into_iter().for_each(|(place, count)| *own.entry(place).or_default() += count);
                }
                None => self.counts.push((key, counts)),
            }
        }
    }

    /// Counts by place and code. Each unit counts once under each.
    #[must_use]
    pub fn counts(&self, scope: Scope, group: Group) -> &PlaceCounts {
        static NOTHING: PlaceCounts = BTreeMap::new();
        self.counts.iter().find(|(key, _)| *key == (scope, group)).map_or(&NOTHING, |(_, counts)| counts)
    }

    /// The township's count of one code; of all when the code is empty.
    #[must_use]
    pub fn total(&self, scope: Scope, code: &str) -> usize {
        self.counts(scope, Group::Township).get(&(String::new(), code.to_owned())).copied().unwrap_or_default()
    }
}

/// Counts the people of a figure for one scope, by each group.
fn count(people: &DataFrame, unit: &str, scope: Scope) -> PolarsResult<[(Group, PlaceCounts); 3]> {
    let text = |name: &str| people.column(name).and_then(Column::str);
    let (schools, villages, codes) =
        (Numbered::of(text("school")?, ""), Numbered::of(text("village")?, ""), Numbered::of(text("code")?, "unknown"));
    let (registered, units) = (people.column("registered")?.bool()?, people.column(unit)?.i64()?);
    let rows: Vec<(usize, Option<i64>)> = registered
        .iter()
        .zip(units.iter())
        .enumerate()
        .filter(|(_, (registered, _))| scope != Scope::Registered || *registered == Some(true))
        .map(|(row, (_, unit))| (row, unit))
        .collect();
    let mut seen: PlHashSet<Option<i64>> = PlHashSet::with_capacity(rows.len());
    let one_each = rows.iter().all(|(_, unit)| seen.insert(*unit));
    let everywhere = Numbered { texts: vec![""], of_row: vec![0; people.height()] };
    let groups = [(Group::Township, &everywhere), (Group::School, &schools), (Group::Village, &villages)];
    Ok(groups.map(|(group, places)| (group, by_place(&rows, places, &codes, one_each))))
}

/// Each unit once under each place, and under each place and code.
fn by_place(rows: &[(usize, Option<i64>)], places: &Numbered<'_>, codes: &Numbered<'_>, one_each: bool) -> PlaceCounts {
    let width = codes.texts.len();
    let (mut whole, mut by_code) = (vec![0_usize; places.texts.len()], vec![0_usize; places.texts.len() * width]);
    let (mut seen, mut seen_by_code) = (PlHashSet::default(), PlHashSet::default());
    for (row, unit) in rows {
        let place = places.of_row[*row] as usize;
        let cell = place * width + codes.of_row[*row] as usize;
        whole[place] += usize::from(one_each || seen.insert((place, *unit)));
        by_code[cell] += usize::from(one_each || seen_by_code.insert((cell, *unit)));
    }
    let coded = (0..by_code.len()).map(|cell| ((places.texts[cell / width], codes.texts[cell % width]), by_code[cell]));
    // The whole has no code, and is what counts under none.
    let whole = (0..whole.len()).map(|place| ((places.texts[place], ""), whole[place]));
    let counted = coded.chain(whole).filter(|(_, count)| *count > 0);
    counted.map(|((place, code), count)| ((place.to_owned(), code.to_owned()), count)).collect()
}

/// Texts by number, and the number of each row.
struct Numbered<'t> {
    texts: Vec<&'t str>,
    of_row: Vec<u32>,
}

impl<'t> Numbered<'t> {
    fn of(column: &'t StringChunked, blank: &'t str) -> Self {
        // Only looked up in: its order does not matter.
        let mut known: PlHashMap<&str, u32> = PlHashMap::default();
        let mut texts = Vec::new();
        let number = |text: Option<&'t str>| {
            let text = text.unwrap_or(blank);
            *known.entry(text).or_insert_with(|| {
                texts.push(text);
                u32::try_from(texts.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let of_row = column.iter().map(number).collect();
        Self { texts, of_row }
    }
}

/// Every figure of the definitions.
pub(super) fn all(
    context: &SQLContext,
    supplied: &Supplied,
    definitions: &Definitions,
    area: &Area,
) -> PolarsResult<Vec<Figure>> {
    let mut figures = Vec::new();
    for indicator in &definitions.indicators {
        let Some(name) = &indicator.figures else { continue };
        let view = &definitions.views[name.as_str()];
        let missing = view.needs.iter().find_map(|need| supplied.missing(&need.0, definitions));
        let people = match missing {
            Some(reason) => Err(reason),
            None => Ok(area.own_rows(people(context, name, indicator, definitions)?)?),
        };
        let mut counts = Vec::new();
        if let Ok(people) = &people {
            for scope in &indicator.scopes {
                let groups = count(people, &indicator.figure_unit, *scope)?;
                counts.extend(groups.map(|(group, counts)| ((*scope, group), counts)));
            }
        }
        let codes = indicator
            .figure_codes
            .as_ref()
            .and_then(|codes| definitions.codes.get(codes))
            .map(|list| list.codes.iter().map(|code| (code.code.clone(), code.label.clone())).collect())
            .unwrap_or_default();
        figures.push(Figure {
            indicator: indicator.name.clone(),
            scopes: indicator.scopes.clone(),
            codes,
            unit: indicator.figure_unit.clone(),
            people,
            counts,
        });
    }
    Ok(figures)
}

fn people(
    context: &SQLContext,
    view: &str,
    indicator: &Indicator,
    definitions: &Definitions,
) -> PolarsResult<DataFrame> {
    let columns = [
        "at",
        "person",
        "household",
        "household_id",
        "school",
        "village",
        "name",
        "id_number",
        "registered",
        "age",
        "code",
    ];
    let frame = execute(context, &definitions.views[view].sql, definitions)?.select(columns.map(col)).collect()?;
    // Who has no code at all is outside the figure (a child before school age), unless the figure is about absent children.
    let frame = if indicator.scopes.contains(&Scope::All) {
        frame
    } else {
        frame.lazy().filter(col("code").is_not_null().and(col("code").neq(lit("")))).collect()?
    };
    sorted(frame, vec!["code".into()])
}
