//! Birth date, age at the reference date, and which rows are of the present: the latest year, or a school's latest term.

use crate::definitions::{Period, Table};
use crate::standardise::date;
use polars::prelude::*;

/// Adds `birth`, `age` and `current`.
pub fn mark(frame: &DataFrame, table: &Table, reference: i32, current_term: i64) -> PolarsResult<DataFrame> {
    let height = frame.height();
    let null_date = || lit(NULL).cast(DataType::Date);
    let column = |name: &str| if frame.column(name).is_ok() { col(name) } else { null_date() };
    let with_birth = frame
        .clone()
        .lazy()
        .with_column(
            coalesce(&[
                column("id_birth"),
                column("id_birth").max().over([col("person")])?,
                column("birth_date"),
                column("id_guess"),
            ])
            .alias("birth"),
        )
        .collect()?;
    let births = with_birth.column("birth")?.to_physical_repr();
    let ages: Int64Chunked = births.i32()?.iter().map(|birth| birth.map(|birth| date::age(birth, reference))).collect();
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
    out.with_column(ages.with_name("age".into()).into_column())?;
    Ok(out)
}

/// The school year of a term.
fn floor_year(term: Expr) -> Expr {
    term.floor_div(lit(10_i64))
}
