//! What people settled in the ledger (`去向认定`), brought back to the person it is about.
//!
//! The ledger shows masked numbers, so a person is known by name, household and the digits that are shown.

use super::verdicts::fits;
use polars::prelude::*;
use std::collections::BTreeMap;

/// One answer, with the person when the register still has one like it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    pub person: Option<i64>,
    pub rule: String,
    pub name: String,
    /// As the ledger shows it, or whole when the person was found.
    pub id_number: String,
    pub household_id: String,
    pub village: String,
    /// A code of `resolution`.
    pub resolution: String,
}

/// All answers (the last about a person counts), the frame `resolutions` of those with a person, and questions about the others.
pub fn resolve(tables: &BTreeMap<String, DataFrame>) -> PolarsResult<(Vec<Settled>, DataFrame, Vec<String>)> {
    let given = tables.get("ledger").map(given).transpose()?.unwrap_or_default();
    let mut settled: Vec<Settled> = Vec::new();
    let mut questions = Vec::new();
    let members = match tables.get("register") {
        Some(register) if !given.is_empty() => members(register, &given)?,
        _ => BTreeMap::new(),
    };
    for mut answer in given {
        let key = (answer.name.clone(), answer.household_id.clone());
        let mut found: Vec<&(String, i64)> =
            members.get(&key).into_iter().flatten().filter(|(number, _)| fits(&answer.id_number, number)).collect();
        found.sort_by_key(|(_, person)| *person);
        found.dedup_by_key(|(_, person)| *person);
        match found.as_slice() {
            [(number, person)] => {
                answer.person = Some(*person);
                answer.id_number.clone_from(number);
            }
            [] => questions.push(unplaced(&answer, "登记里找不到这个人，可能已更正")),
            _ => questions.push(unplaced(&answer, "登记里有两个同样的人")),
        }
        settled.retain(|known| {
            (known.person, &known.name, &known.household_id, &known.rule)
                != (answer.person, &answer.name, &answer.household_id, &answer.rule)
        });
        settled.push(answer);
    }
    questions.sort();
    questions.dedup();
    let placed: BTreeMap<i64, &str> =
        settled.iter().filter_map(|answer| Some((answer.person?, answer.resolution.as_str()))).collect();
    let frame = DataFrame::new(
        placed.len(),
        vec![
            Column::new("person".into(), placed.keys().copied().collect::<Vec<_>>()),
            Column::new("resolution".into(), placed.values().copied().collect::<Vec<_>>()),
        ],
    )?;
    Ok((settled, frame, questions))
}

/// What somebody wrote beside a finding, by the finding's own words.
pub type Notes = BTreeMap<[String; 5], [String; 5]>;

/// Two returned papers that say different things beside one finding; the later one is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub rule: String,
    pub household_id: String,
    /// What each says, and in which sheet of the input.
    pub earlier: (String, i64),
    pub later: (String, i64),
}

/// The columns that tell one finding from another in the ledger, and those that are filled in.
const FINDING: [&str; 5] = ["rule", "name", "masked_number", "household_id", "message"];
const FILLED: [&str; 5] = ["status", "found", "paper", "by", "date"];

/// Stands for a sheet where a row is from the last run's own papers.
pub const LAST_RUN: i64 = -1;

/// What was written beside each finding (the last word counts), and where two papers of this input contradict each other.
///
/// The papers of the last run come first and have no sheet: what a school sends back later is news, not a contradiction. What people wrote freely may name somebody and is not told.
pub fn notes(tables: &BTreeMap<String, DataFrame>) -> PolarsResult<(Notes, Vec<Conflict>)> {
    let Some(ledger) = tables.get("ledger") else { return Ok(Default::default()) };
    let column = |name: &str| ledger.column(name).and_then(Column::str);
    let (finding, filled) = (
        FINDING.iter().map(|name| column(name)).collect::<PolarsResult<Vec<_>>>()?,
        FILLED.iter().map(|name| column(name)).collect::<PolarsResult<Vec<_>>>()?,
    );
    let (resolutions, sheets) = (column("resolution")?, ledger.column("sheet")?.i64()?);
    let mut notes = Notes::new();
    let mut said_in: BTreeMap<[String; 5], (String, i64)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for row in 0..ledger.height() {
        let text = |column: &StringChunked| column.get(row).unwrap_or_default().to_owned();
        let said: [String; 5] = std::array::from_fn(|index| text(filled[index]));
        let about: [String; 5] = std::array::from_fn(|index| text(finding[index]));
        let settles = [text(resolutions), said[0].clone()];
        let sheet = sheets.get(row).unwrap_or(LAST_RUN);
        if settles.iter().any(|text| !text.is_empty()) {
            let words = settles.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("，");
            let later = (words, sheet);
            let earlier = said_in.insert(about.clone(), later.clone());
            let both = |earlier: &i64| {
                if sheet == LAST_RUN { *earlier == sheet } else { *earlier != LAST_RUN && *earlier != sheet }
            };
            if let Some(earlier) = earlier.filter(|earlier| earlier.0 != later.0 && both(&earlier.1)) {
                let (rule, household_id) = (about[0].clone(), about[3].clone());
                conflicts.push(Conflict { rule, household_id, earlier, later });
            }
        }
        if said.iter().any(|text| !text.is_empty()) {
            notes.insert(about, said);
        }
    }
    Ok((notes, conflicts))
}

