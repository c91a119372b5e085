//! Passes 3–5 of design section 5: rows whose number is broken, missing or contradicted, linked by everything else they say.
//!
//! In: every row about a person with the certain key where it has one. Out: for rows without one, the person they are; and all pairs, used or not, for people to look at.
//! A person who has a row of a table already is not given another, unless name and birth date are the same.

use super::hash::stable;
use super::pairs::{Characters, FIELDS, Pair, Record, Roster, UNKNOWN, find, probability};
use super::verdicts::{Side, Verdicts};
use crate::definitions::Definitions;
use crate::standardise::id_number::check_character;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The pass of what a person confirmed.
pub const CONFIRMED: i64 = 6;

/// What became of the rows without a certain key.
#[derive(Debug, Default)]
pub struct Likely {
    /// By row.
    pub of_row: Vec<Option<Link>>,
    pub pairs: Vec<LikelyPair>,
}

/// A row's person, by which pass, and why in words.
#[derive(Debug, Clone, Default)]
pub struct Link {
    pub person: i64,
    pub pass: i64,
    pub note: String,
}

/// Two rows that are, or may be, one person.
#[derive(Debug, Clone)]
pub struct LikelyPair {
    /// Locations: the row that is sure (or of the register), and the other.
    pub left_at: i64,
    pub right_at: i64,
    pub left: Side,
    pub right: Side,
    /// Bits, and the chance that goes with them.
    pub weight: f64,
    pub probability: f64,
    pub used: bool,
    pub confirmed: bool,
    /// What each field contributed: words and bits, the strongest first.
    pub parts: Vec<(String, f64)>,
}

/// A chance in words: never a whole certainty.
#[must_use]
pub fn chance(probability: f64) -> String {
    if probability > 0.999 { "99.9%以上".to_owned() } else { format!("约{:.1}%", probability * 100.0) }
}

/// The place of the number among the compared fields.
const FIELD_NUMBER: usize = 1;

/// Where two numbers differ, and which of them its check character speaks against: `（第11位不同；乙的校验码不对）`.
fn slip(left: &str, right: &str) -> Option<String> {
    let (a, b) = (left.as_bytes(), right.as_bytes());
    if a.is_empty() || b.is_empty() || a == b || !left.is_ascii() || !right.is_ascii() {
        return None;
    }
    let (a, b) =
        (&a[..a.len().min(if a.len() > 19 { 18 } else { 19 })], &b[..b.len().min(if b.len() > 19 { 18 } else { 19 })]);
    let odd: Vec<usize> =
        (0..a.len().min(b.len())).filter(|place| a[*place] != b[*place]).map(|place| place + 1).collect();
    let place = if a.len() != b.len() {
        let first = odd.first().copied().unwrap_or(a.len().min(b.len()) + 1);
        let (shorter, by) = (if a.len() < b.len() { "甲" } else { "乙" }, a.len().abs_diff(b.len()));
        format!("{shorter}少{by}位，从第{first}位起不同")
    } else if let [first, second] = odd[..]
        && second == first + 1
        && a[first - 1] == b[second - 1]
        && a[second - 1] == b[first - 1]
    {
        format!("第{first}、{second}位颠倒")
    } else if odd.len() <= 3 {
        let places: Vec<String> = odd.iter().map(usize::to_string).collect();
        format!("第{}位不同", places.join("、"))
    } else {
        return None;
    };
    let wrong = |text: &[u8]| text.len() == 18 && check_character(text).is_some_and(|check| check != text[17]);
    let blame = match (wrong(a), wrong(b)) {
        (true, false) => "；甲的校验码不对",
        (false, true) => "；乙的校验码不对",
        (true, true) => "；两个校验码都不对",
        (false, false) => "",
    };
    Some(format!("（{place}{blame}）"))
}

/// Everybody that rows are about: one entry a certain key, or a row (or equal rows) without one.
struct Groups {
    /// The row that stands for it, and the sources in which it has rows.
    first: Vec<usize>,
    sources: Vec<Sources>,
    keys: Vec<i64>,
    sure: Vec<bool>,
    of_row: Vec<usize>,
}

