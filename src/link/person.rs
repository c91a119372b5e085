//! Person and household keys (design section 5): by number, by the number inside another, by name and birth date.

use super::LinkCounts;
use super::hash::stable;
use crate::definitions::{Definitions, Table};
use crate::standardise::id_number::{key_in_disability_number, key_in_student_number, parse};
use polars::prelude::*;
use std::collections::BTreeMap;

/// Adds `person`, `pass` and `household` to every table of persons.
pub fn assign(tables: &mut BTreeMap<String, DataFrame>, definitions: &Definitions) -> PolarsResult<LinkCounts> {
    let names: Vec<String> =
        tables.keys().filter(|name| definitions.table(name).is_some_and(|table| table.persons)).cloned().collect();
    let mut parts = Vec::new();
    for name in &names {
        let Some(table) = definitions.table(name) else { continue };
        parts.push(evidence(&tables[name], table, definitions)?.lazy());
    }
    if parts.is_empty() {
        return Ok(LinkCounts::default());
    }
    let rows = concat(parts, UnionArgs::default())?;
    let keyed = certain(rows)?;
    let linked = probable(keyed)?.collect()?;
    let (persons, passes) = numbered(&linked)?;
    let counts = count(&linked, &passes)?;
    let mut from = 0;
    for name in &names {
        let Some(frame) = tables.get_mut(name) else { continue };
        let height = frame.height();
        let slice = |values: &Int64Chunked, name: &str| {
            values.slice(i64::try_from(from).unwrap_or_default(), height).with_name(name.into()).into_column()
        };
        frame.with_column(slice(&persons, "person"))?;
        frame.with_column(slice(&passes, "pass"))?;
        from += height;
    }
    households(tables, &names)?;
    Ok(counts)
}

/// What each row says of who it is about: `key`, `other_key`, `number`, `student_number`, `name`, `birth`, `trusted`.
fn evidence(frame: &DataFrame, table: &Table, definitions: &Definitions) -> PolarsResult<DataFrame> {
    let height = frame.height();
    let text = |name: &str| -> PolarsResult<Column> {
        Ok(frame.column(name).cloned().unwrap_or_else(|_| Column::full_null(name.into(), height, &DataType::String)))
    };
    let date = |name: &str| {
        frame.column(name).cloned().unwrap_or_else(|_| Column::full_null(name.into(), height, &DataType::Date))
    };
    let (students, disabled, heads) = (text("student_number")?, text("disability_number")?, text("head_id_number")?);
    let inner: Int64Chunked = students
        .str()?
        .iter()
        .zip(disabled.str()?.iter())
        .map(|(student, disability)| {
            student.and_then(key_in_student_number).or_else(|| disability.and_then(key_in_disability_number))
        })
        .collect();
    let own = frame.column("id_key")?.i64()?;
    let numbers = frame.column("id_number")?.str()?;
    // A household's form may give only the head's number.
    let for_head = table.identity.iter().flatten().any(|name| name == "head_id_number");
    let keys: Int64Chunked = own
        .iter()
        .zip(numbers.iter())
        .zip(heads.str()?.iter())
        .map(|((key, number), head)| {
            key.or_else(|| if for_head && number.is_none() { parse(head?, &definitions.words)?.key } else { None })
        })
        .collect();
    DataFrame::new(
        height,
        vec![
            keys.with_name("key".into()).into_column(),
            inner.with_name("other_key".into()).into_column(),
            text("id_number")?.with_name("number".into()),
            text("id_state")?.with_name("state".into()),
            students.with_name("student_number".into()),
            text("name")?.with_name("name".into()),
            date("birth_date").with_name("birth_date".into()),
            date("id_guess").with_name("birth_guess".into()),
            frame.column("at")?.clone(),
        ],
    )
}

/// Passes 1 and 2: the number, the number inside a 学籍号 or disability number, the same 学籍号 as a row that has one.
fn certain(rows: LazyFrame) -> PolarsResult<LazyFrame> {
    let rows = rows
        .with_row_index("nth", None)
        .with_column(coalesce(&[col("key"), col("other_key")]).alias("known"))
        .with_column(coalesce(&[col("birth_date"), col("birth_guess")]).alias("birth"));
    let by_student = rows
        .clone()
        .filter(col("known").is_not_null().and(col("student_number").is_not_null()))
        .group_by([col("student_number")])
        .agg([col("known").n_unique().alias("owners"), col("known").min().alias("student_key")])
        .filter(col("owners").eq(lit(1)))
        .select([col("student_number"), col("student_key")]);
    let joined = rows
        .left_join(by_student, col("student_number"), col("student_number"))
        .with_column(coalesce(&[col("known"), col("student_key")]).alias("sure"));
    Ok(joined)
}

