//! Records made ready for comparison, and the level of agreement of each field of two of them.

use super::names::{Characters, Name, NameLevel};
use crate::definitions::Words;
use crate::standardise::date::civil;
use crate::standardise::id_number::{self, IdState};
use polars::prelude::PlHashMap;

/// How many fields are compared; their order is that of `definitions::FIELDS`.
pub const FIELDS: usize = 9;
/// The field of what is known of the rest of the family, which no two records say by themselves.
pub const FAMILY: usize = 8;
/// Stands for a field that one of the two does not have.
pub const UNKNOWN: u8 = u8::MAX;

/// A family by one of its marks: which mark, and what it is (a guardian with the village).
pub type Family = (u8, u32, u32);

/// The agreement of two records: a level for each field, or [`UNKNOWN`].
pub type Levels = [u8; FIELDS];

/// What a record says of who it is about, as texts that have been standardised.
#[derive(Debug, Clone, Copy, Default)]
pub struct Record<'a> {
    pub name: Option<&'a str>,
    pub number: Option<&'a str>,
    /// From a column of its own, in days.
    pub birth: Option<i32>,
    pub sex: Option<&'a str>,
    pub village: Option<&'a str>,
    pub household: Option<&'a str>,
    pub guardian: Option<&'a str>,
    pub phone: Option<&'a str>,
}

/// Records of everybody who may be compared, with every distinct text taken apart once.
#[derive(Debug)]
pub struct Roster {
    people: Vec<Person>,
    names: Vec<Name>,
}

/// The records of two sides.
#[derive(Debug)]
pub struct Prepared<'r> {
    pub people: Vec<Person>,
    pub names: &'r [Name],
    /// How many records of the left side come first.
    pub left: usize,
}

/// One record in numbers; `NONE` stands for nothing.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub name: u32,
    pub guardian: u32,
    pub village: u32,
    pub household: u32,
    pub phone: u32,
    /// 0 unknown, 1 male, 2 female, from a column.
    pub sex: u8,
    /// The same from the number.
    pub number_sex: u8,
    pub sound: bool,
    pub damaged: bool,
    /// Characters of the number, the first 18; a 15-digit number raised.
    pub number: [u8; 19],
    pub length: u8,
    pub birth: i32,
    pub number_birth: i32,
}

pub const NONE: u32 = u32::MAX;
pub const NO_DAY: i32 = i32::MIN;

impl Person {
    /// The number's characters.
    #[must_use]
    pub fn digits(&self) -> &[u8] {
        &self.number[..usize::from(self.length)]
    }

    /// The birth date of the column, else of the number.
    #[must_use]
    pub fn any_birth(&self) -> i32 {
        if self.birth == NO_DAY { self.number_birth } else { self.birth }
    }
}

impl Roster {
    /// Takes records apart.
    #[must_use]
    pub fn new<'a>(records: impl Iterator<Item = Record<'a>>, characters: &Characters, words: &Words) -> Self {
        // Only looked up in: their order does not matter.
        let mut known_names: PlHashMap<&str, u32> = PlHashMap::default();
        let mut texts: PlHashMap<(u8, &str), u32> = PlHashMap::default();
        let (mut people, mut names) = (Vec::new(), Vec::new());
        for record in records {
            let [name, guardian] =
                [record.name, record.guardian].map(|text| match text.filter(|text| !text.is_empty()) {
                    None => NONE,
                    Some(text) => *known_names.entry(text).or_insert_with(|| {
                        names.push(characters.name(text));
                        u32::try_from(names.len() - 1).unwrap_or(NONE)
                    }),
                });
            let mut intern = |kind: u8, text| match text {
                None => NONE,
                Some(text) => {
                    let next = u32::try_from(texts.len()).unwrap_or(NONE);
                    *texts.entry((kind, text)).or_insert(next)
                }
            };
            people.push(Person {
                name,
                guardian,
                village: intern(0, record.village),
                household: intern(1, record.household),
                phone: intern(2, record.phone),
                sex: sex(record.sex),
                birth: record.birth.unwrap_or(NO_DAY),
                ..numbered(record.number, words)
            });
        }
        Self { people, names }
    }

    /// Two sides, by the places of their records.
    #[must_use]
    pub fn sides(&self, left: &[usize], right: &[usize]) -> Prepared<'_> {
        let people = left.iter().chain(right).map(|place| self.people[*place]).collect();
        Prepared { people, names: &self.names, left: left.len() }
    }

    /// The same name, which both have.
    #[must_use]
    pub fn namesakes(&self, a: usize, b: usize) -> bool {
        self.people[a].name != NONE && self.people[a].name == self.people[b].name
    }
}