/// The tables that somebody has rows in, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sources(u64);

impl Sources {
    fn add(&mut self, source: i64) {
        self.0 |= 1 << source.clamp(0, 63);
    }

    fn contains(self, source: i64) -> bool {
        self.0 & (1 << source.clamp(0, 63)) != 0
    }

    fn first(self) -> Option<i64> {
        (self.0 != 0).then(|| i64::from(self.0.trailing_zeros()))
    }

    fn several(self) -> bool {
        self.0.count_ones() > 1
    }

    fn apart(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }
}

/// A key for each row without a sure one, that is only its own: the same words about the same person give the same key; a row without either stays alone.
pub fn alone(rows: &DataFrame) -> PolarsResult<Vec<i64>> {
    let (number, name) = (rows.column("number")?.str()?, rows.column("name")?.str()?);
    let births = rows.column("birth")?.to_physical_repr();
    let (birth, at) = (births.i32()?, rows.column("at")?.i64()?);
    let sure = rows.column("sure")?.i64()?;
    Ok((0..rows.height())
        .map(|row| {
            if sure.get(row).is_some() {
                return 0;
            }
            let name = name.get(row).unwrap_or_default();
            let hash = match (number.get(row), birth.get(row)) {
                (_, Some(birth)) if !name.is_empty() => stable(&[name, &birth.to_string()]),
                (Some(number), _) => stable(&[number, name]),
                _ => stable(&[&at.get(row).unwrap_or_default().to_string()]),
            };
            -hash
        })
        .collect())
}

/// Links what has no certain key: first to persons who have one, then among themselves.
pub fn link(
    rows: &DataFrame,
    register: Option<i64>,
    ranks: &[u8],
    verdicts: &Verdicts,
    definitions: &Definitions,
    characters: &OnceLock<Characters>,
) -> PolarsResult<Likely> {
    let mut likely = Likely { of_row: vec![None; rows.height()], pairs: Vec::new() };
    let groups = group(rows, ranks)?;
    let open: Vec<usize> = (0..groups.first.len()).filter(|group| !groups.sure[*group]).collect();
    let sure: Vec<usize> = (0..groups.first.len()).filter(|group| groups.sure[*group]).collect();
    let texts = Texts::of(rows)?;
    let characters = characters.get_or_init(|| Characters::new(&definitions.sources, definitions.linking.look_alike));
    let records = groups.first.iter().map(|row| texts.record(*row));
    let roster = Roster::new(records, characters, &definitions.words);
    let mut linker = Linker {
        rows: &texts,
        groups: &groups,
        verdicts,
        definitions,
        characters,
        roster: &roster,
        links: BTreeMap::new(),
        pairs: Vec::new(),
    };
    // A person may have a broken row in several tables, so each table is a list of its own.
    let sources: BTreeSet<i64> = open.iter().filter_map(|group| groups.sources[*group].first()).collect();
    for source in sources {
        let rest: Vec<usize> = open
            .iter()
            .copied()
            .filter(|group| groups.sources[*group].first() == Some(source) && !linker.links.contains_key(group))
            .collect();
        linker.run(&sure, &rest);
    }
    if let Some(register) = register {
        let free = |group: &usize, linker: &Linker<'_>| !linker.links.contains_key(group);
        let (left, right): (Vec<usize>, Vec<usize>) = open
            .iter()
            .copied()
            .filter(|group| free(group, &linker))
            .partition(|group| groups.sources[*group].contains(register));
        linker.run(&left, &right);
        // Sound numbers that differ are two people, until somebody says otherwise: only listed.
        let (left, right): (Vec<usize>, Vec<usize>) =
            sure.iter().copied().partition(|group| groups.sources[*group].contains(register));
        let left: Vec<usize> = left.into_iter().filter(|group| !groups.sources[*group].several()).collect();
        linker.run(&left, &right);
    }
    let Linker { links, mut pairs, .. } = linker;
    for (row, group) in groups.of_row.iter().enumerate() {
        if let Some(link) = links.get(group).filter(|link| !groups.sure[*group] || link.pass == CONFIRMED) {
            likely.of_row[row] = Some(link.clone());
        }
    }
    pairs.sort_by(|a, b| {
        b.used
            .cmp(&a.used)
            .then(b.weight.total_cmp(&a.weight))
            .then(a.left_at.cmp(&b.left_at))
            .then(a.right_at.cmp(&b.right_at))
    });
    likely.pairs = pairs;
    Ok(likely)
}