/// Pass 4: name and birth date, when they belong to one person on either side.
fn probable(rows: LazyFrame) -> PolarsResult<LazyFrame> {
    let usable = col("name").is_not_null().and(col("birth").is_not_null());
    let sure = rows
        .clone()
        .filter(col("sure").is_not_null().and(usable.clone()))
        .group_by([col("name"), col("birth")])
        .agg([col("sure").n_unique().alias("owners"), col("sure").min().alias("name_key")])
        .filter(col("owners").eq(lit(1)));
    let distinct = when(col("state").eq(lit("校验不符")).or(col("state").eq(lit("格式不对"))))
        .then(col("number"))
        .otherwise(lit(NULL));
    let unsure = rows
        .clone()
        .filter(col("sure").is_null().and(usable))
        .group_by([col("name"), col("birth")])
        .agg([distinct.drop_nulls().n_unique().alias("numbers")])
        .filter(col("numbers").lt_eq(lit(1)));
    let pairs = sure
        .join(unsure, [col("name"), col("birth")], [col("name"), col("birth")], JoinArgs::new(JoinType::Inner))
        .select([col("name"), col("birth"), col("name_key")]);
    let joined = rows
        .join(pairs, [col("name"), col("birth")], [col("name"), col("birth")], JoinArgs::new(JoinType::Left))
        .with_column(when(col("sure").is_null()).then(col("name_key")).otherwise(lit(NULL)).alias("likely"))
        .sort(["nth"], SortMultipleOptions::default());
    Ok(joined)
}

/// The key of every row, and the pass that gave it (0 for rows that stay alone).
fn numbered(rows: &DataFrame) -> PolarsResult<(Int64Chunked, Int64Chunked)> {
    let (key, sure, likely) = (rows.column("key")?.i64()?, rows.column("sure")?.i64()?, rows.column("likely")?.i64()?);
    let (number, name, at) = (rows.column("number")?.str()?, rows.column("name")?.str()?, rows.column("at")?.i64()?);
    let birth = rows.column("birth")?.to_physical_repr();
    let birth = birth.i32()?;
    let mut persons = Vec::with_capacity(rows.height());
    let mut passes = Vec::with_capacity(rows.height());
    for index in 0..rows.height() {
        let pass = match (key.get(index), sure.get(index), likely.get(index)) {
            (Some(_), _, _) => 1,
            (None, Some(_), _) => 2,
            (None, None, Some(_)) => 4,
            (None, None, None) => 0,
        };
        passes.push(pass);
        persons.push(sure.get(index).or(likely.get(index)).unwrap_or_else(|| {
            let name = name.get(index).unwrap_or_default();
            // The same words about the same person give the same key; a row without either stays alone.
            let hash = match (number.get(index), birth.get(index)) {
                (_, Some(birth)) if !name.is_empty() => stable(&[name, &birth.to_string()]),
                (Some(number), _) => stable(&[number, name]),
                _ => stable(&[&at.get(index).unwrap_or_default().to_string()]),
            };
            -hash
        }));
    }
    Ok((Int64Chunked::from_vec("person".into(), persons), Int64Chunked::from_vec("pass".into(), passes)))
}

fn count(rows: &DataFrame, passes: &Int64Chunked) -> PolarsResult<LinkCounts> {
    let mut counts = LinkCounts::default();
    for pass in passes.iter().flatten() {
        match pass {
            1 | 2 => counts.certain += 1,
            4 => counts.probable += 1,
            _ => counts.unlinked += 1,
        }
    }
    debug_assert_eq!(rows.height(), counts.certain + counts.probable + counts.unlinked);
    Ok(counts)
}

/// The household's key: from the row's own number, or from the register by person.
fn households(tables: &mut BTreeMap<String, DataFrame>, names: &[String]) -> PolarsResult<()> {
    for name in names {
        let Some(frame) = tables.get_mut(name) else { continue };
        let own: Int64Chunked = match frame.column("household_id") {
            Ok(column) => column.str()?.iter().map(|text| text.map(|text| stable(&[text]))).collect(),
            Err(_) => Int64Chunked::full_null("household".into(), frame.height()),
        };
        frame.with_column(own.with_name("household".into()).into_column())?;
    }
    let Some(register) = tables.get("register") else { return Ok(()) };
    let members = register
        .clone()
        .lazy()
        .filter(col("household").is_not_null())
        .group_by([col("person")])
        .agg([
            col("household").first().alias("registered_household"),
            col("relation").eq(lit("户主")).any(true).alias("is_head"),
        ])
        .collect()?;
    for name in names {
        let Some(frame) = tables.get_mut(name) else { continue };
        let head_name = if frame.column("head_name").is_ok() {
            col("name").eq(col("head_name")).fill_null(lit(false))
        } else {
            lit(false)
        };
        *frame = frame
            .clone()
            .lazy()
            .with_row_index("nth", None)
            .left_join(members.clone().lazy(), col("person"), col("person"))
            .sort(["nth"], SortMultipleOptions::default())
            .with_columns([
                coalesce(&[col("household"), col("registered_household")]).alias("household"),
                // The register knows who heads a household; a name may be shared by chance.
                coalesce(&[col("is_head"), head_name])
                    .or(col("id_number").is_null().and(col("name").is_null()))
                    .alias("for_household"),
            ])
            .drop(by_name(["nth", "registered_household", "is_head"], true, false))
            .collect()?;
    }
    Ok(())
}