/// The answers that say something.
fn given(answers: &DataFrame) -> PolarsResult<Vec<Settled>> {
    let text = |name: &str| -> PolarsResult<Vec<String>> {
        Ok(answers.column(name)?.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    };
    let (rules, names, numbers) = (text("rule")?, text("name")?, text("masked_number")?);
    let (households, villages, resolutions) = (text("household_id")?, text("village")?, text("resolution")?);
    Ok((0..answers.height())
        .map(|row| Settled {
            person: None,
            rule: rules[row].clone(),
            name: names[row].clone(),
            id_number: numbers[row].clone(),
            household_id: households[row].clone(),
            village: villages[row].clone(),
            resolution: resolutions[row].clone(),
        })
        .filter(|answer| !answer.resolution.is_empty() && !answer.name.is_empty())
        .collect())
}

/// By name and household: numbers and keys.
type Members = BTreeMap<(String, String), Vec<(String, i64)>>;

/// The registered persons of the names and households that were answered for: number and key.
fn members(register: &DataFrame, given: &[Settled]) -> PolarsResult<Members> {
    let mut members: Members =
        given.iter().map(|answer| ((answer.name.clone(), answer.household_id.clone()), Vec::new())).collect();
    let persons = register.column("person")?.i64()?;
    let numbers = register.column("id_number")?.str()?;
    let rows = register.column("name")?.str()?.iter().zip(register.column("household_id")?.str()?.iter());
    for (((name, household), number), person) in rows.zip(numbers.iter()).zip(persons.iter()) {
        let (Some(name), Some(person)) = (name, person) else { continue };
        if let Some(known) = members.get_mut(&(name.to_owned(), household.unwrap_or_default().to_owned())) {
            known.push((number.unwrap_or_default().to_owned(), person));
        }
    }
    Ok(members)
}

/// Without the name: questions circulate.
fn unplaced(answer: &Settled, why: &str) -> String {
    format!("上次台账里户编号{}有一条去向认定「{}」没有用上：{why}。", answer.household_id, answer.resolution)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[(&str, &[Option<&str>])], persons: Option<&[i64]>) -> DataFrame {
        let height = columns[0].1.len();
        let mut list: Vec<Column> = columns.iter().map(|(name, values)| Column::new((*name).into(), *values)).collect();
        if let Some(persons) = persons {
            list.push(Column::new("person".into(), persons));
        }
        DataFrame::new(height, list).unwrap()
    }

    #[test]
    fn an_answer_finds_its_person_behind_the_mask() {
        let register = table(
            &[
                ("name", &[Some("张三"), Some("张三"), Some("李四")]),
                ("household_id", &[Some("A"), Some("B"), Some("A")]),
                ("id_number", &[Some("610398201309010012"), Some("610398201309010039"), None]),
            ],
            Some(&[1, 2, 3]),
        );
        let texts = [Some("一条规则"); 4];
        let answers = table(
            &[
                ("rule", &texts),
                ("village", &[None; 4]),
                ("name", &[Some("张三"), Some("李四"), Some("王五"), Some("张三")]),
                ("household_id", &[Some("B"), Some("A"), Some("A"), Some("B")]),
                ("masked_number", &[Some("610398********0039"), None, None, Some("610398********0012")]),
                ("resolution", &[Some("死亡"), Some("出国"), Some("死亡"), Some("出国")]),
            ],
            None,
        );
        let tables = BTreeMap::from([("register".to_owned(), register), ("ledger".to_owned(), answers)]);
        let (settled, frame, questions) = resolve(&tables).unwrap();
        let persons: Vec<i64> = frame.column("person").unwrap().i64().unwrap().iter().flatten().collect();
        assert_eq!(persons, [2, 3]);
        assert_eq!(settled.len(), 4, "没有用上的也留着");
        assert_eq!(questions.len(), 2, "{questions:?}");
        assert!(questions.iter().all(|question| !question.contains("王五") && !question.contains("张三")));
    }
}