fn group(rows: &DataFrame, ranks: &[u8]) -> PolarsResult<Groups> {
    let (sure, source) = (rows.column("sure")?.i64()?, rows.column("source")?.i64()?);
    let own = alone(rows)?;
    // Only looked up in: its order does not matter.
    let mut known: PlHashMap<i64, usize> = PlHashMap::default();
    let mut groups =
        Groups { first: Vec::new(), sources: Vec::new(), keys: Vec::new(), sure: Vec::new(), of_row: Vec::new() };
    for (row, own) in own.into_iter().enumerate() {
        let key = sure.get(row).unwrap_or(own);
        let index = *known.entry(key).or_insert_with(|| {
            groups.first.push(row);
            groups.sources.push(Sources::default());
            groups.keys.push(key);
            groups.sure.push(sure.get(row).is_some());
            groups.first.len() - 1
        });
        groups.sources[index].add(source.get(row).unwrap_or_default());
        let rank = |row: usize| {
            let place = source.get(row).and_then(|source| usize::try_from(source).ok());
            place.and_then(|place| ranks.get(place)).copied().unwrap_or(u8::MAX)
        };
        if rank(row) < rank(groups.first[index]) {
            groups.first[index] = row;
        }
        groups.of_row.push(index);
    }
    Ok(groups)
}

/// The columns of the rows, once.
struct Texts {
    columns: Vec<StringChunked>,
    births: Int32Chunked,
    at: Int64Chunked,
}

const TEXTS: [&str; 7] = ["name", "number", "sex", "village", "household_id", "guardian", "phone"];

impl Texts {
    fn of(rows: &DataFrame) -> PolarsResult<Self> {
        let columns = TEXTS.iter().map(|name| Ok(rows.column(name)?.str()?.clone())).collect::<PolarsResult<_>>()?;
        let births = rows.column("birth_date")?.cast(&DataType::Int32)?.i32()?.clone();
        Ok(Self { columns, births, at: rows.column("at")?.i64()?.clone() })
    }

    fn record(&self, row: usize) -> Record<'_> {
        let text = |index: usize| self.columns[index].get(row);
        Record {
            name: text(0),
            number: text(1),
            sex: text(2),
            village: text(3),
            household: text(4),
            guardian: text(5),
            phone: text(6),
            birth: self.births.get(row),
        }
    }

    fn side(&self, row: usize) -> Side {
        let text = |index: usize| self.columns[index].get(row).unwrap_or_default().to_owned();
        Side { name: text(0), number: text(1) }
    }
}

struct Linker<'l> {
    rows: &'l Texts,
    groups: &'l Groups,
    verdicts: &'l Verdicts,
    definitions: &'l Definitions,
    characters: &'l Characters,
    /// A record a group.
    roster: &'l Roster,
    links: BTreeMap<usize, Link>,
    pairs: Vec<LikelyPair>,
}

