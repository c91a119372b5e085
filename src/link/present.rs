//! Birth date, age at the reference date, and which rows are of the present: the latest year, or a school's latest term.

use crate::definitions::{Period, Settings, Table};
use crate::standardise::date;
use polars::prelude::*;

/// Adds `birth`, `age` (at the reference date), `age_from` and `age_to` (at both ends of the registration), `school_age` (when the school year of the registration started) and `current`.
pub fn mark(frame: &DataFrame, table: &Table, settings: &Settings) -> PolarsResult<DataFrame> {
    let current_term = settings.current_term();
    let height = frame.height();
    let null_date = || lit(NULL).cast(DataType::Date);
    let column = |name: &str| if frame.column(name).is_ok() { col(name) } else { null_date() };
    let known = frame.column("id_birth").is_ok_and(|births| births.null_count() == 0);
    let birth = match known {
        true => column("id_birth"),
        false => coalesce(&[
            column("id_birth"),
            column("id_birth").max().over([col("person")])?,
            column("birth_date"),
            column("id_guess"),
        ]),
    };
    let with_birth = frame.clone().lazy().with_column(birth.alias("birth")).collect()?;
    let births = with_birth.column("birth")?.to_physical_repr();
    let ages = ages(births.i32()?, settings);
    let current = match table.period {
        Period::None => lit(true),
        Period::Year => col("year").is_null().or(col("year").eq(col("year").max())),
        Period::Term | Period::SchoolYear => {
            let scope: Vec<Expr> =
                if frame.column("school").is_ok() { vec![col("school").fill_null(lit(""))] } else { vec![lit(0)] };
            let past = when(col("term").lt_eq(lit(current_term))).then(col("term")).otherwise(lit(NULL));
            // A school that has given only later terms is taken at its earliest.
            let latest = coalesce(&[past.max().over(scope.clone())?, col("term").min().over(scope)?]);
            let same = if table.period == Period::SchoolYear {
                floor_year(col("term")).eq(floor_year(latest))
            } else {
                col("term").eq(latest)
            };
            col("term").is_null().or(same)
        }
    };
    let mut out = with_birth.lazy().with_column(current.fill_null(lit(false)).alias("current")).collect()?;
    debug_assert_eq!(out.height(), height);
    for column in ages {
        out.with_column(column)?;
    }
    Ok(out)
}

/// Ages in whole years at the dates that rules ask about; each birth date is taken apart once.
fn ages(births: &Int32Chunked, settings: &Settings) -> Vec<Column> {
    let wanted = [
        ("age", "reference-date"),
        ("age_from", "window_from"),
        ("age_to", "window_to"),
        ("school_age", "school_year_start"),
    ];
    let dates = wanted.map(|(_, setting)| settings.date(setting));
    let mut values: [Vec<Option<i64>>; 4] = std::array::from_fn(|_| Vec::with_capacity(births.len()));
    for birth in births.iter() {
        let born = birth.map(date::civil);
        for (values, date) in values.iter_mut().zip(&dates) {
            values.push(born.map(|born| date::age(born, *date)));
        }
    }
    wanted.iter().zip(values).map(|((name, _), values)| Column::new((*name).into(), values)).collect()
}

/// The school year of a term.
fn floor_year(term: Expr) -> Expr {
    term.floor_div(lit(10_i64))
}
