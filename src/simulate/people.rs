//! The population of one invented township: households, members, and where each child is on the reference date.

use super::names;
use crate::standardise::date;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// The school year that the invented files are about, and its terms with aid.
pub const SCHOOL_YEAR: i32 = 2019;
pub const TERMS: [(i64, &str); 4] =
    [(20_181, "2018-2019-1"), (20_182, "2018-2019-2"), (20_191, "2019-2020-1"), (20_192, "2019-2020-2")];

pub const VILLAGES: [&str; 8] = ["东坡村", "西坡村", "柳林村", "石桥村", "清泉村", "南塬村", "北沟村", "杏花村"];
pub const PRIMARIES: [&str; 3] = ["永宁镇中心小学", "柳林小学", "南塬小学"];
pub const JUNIOR: &str = "永宁初级中学";
pub const KINDERGARTEN: &str = "永宁镇中心幼儿园";

/// Where a person studies on the reference date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Study {
    No,
    /// Before kindergarten.
    Young,
    Local,
    Outside,
}

/// Why a child on the ledger is not in school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    Body,
    HomeTeaching,
    Leave,
    Deferred,
    Graduated,
}

/// Which codes the register is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Generation {
    /// 2014–17: `02小学`, `01非在校生`.
    Old,
    #[default]
    New,
}

impl Absence {
    /// The code of A5.
    pub fn code(self) -> &'static str {
        match self {
            Self::Body => "1",
            Self::HomeTeaching => "2",
            Self::Leave => "3",
            Self::Deferred => "4",
            Self::Graduated => "5",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Body => "因身体原因不具备学习条件",
            Self::HomeTeaching => "送教上门",
            Self::Leave => "休学",
            Self::Deferred => "延缓入学",
            Self::Graduated => "已初中毕业",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub male: bool,
    /// Days since 1970-01-01.
    pub birth: i32,
    pub age: i64,
    pub id: String,
    pub household: usize,
    pub registered: bool,
    pub relation: &'static str,
    pub study: Study,
    pub stage: &'static str,
    pub grade: i32,
    pub school: String,
    pub boarder: bool,
    pub absence: Option<Absence>,
    /// The number on a disability certificate, where there is one.
    pub disability: Option<String>,
    /// The register's code of 文化程度, empty for pupils.
    pub level: &'static str,
}

#[derive(Debug, Clone)]
pub struct Household {
    pub number: String,
    pub village: usize,
    pub registered: bool,
    /// The year in which it left poverty; none when it has not.
    pub exit_year: Option<i32>,
}

#[derive(Debug)]
pub struct Population {
    pub generation: Generation,
    pub households: Vec<Household>,
    pub people: Vec<Person>,
}

/// The primary school of a village.
pub fn primary_of(village: usize) -> &'static str {
    PRIMARIES[[0, 0, 1, 1, 0, 2, 2, 0][village % 8]]
}

/// Invents `persons` registered persons, and about a third as many unregistered ones with children at school.
pub fn invent(seed: u64, persons: usize, generation: Generation, reference: i32) -> Population {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut population = Population { generation, households: Vec::new(), people: Vec::new() };
    let mut numbers = BTreeSet::new();
    let mut registered = 0;
    while registered < persons {
        registered += household(&mut rng, &mut population, &mut numbers, true, reference);
    }
    let mut others = 0;
    while others < persons / 3 {
        others += household(&mut rng, &mut population, &mut numbers, false, reference);
    }
    if generation == Generation::Old {
        // The old codes have no 大专 that a census code follows from.
        for person in population.people.iter_mut().filter(|person| person.level == "大专") {
            person.level = "高中";
        }
    }
    population
}