impl Linker<'_> {
    /// Links two lists of groups and keeps what was found.
    fn run(&mut self, left: &[usize], right: &[usize]) {
        if left.is_empty() || right.is_empty() {
            return;
        }
        let row = |group: &usize| self.groups.first[*group];
        let linking = &self.definitions.linking;
        let allowed = |l: usize, r: usize| {
            let apart = self.groups.sources[left[l]].apart(self.groups.sources[right[r]]);
            (apart || self.roster.namesakes(left[l], right[r]))
                && (self.verdicts.rows.is_empty()
                    || self.verdicts.said(&self.rows.side(row(&left[l])), &self.rows.side(row(&right[r])))
                        != Some(false))
        };
        let found = find(self.roster, left, right, self.characters, linking, &allowed);
        for pair in found {
            let (l, r) = (left[pair.left], right[pair.right]);
            self.keep(&pair, l, r);
        }
    }

    fn keep(&mut self, pair: &Pair, left: usize, right: usize) {
        // Namesakes of one class are two pupils; the same name, and the same day or nearly the same number, is one entered twice.
        let apart = self.groups.sources[left].apart(self.groups.sources[right]);
        let twice = pair.levels[0] == 0 && (pair.levels[2] == 0 || pair.levels[1] <= 2);
        if !apart && !twice {
            return;
        }
        let (left_row, right_row) = (self.groups.first[left], self.groups.first[right]);
        let (left_side, right_side) = (self.rows.side(left_row), self.rows.side(right_row));
        let confirmed = self.verdicts.said(&left_side, &right_side) == Some(true);
        // Two sound numbers are one person only when somebody says so.
        let used = confirmed || (pair.used && !self.groups.sure[right]);
        let parts = self.words(pair, &left_side.number, &right_side.number);
        if used && !self.groups.sure[right] {
            let pass = match (confirmed, pair.levels[0], pair.levels[1], pair.levels[2]) {
                (true, ..) => CONFIRMED,
                (_, 0, 1, _) => 3,
                (_, 0, _, 0) => 4,
                _ => 5,
            };
            let person = self.links.get(&left).map_or(self.groups.keys[left], |link| link.person);
            let words: Vec<&str> = parts.iter().map(|(words, _)| words.as_str()).collect();
            let words = words.join("，").replace('甲', "对照处").replace('乙', "这一行");
            let note = format!("{words}（把握{}）", chance(probability(pair.weight)));
            self.links.entry(right).or_insert(Link { person, pass, note });
        } else if used && confirmed {
            // Two sound numbers that somebody says are one person.
            let person = self.groups.keys[left];
            self.links.entry(right).or_insert(Link {
                person,
                pass: CONFIRMED,
                note: "台账里写明是同一人，两处证件号却不同".to_owned(),
            });
        }
        let at = |row: usize| self.rows.at.get(row).unwrap_or_default();
        self.pairs.push(LikelyPair {
            left_at: at(left_row),
            right_at: at(right_row),
            left: left_side,
            right: right_side,
            weight: pair.weight,
            probability: probability(pair.weight),
            used,
            confirmed,
            parts,
        });
    }

    /// Each field's words with its bits, the strongest evidence first.
    fn words(&self, pair: &Pair, left: &str, right: &str) -> Vec<(String, f64)> {
        let mut parts: Vec<(String, f64)> = (0..FIELDS)
            .filter(|field| pair.levels[*field] != UNKNOWN)
            .filter_map(|field| {
                let level = self.definitions.linking.field.get(field)?.levels.get(usize::from(pair.levels[field]))?;
                let detail = if FIELD_NUMBER == field { slip(left, right).unwrap_or_default() } else { String::new() };
                Some((format!("{}{detail}", level.says), pair.parts[field]))
            })
            .collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::slip;

    #[test]
    fn the_odd_digit_is_named_and_the_check_character_says_whose() {
        let right = "610398201001020158";
        assert_eq!(slip(right, "610398201001070158").as_deref(), Some("（第14位不同；乙的校验码不对）"));
        assert_eq!(slip("610398201010020158", right).as_deref(), Some("（第11、12位颠倒；甲的校验码不对）"));
        assert_eq!(slip(right, "61039820101020158").as_deref(), Some("（乙少1位，从第11位起不同）"));
        assert_eq!(slip(right, right), None);
        assert_eq!(slip(right, "11010519491231002X"), None);
    }
}
