//! Person and household keys (design section 5): by number, by the number inside another; `likely` adds what the rest of a row tells.

use super::hash::stable;
use super::likely::{self, Likely, LikelyPair};
use super::verdicts::{VERDICTS, Verdict, Verdicts};
use super::{Area, LinkCounts};
use crate::definitions::{Definitions, Period, Table};
use crate::standardise::id_number::{key_in_disability_number, key_in_student_number, parse};
use polars::prelude::*;
use std::collections::BTreeMap;

/// Adds `person`, `pass`, `link_note` and `household` to every table of persons.
pub fn assign(
    tables: &mut BTreeMap<String, DataFrame>,
    definitions: &Definitions,
    area: &Area,
    step: &dyn Fn(&str),
) -> PolarsResult<Persons> {
    step("certain");
    let names: Vec<String> =
        tables.keys().filter(|name| definitions.table(name).is_some_and(|table| table.persons)).cloned().collect();
    let mut parts = Vec::new();
    for (index, name) in (0_i64..).zip(&names) {
        let Some(table) = definitions.table(name) else { continue };
        parts.push(evidence(&tables[name], table, index, definitions)?.lazy());
    }
    if parts.is_empty() {
        return Ok(Persons::default());
    }
    // In one piece, because rows are looked up by their place: a county's papers come in a thousand.
    let rows = certain(concat(parts, UnionArgs { rechunk: true, ..UnionArgs::default() })?)?;
    step("likely");
    let verdicts = Verdicts::of(tables.get(VERDICTS))?;
    let register = names.iter().position(|name| name == "register").and_then(|index| i64::try_from(index).ok());
    // A person is shown, and compared, by the register's row, else the roll's, else any.
    let ranks: Vec<u8> = names
        .iter()
        .map(|name| match definitions.table(name).map(|table| table.period) {
            Some(Period::Year) => 0,
            Some(Period::Term) => 1,
            Some(Period::SchoolYear) => 2,
            _ => 3,
        })
        .collect();
    let likely = likely::link(&rows, register, &ranks, &verdicts, definitions, &area.characters)?;
    step("persons");
    let (persons, passes) = numbered(&rows, &likely)?;
    let counts = count(rows.column("at")?.i64()?, &passes, &likely, area);
    let notes: StringChunked = likely.of_row.iter().map(|link| link.as_ref().map(|link| link.note.as_str())).collect();
    let mut from = 0;
    for name in &names {
        let Some(frame) = tables.get_mut(name) else { continue };
        let height = frame.height();
        let start = i64::try_from(from).unwrap_or_default();
        frame.with_column(persons.slice(start, height).with_name("person".into()).into_column())?;
        frame.with_column(passes.slice(start, height).with_name("pass".into()).into_column())?;
        frame.with_column(notes.slice(start, height).with_name("link_note".into()).into_column())?;
        from += height;
    }
    step("households of persons");
    households(tables, &names)?;
    Ok(Persons { counts, pairs: likely.pairs, verdicts: verdicts.rows })
}

/// What linking persons found out beside the keys.
#[derive(Debug, Default)]
pub struct Persons {
    pub counts: LinkCounts,
    /// Rows that are, or may be, one person without a number that says so.
    pub pairs: Vec<LikelyPair>,
    /// What people said of such pairs in the ledger.
    pub verdicts: Vec<Verdict>,
}

/// What each row says of who it is about: `key`, `other_key`, `number`, `student_number`, `name`, `birth`, `trusted`.
fn evidence(frame: &DataFrame, table: &Table, index: i64, definitions: &Definitions) -> PolarsResult<DataFrame> {
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
            text("sex")?.with_name("sex".into()),
            text("village")?.with_name("village".into()),
            text("household_id")?.with_name("household_id".into()),
            text("head_name")?.with_name("guardian".into()),
            text("phone")?.with_name("phone".into()),
            Column::new("source".into(), vec![index; height]),
        ],
    )
}