fn sex(text: Option<&str>) -> u8 {
    match text {
        Some("男") => 1,
        Some("女") => 2,
        _ => 0,
    }
}

/// What the number alone says.
fn numbered(text: Option<&str>, words: &Words) -> Person {
    let mut person = Person {
        name: NONE,
        guardian: NONE,
        village: NONE,
        household: NONE,
        phone: NONE,
        sex: 0,
        number_sex: 0,
        sound: false,
        damaged: false,
        number: [0; 19],
        length: 0,
        birth: NO_DAY,
        number_birth: NO_DAY,
    };
    let Some(text) = text else { return person };
    let Some(read) = id_number::parse(text, words) else { return person };
    person.number_birth = read.birth.or(read.guess).unwrap_or(NO_DAY);
    person.number_sex = sex(read.sex);
    person.sound = matches!(read.state, IdState::Sound | IdState::Old);
    person.damaged = read.state == IdState::Damaged;
    if matches!(read.state, IdState::None | IdState::Placeholder) {
        return person;
    }
    // A number cell keeps fifteen digits and shows no zeros at their end; `6.10398E+17` shows six.
    let shown = id_number::floating(text).map(|mut digits| {
        if digits.len() > 7 {
            digits.resize(15, b'0');
        }
        digits
    });
    let digits = shown.or_else(|| id_number::eighteen(text)).unwrap_or_else(|| text.bytes().take(19).collect());
    if digits.len() < 8 || !digits.iter().all(u8::is_ascii) {
        return person;
    }
    person.length = u8::try_from(digits.len().min(19)).unwrap_or(19);
    person.number[..usize::from(person.length)].copy_from_slice(&digits[..usize::from(person.length)]);
    person
}

impl Prepared<'_> {
    /// The level of agreement of every field of two records.
    #[must_use]
    pub fn compare(&self, a: usize, b: usize, characters: &Characters) -> Levels {
        let (x, y) = (&self.people[a], &self.people[b]);
        let number = number_level(x, y);
        [
            self.name_level(x.name, y.name, characters).map_or(UNKNOWN, |level| level as u8),
            number,
            birth_level(x, y, number),
            sex_level(x, y, number),
            equal(x.village, y.village),
            equal(x.household, y.household),
            match self.name_level(x.guardian, y.guardian, characters) {
                None => UNKNOWN,
                Some(NameLevel::Same) => 0,
                Some(NameLevel::Sound) => 1,
                Some(_) => 2,
            },
            equal(x.phone, y.phone),
            UNKNOWN,
        ]
    }

    /// By what a record's family is known: household, telephone, guardian in a village.
    #[must_use]
    pub fn families(&self, index: usize) -> Vec<Family> {
        let person = &self.people[index];
        let mut keys = Vec::new();
        if person.household != NONE {
            keys.push((0, person.household, 0));
        }
        if person.phone != NONE {
            keys.push((1, person.phone, 0));
        }
        if person.guardian != NONE {
            keys.push((2, person.guardian, person.village));
        }
        keys
    }

    fn name_level(&self, a: u32, b: u32, characters: &Characters) -> Option<NameLevel> {
        if a == NONE || b == NONE {
            return None;
        }
        if a == b {
            return Some(NameLevel::Same);
        }
        Some(characters.compare(self.names.get(a as usize)?, self.names.get(b as usize)?))
    }
}

