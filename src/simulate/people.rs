//! The population of one invented township: what is known of each household and person.

use super::place::Place;
use crate::standardise::date;

/// The school year that the invented papers are about.
pub const SCHOOL_YEAR: i32 = 2019;

/// The terms since the register was opened, as numbers and as ledgers write them.
pub const TERMS: [(i64, &str); 13] = [
    (20_132, "2013-2014-2"),
    (20_141, "2014-2015-1"),
    (20_142, "2014-2015-2"),
    (20_151, "2015-2016-1"),
    (20_152, "2015-2016-2"),
    (20_161, "2016-2017-1"),
    (20_162, "2016-2017-2"),
    (20_171, "2017-2018-1"),
    (20_172, "2017-2018-2"),
    (20_181, "2018-2019-1"),
    (20_182, "2018-2019-2"),
    (20_191, "2019-2020-1"),
    (20_192, "2019-2020-2"),
];

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

/// A person's way through the schools, past and to come: stages after the ninth grade are empty where there are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Path {
    pub kindergarten: bool,
    pub senior: &'static str,
    pub higher: &'static str,
    /// Studies outside also in the compulsory years.
    pub away: bool,
    pub boarder: bool,
    /// Aid that has to be applied for, or was on record: 普高助学金 before 2016, 高校助学金, 贷款, 雨露计划.
    pub early_grant: bool,
    pub grant: bool,
    pub loan: bool,
    pub rain: bool,
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
    pub path: Path,
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
    pub place: Place,
    /// One primary school keeps the answers as lists of codes; else all tick columns.
    pub list_form: bool,
    /// The terms that the aid ledgers hold, oldest first.
    pub terms: &'static [(i64, &'static str)],
    pub households: Vec<Household>,
    pub people: Vec<Person>,
}

impl Population {
    /// The school where a person is; empty where there is none.
    pub fn school(&self, person: &Person) -> &str {
        match person.study {
            Study::Local | Study::Outside => self.school_at(person, person.stage),
            Study::No | Study::Young => "",
        }
    }

    /// The school where a person is, was, or will be in a stage.
    pub fn school_at(&self, person: &Person, stage: &str) -> &str {
        self.place.school(stage, self.households[person.household].village, person.path.away)
    }

    /// The primary school that answers for a person's village.
    pub fn primary_of(&self, person: &Person) -> &str {
        self.place.primary_of(self.households[person.household].village)
    }
}

impl Person {
    /// The stage and the grade within it in a school year; none outside school.
    pub fn stage_in(&self, school_year: i32) -> Option<(&'static str, i32)> {
        match running_grade(self.birth, school_year) {
            running @ -2..=0 if self.path.kindergarten => Some(("学前", running + 3)),
            running @ 1..=6 => Some(("小学", running)),
            running @ 7..=9 => Some(("初中", running - 6)),
            running @ 10..=12 if !self.path.senior.is_empty() => Some((self.path.senior, running - 9)),
            running @ 13..=15 if self.path.higher == "高职" => Some(("高职", running - 12)),
            running @ 13..=16 if self.path.higher == "本科" => Some(("本科", running - 12)),
            _ => None,
        }
    }

    /// Whether the person lives at the school of a stage.
    pub fn boards(&self, stage: &str) -> bool {
        self.path.boarder || !matches!(stage, "学前" | "小学" | "初中")
    }
}

/// The grade in a school year, counted from 1 in primary school: who is 6 by 31 August enters.
pub fn running_grade(birth: i32, school_year: i32) -> i32 {
    let (year, month, _) = date::civil(birth);
    school_year - (year + if month <= 8 { 6 } else { 7 }) + 1
}
