//! Census figures: the people (or households) behind each, and their counts by school, village and township.

use super::{Supplied, execute};
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

/// Counts the people of a figure for one scope and group.
fn count(people: &DataFrame, unit: &str, scope: Scope, group: Group) -> PolarsResult<PlaceCounts> {
    let place = match group {
        Group::School => col("school").fill_null(lit("")),
        Group::Village => col("village").fill_null(lit("")),
        Group::Township | Group::Area => lit(""),
    };
    let counted = if scope == Scope::Registered { col("registered").eq(lit(true)) } else { lit(true) };
    let rows = people.clone().lazy().filter(counted).select([
        place.alias("place"),
        col("code").fill_null(lit("unknown")).alias("code"),
        col(unit).alias("unit"),
    ]);
    let by_code = rows
        .clone()
        .group_by([col("place"), col("code")])
        .agg([col("unit").n_unique().cast(DataType::Int64)])
        .collect()?;
    let whole = rows
        .group_by([col("place")])
        .agg([col("unit").n_unique().cast(DataType::Int64)])
        .with_column(lit("").alias("code"))
        .collect()?;
    let mut counts = PlaceCounts::new();
    for frame in [by_code, whole] {
        let (places, codes, units) =
            (frame.column("place")?.str()?, frame.column("code")?.str()?, frame.column("unit")?.i64()?);
        for ((place, code), units) in places.iter().zip(codes.iter()).zip(units.iter()) {
            let key = (place.unwrap_or_default().to_owned(), code.unwrap_or_default().to_owned());
            counts.insert(key, usize::try_from(units.unwrap_or_default()).unwrap_or_default());
        }
    }
    Ok(counts)
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
                for group in [Group::Township, Group::School, Group::Village] {
                    counts.push(((*scope, group), count(people, &indicator.figure_unit, *scope, group)?));
                }
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
    frame.sort(["at", "code"], SortMultipleOptions::default().with_multithreaded(false))
}