fn equal(a: u32, b: u32) -> u8 {
    if a == NONE || b == NONE { UNKNOWN } else { u8::from(a != b) }
}

/// Levels of `number`: same, slip, tail, slips, born, other, sound (both sound, yet different).
fn number_level(a: &Person, b: &Person) -> u8 {
    let (x, y) = (a.digits(), b.digits());
    if x.is_empty() || y.is_empty() {
        return UNKNOWN;
    }
    if x == y {
        return 0;
    }
    if a.sound && b.sound {
        return 6;
    }
    if a.damaged || b.damaged {
        // What a spreadsheet's number keeps: fifteen digits, or only those that scientific notation shows.
        let kept = kept_digits(a).min(kept_digits(b));
        return match kept {
            _ if x[..kept] != y[..kept] => 5,
            15.. => 2,
            14 => 4,
            _ => UNKNOWN,
        };
    }
    let distance = distance(x, y);
    match distance {
        1 => 1,
        2 => 3,
        _ if x.len() >= 14 && y.len() >= 14 && x[..14] == y[..14] => 4,
        _ => 5,
    }
}

/// How many digits of a number can be trusted.
fn kept_digits(person: &Person) -> usize {
    let digits = person.digits();
    if !person.damaged {
        return digits.len();
    }
    digits.iter().take_while(|byte| byte.is_ascii_digit()).count().min(15)
}

/// Changes, swaps of neighbours, losses and additions between two numbers; 3 for more than two.
fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return 3;
    }
    if a.len() == b.len() {
        let odd: Vec<usize> = (0..a.len()).filter(|place| a[*place] != b[*place]).collect();
        return match odd[..] {
            [_] => 1,
            [first, second] if second == first + 1 && a[first] == b[second] && a[second] == b[first] => 1,
            [_, _] => 2,
            // A lost digit and an added one shift what is between them.
            _ if odd.len() > 8 => 3,
            _ => strsim::generic_damerau_levenshtein(a, b).min(3),
        };
    }
    strsim::generic_damerau_levenshtein(a, b).min(3)
}

/// Levels of `birth`: same, near, year, other. What both numbers say is no evidence besides the numbers themselves.
fn birth_level(a: &Person, b: &Person, number: u8) -> u8 {
    let close = matches!(number, 0..=4);
    let (x, y) = match (a.birth != NO_DAY, b.birth != NO_DAY) {
        (true, true) => (a.birth, b.birth),
        _ if close => return UNKNOWN,
        _ => (a.any_birth(), b.any_birth()),
    };
    if x == NO_DAY || y == NO_DAY {
        return UNKNOWN;
    }
    if x == y {
        return 0;
    }
    let (p, q) = (civil(x), civil(y));
    let digits = |(year, month, day): (i32, u32, u32)| year.unsigned_abs() * 10_000 + month * 100 + day;
    let one_digit = odd_digits(digits(p), digits(q)) == 1;
    let swapped = p.0 == q.0 && p.1 == q.2 && p.2 == q.1;
    if one_digit || swapped {
        1
    } else if p.0 == q.0 {
        2
    } else {
        3
    }
}

/// How many decimal digits of two numbers differ.
fn odd_digits(mut a: u32, mut b: u32) -> u32 {
    let mut odd = 0;
    while a > 0 || b > 0 {
        odd += u32::from(a % 10 != b % 10);
        (a, b) = (a / 10, b / 10);
    }
    odd
}

/// Levels of `sex`; unknown where both come from numbers that nearly agree.
fn sex_level(a: &Person, b: &Person, number: u8) -> u8 {
    let own = a.sex != 0 && b.sex != 0;
    if !own && matches!(number, 0..=4) {
        return UNKNOWN;
    }
    let pick = |person: &Person| if person.sex == 0 { person.number_sex } else { person.sex };
    match (pick(a), pick(b)) {
        (0, _) | (_, 0) => UNKNOWN,
        (x, y) => u8::from(x != y),
    }
}