/// One household: a couple, its children, sometimes its parents. 3.58 persons on average (census bulletin).
fn household(
    rng: &mut ChaCha8Rng,
    population: &mut Population,
    numbers: &mut BTreeSet<String>,
    registered: bool,
    reference: i32,
) -> usize {
    let index = population.households.len();
    let village = rng.random_range(0..VILLAGES.len());
    population.households.push(Household {
        number: format!("{}{:02}{:06}", names::AREA, village + 1, index + 1),
        village,
        registered,
        exit_year: (index % 7 != 6).then_some(2014 + i32::try_from(index % 7).unwrap_or_default()),
    });
    let (father, mother) = (names::surname(rng), names::surname(rng));
    let head_age = rng.random_range(28..64);
    let mut members: Vec<(&'static str, bool, i32, &str)> = vec![("户主", true, head_age, father)];
    if rng.random_bool(0.8) {
        members.push(("配偶", false, head_age - rng.random_range(0..4), mother));
    }
    let children = [0, 1, 1, 2, 2, 3][rng.random_range(0..6)];
    for _ in 0..children {
        let male = rng.random_bool(0.52);
        let oldest = (head_age - 20).clamp(1, 24);
        members.push((if male { "之子" } else { "之女" }, male, rng.random_range(0..oldest), father));
    }
    if rng.random_bool(0.32) {
        let male = rng.random_bool(0.4);
        members.push((
            if male { "之父" } else { "之母" },
            male,
            head_age + rng.random_range(20..28),
            if male { father } else { mother },
        ));
    }
    for (relation, male, age, surname) in &members {
        let person = member(rng, numbers, index, registered, relation, *male, *age, surname, reference, village);
        population.people.push(person);
    }
    members.len()
}

#[allow(clippy::too_many_arguments, reason = "one person, as far as the household settles it")]
fn member(
    rng: &mut ChaCha8Rng,
    numbers: &mut BTreeSet<String>,
    household: usize,
    registered: bool,
    relation: &'static str,
    male: bool,
    age: i32,
    surname: &str,
    reference: i32,
    village: usize,
) -> Person {
    let birth = reference - age * 365 - age / 4 - rng.random_range(1..360);
    let mut id = String::new();
    while id.is_empty() || !numbers.insert(id[..17].to_owned()) {
        let sequence = rng.random_range(5..480) * 2 + u32::from(male);
        id = names::id_number(birth, sequence);
        if id.ends_with("000") {
            id.clear();
        }
    }
    let mut person = Person {
        name: names::person(rng, surname),
        male,
        birth,
        age: date::age(birth, reference),
        id,
        household,
        registered,
        relation,
        study: Study::No,
        stage: "",
        grade: 0,
        school: String::new(),
        boarder: false,
        absence: None,
        disability: None,
        level: "",
    };
    place(rng, &mut person, village);
    person
}

/// The grade in the school year, counted from 1 in primary school: who is 6 by 31 August enters.
fn grade(birth: i32, school_year: i32) -> i32 {
    let (year, month, _) = date::civil(birth);
    school_year - (year + if month <= 8 { 6 } else { 7 }) + 1
}

/// The stage and the grade within it, for a running grade; none beyond school.
pub fn stage_of(birth: i32, school_year: i32, track: &Person) -> Option<(&'static str, i32)> {
    match grade(birth, school_year) {
        running @ -2..=0 => Some(("学前", running + 3)),
        running @ 1..=6 => Some(("小学", running)),
        running @ 7..=9 => Some(("初中", running - 6)),
        running @ 10..=12 if matches!(track.stage, "普高" | "本科") => Some(("普高", running - 9)),
        running @ 10..=12 if matches!(track.stage, "中职" | "高职") => Some(("中职", running - 9)),
        running @ 13..=15 if track.stage == "高职" => Some(("高职", running - 12)),
        running @ 13..=16 if track.stage == "本科" => Some(("本科", running - 12)),
        _ => None,
    }
}

fn place(rng: &mut ChaCha8Rng, person: &mut Person, village: usize) {
    let running = grade(person.birth, SCHOOL_YEAR);
    let chance = rng.random_range(0..1000);
    let compulsory_age = person.age <= 15;
    let (study, stage): (Study, &'static str) = match running {
        ..=-3 => (Study::Young, ""),
        -2..=0 => (if chance < 30 { Study::Outside } else { Study::Local }, "学前"),
        1..=6 => (if chance < 40 { Study::Outside } else { Study::Local }, "小学"),
        7..=9 => (if chance < 60 { Study::Outside } else { Study::Local }, "初中"),
        10..=12 if chance < 520 => (Study::Outside, "普高"),
        10..=12 if chance < 820 || compulsory_age => (Study::Outside, "中职"),
        13..=15 if chance < 280 => (Study::Outside, "高职"),
        13..=15 if chance < 520 => (Study::Outside, "本科"),
        _ => (Study::No, ""),
    };
    person.study = study;
    person.stage = stage;
    if let Some((_, grade)) = stage_of(person.birth, SCHOOL_YEAR, &person.clone()).filter(|_| !stage.is_empty()) {
        person.grade = grade;
    }
    person.school = match (study, stage) {
        (Study::Local, "学前") => KINDERGARTEN.to_owned(),
        (Study::Local, "小学") => primary_of(village).to_owned(),
        (Study::Local, _) => JUNIOR.to_owned(),
        (Study::Outside, "学前") => "渭新区实验幼儿园".to_owned(),
        (Study::Outside, "小学") => "渭新区实验小学".to_owned(),
        (Study::Outside, "初中") => "渭新区第二初级中学".to_owned(),
        (Study::Outside, "普高") => "渭新区高级中学".to_owned(),
        (Study::Outside, "中职") => "渭新区职教中心".to_owned(),
        (Study::Outside, "高职") => "渭新职业技术学院".to_owned(),
        (Study::Outside, "本科") => "渭新大学".to_owned(),
        _ => String::new(),
    };
    person.boarder = matches!(stage, "普高" | "中职" | "高职" | "本科")
        || (matches!(stage, "小学" | "初中") && rng.random_bool(0.3));
    if study == Study::No {
        person.level = match (person.age, chance % 10) {
            (..=20, _) => "初中",
            (_, 0) if person.age > 45 => "文盲或半文盲",
            (_, 0..=3) => "小学",
            (_, 4..=7) => "初中",
            (_, 8) => "高中",
            _ if person.age > 24 && chance % 3 == 0 => "大专",
            _ => "初中",
        };
    }
    absent(rng, person, running);
}

/// Children who are not in school, and why: 送教上门 and 休学 keep their place on the roll.
fn absent(rng: &mut ChaCha8Rng, person: &mut Person, running: i32) {
    let chance = rng.random_range(0..1000);
    let local = person.study == Study::Local && person.age <= 15;
    let absence = match running {
        1 if chance < 60 => Absence::Deferred,
        1..=9 if chance < 14 => Absence::Body,
        1..=9 if chance < 30 && local => Absence::HomeTeaching,
        1..=9 if chance < 50 && local => Absence::Leave,
        10 if person.age == 15 && chance < 300 => Absence::Graduated,
        _ => return,
    };
    person.absence = Some(absence);
    if absence == Absence::HomeTeaching {
        person.disability = Some(format!("{}{}{}", person.id, rng.random_range(1..8), rng.random_range(1..5)));
    }
    if !matches!(absence, Absence::HomeTeaching | Absence::Leave) {
        person.study = if absence == Absence::Deferred { Study::Young } else { Study::No };
        person.stage = "";
        person.school = String::new();
        person.level = match absence {
            Absence::Body => "文盲或半文盲",
            Absence::Graduated => "初中",
            _ => "",
        };
    }
}