/// Passes 1 and 2: the number, the number inside a 学籍号 or disability number, the same 学籍号 as a row that has one.
fn certain(rows: LazyFrame) -> PolarsResult<DataFrame> {
    let mut rows = rows
        .with_column(coalesce(&[col("key"), col("other_key")]).alias("known"))
        .with_column(coalesce(&[col("birth_date"), col("birth_guess")]).alias("birth"))
        .collect()?;
    let sure = by_student(rows.column("known")?.i64()?, rows.column("student_number")?.str()?);
    rows.with_column(sure.with_name("sure".into()).into_column())?;
    Ok(rows)
}

/// The known key, else that of the one person who has the same 学籍号.
fn by_student(known: &Int64Chunked, students: &StringChunked) -> Int64Chunked {
    // The owner of each number that is asked for; nobody where several have it.
    let mut owners: PlHashMap<&str, (Option<i64>, bool)> = PlHashMap::default();
    let asked = known.iter().zip(students.iter()).filter(|(key, _)| key.is_none());
    owners.extend(asked.filter_map(|(_, student)| Some((student?, (None, false)))));
    if owners.is_empty() {
        return known.clone();
    }
    for (key, student) in known.iter().zip(students.iter()) {
        if let (Some(key), Some((owner, several))) = (key, student.and_then(|student| owners.get_mut(student))) {
            *several |= owner.is_some_and(|owner| owner != key);
            *owner = Some(key);
        }
    }
    let owner = |student: &str| owners.get(student).filter(|(_, several)| !several).and_then(|(owner, _)| *owner);
    known.iter().zip(students.iter()).map(|(key, student)| key.or_else(|| student.and_then(owner))).collect()
}

/// A join that keeps every row of the left side, in its order.
fn in_order() -> JoinArgs {
    JoinArgs { maintain_order: MaintainOrderJoin::Left, ..JoinArgs::new(JoinType::Left) }
}

/// The key of every row, and the pass that gave it (0 for rows that stay alone).
fn numbered(rows: &DataFrame, likely: &Likely) -> PolarsResult<(Int64Chunked, Int64Chunked)> {
    let (key, sure) = (rows.column("key")?.i64()?, rows.column("sure")?.i64()?);
    let alone = likely::alone(rows)?;
    let mut persons = Vec::with_capacity(rows.height());
    let mut passes = Vec::with_capacity(rows.height());
    for (index, alone) in alone.into_iter().enumerate() {
        let link = likely.of_row[index].as_ref();
        passes.push(match (key.get(index), sure.get(index), link) {
            (_, _, Some(link)) if link.pass == likely::CONFIRMED => link.pass,
            (Some(_), _, _) => 1,
            (None, Some(_), _) => 2,
            (None, None, Some(link)) => link.pass,
            (None, None, None) => 0,
        });
        let confirmed = link.filter(|link| link.pass == likely::CONFIRMED).map(|link| link.person);
        persons.push(confirmed.or(sure.get(index)).or(link.map(|link| link.person)).unwrap_or(alone));
    }
    Ok((Int64Chunked::from_vec("person".into(), persons), Int64Chunked::from_vec("pass".into(), passes)))
}

fn count(at: &Int64Chunked, passes: &Int64Chunked, likely: &Likely, area: &Area) -> LinkCounts {
    let mut counts =
        LinkCounts { possible: likely.pairs.iter().filter(|pair| !pair.used).count(), ..LinkCounts::default() };
    let own = at.iter().zip(passes.iter()).filter(|(at, _)| at.is_none_or(|at| area.own(at)));
    for pass in own.filter_map(|(_, pass)| pass) {
        match pass {
            1 | 2 | likely::CONFIRMED => counts.certain += 1,
            0 => counts.unlinked += 1,
            _ => counts.probable += 1,
        }
    }
    counts
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
            .join(members.clone().lazy(), [col("person")], [col("person")], in_order())
            .with_columns([
                coalesce(&[col("household"), col("registered_household")]).alias("household"),
                // The register knows who heads a household; a name may be shared by chance.
                coalesce(&[col("is_head"), head_name])
                    .or(col("id_number").is_null().and(col("name").is_null()))
                    .alias("for_household"),
            ])
            .drop(by_name(["registered_household", "is_head"], true, false))
            .collect()?;
    }
    Ok(())
}
