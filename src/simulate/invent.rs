//! Inventing a township's people: households by kind, children by cohort, their way through the schools.
//!
//! In: the model (`indicators/policies/population.toml`), a place and a seed. The same seed gives the same people, whatever else is invented beside them.

use super::names;
use super::people::{
    Absence, Generation, Household, Path, Person, Population, SCHOOL_YEAR, Study, TERMS, running_grade,
};
use super::place::Place;
use crate::definitions::{HouseholdKind, PopulationModel};
use crate::standardise::date;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// What one township's people depend on.
pub struct Order<'m> {
    pub model: &'m PopulationModel,
    pub place: Place,
    pub seed: u64,
    /// Registered persons, about.
    pub persons: usize,
    pub generation: Generation,
    /// Terms of aid on record, counted back from the present.
    pub terms: usize,
    pub list_form: bool,
    /// The reference date, in days.
    pub reference: i32,
}

struct Inventor<'m> {
    order: Order<'m>,
    rng: ChaCha8Rng,
    people: Vec<Person>,
    households: Vec<Household>,
    /// Numbers given out, by birth date and sex.
    given: BTreeMap<(i32, bool), u32>,
}

/// Invents `persons` registered persons, and unregistered ones beside them whose children go to the same schools.
pub fn invent(order: Order<'_>) -> Population {
    let rng = ChaCha8Rng::seed_from_u64(order.seed);
    let persons = order.persons;
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of persons"
    )]
    let others = (persons as f64 * order.model.unregistered) as usize;
    let terms = &TERMS[TERMS.len() - order.terms.clamp(1, TERMS.len())..];
    let mut inventor = Inventor {
        order,
        rng,
        people: Vec::with_capacity(persons + others),
        households: Vec::new(),
        given: BTreeMap::new(),
    };
    for (registered, wanted) in [(true, persons), (false, others)] {
        let start = inventor.people.len();
        while inventor.people.len() - start < wanted {
            inventor.household(registered);
        }
    }
    let Inventor { order, people, households, .. } = inventor;
    Population {
        generation: order.generation,
        place: order.place,
        list_form: order.list_form,
        terms,
        households,
        people,
    }
}

impl Inventor<'_> {
    fn between(&mut self, range: [i32; 2]) -> i32 {
        self.rng.random_range(range[0]..=range[1])
    }

    /// A place in a list, with chances in proportion to its weights.
    fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut point = self.rng.random::<f64>() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            if weight > 0.0 {
                last = place;
                if point < weight {
                    break;
                }
                point -= weight;
            }
        }
        last
    }

    fn household(&mut self, registered: bool) {
        let model = self.order.model;
        let index = self.households.len();
        let village = self.rng.random_range(0..self.order.place.villages.len());
        self.households.push(Household {
            number: format!("{}{:03}{:05}", self.order.place.area, self.order.place.number, index + 1),
            village,
            registered,
            exit_year: (index % 7 != 6).then_some(2014 + i32::try_from(index % 7).unwrap_or_default()),
        });
        let kind = &model.household[self.weighted(model.household.iter().map(|kind| kind.share))];
        let (father, mother) = (names::surname(&mut self.rng), names::surname(&mut self.rng));
        let head = self.between(kind.head);
        self.member(index, registered, "户主", true, head, father);
        if self.rng.random_bool(kind.spouse) {
            let younger = self.rng.random_range(0..=4);
            self.member(index, registered, "配偶", false, (head - younger).max(20), mother);
        }
        self.children(index, registered, kind, head, father);
        for _ in 0..self.weighted(kind.parents.iter().copied()) {
            let male = self.rng.random_bool(0.4);
            let age = head + self.rng.random_range(22..=30);
            let relation = if male { "之父" } else { "之母" };
            self.member(index, registered, relation, male, age, if male { father } else { mother });
        }
    }

    fn children(&mut self, index: usize, registered: bool, kind: &HouseholdKind, head: i32, surname: &str) {
        let mut age = head - self.between(kind.first);
        for _ in 0..self.weighted(kind.children.iter().copied()) {
            if age < 0 {
                break;
            }
            if age < kind.leave || self.rng.random_bool(0.5) {
                let male = self.rng.random_bool(0.52);
                self.member(index, registered, if male { "之子" } else { "之女" }, male, age, surname);
            }
            age -= self.between(kind.gap);
        }
    }

    /// A birth date for an age, and a number that nobody else has; the date moves on by days where a day's numbers are used up.
    fn number(&mut self, male: bool, age: i32) -> (i32, String) {
        let mut birth = self.order.reference - age * 365 - age / 4 - self.rng.random_range(1..360);
        let (first, most) = self.order.place.numbers;
        loop {
            let given = self.given.entry((birth, male)).or_insert(0);
            *given += 1;
            if *given > most {
                birth -= 1;
                continue;
            }
            // The numbers of a day in a mixed order, as registers have them.
            let nth = (*given - 1) * 271 % most;
            let id = names::id_number(&self.order.place.area, birth, (first + nth) * 2 + u32::from(male));
            // What ends in zeros looks as if a spreadsheet had cut it off.
            if !id.ends_with("000") {
                return (birth, id);
            }
        }
    }

    fn member(
        &mut self,
        household: usize,
        registered: bool,
        relation: &'static str,
        male: bool,
        age: i32,
        surname: &str,
    ) {
        let (birth, id) = self.number(male, age);
        let mut person = Person {
            name: names::person(&mut self.rng, surname),
            male,
            birth,
            age: date::age(date::civil(birth), date::civil(self.order.reference)),
            id,
            household,
            registered,
            relation,
            study: Study::No,
            stage: "",
            grade: 0,
            path: self.path(),
            absence: None,
            disability: None,
            level: "",
        };
        self.place(&mut person);
        self.people.push(person);
    }

    fn path(&mut self) -> Path {
        let (study, aid) = (&self.order.model.study, &self.order.model.aid);
        let rng = &mut self.rng;
        let (turn, next) = (rng.random::<f64>(), rng.random::<f64>());
        let senior = if turn < study.senior {
            "普高"
        } else if turn < study.senior + study.vocational {
            "中职"
        } else {
            ""
        };
        let higher = match senior {
            "普高" if next < study.university => "本科",
            "普高" if next < study.university + study.college => "高职",
            "中职" if next < study.onward => "高职",
            _ => "",
        };
        let mut draw = |share: f64| rng.random_bool(share);
        Path {
            kindergarten: draw(study.kindergarten),
            senior,
            higher,
            away: draw(study.outside),
            boarder: draw(study.boarding),
            early_grant: draw(aid.early_grant),
            grant: draw(aid.grant),
            loan: draw(aid.loan),
            rain: draw(aid.rain),
        }
    }

    /// Where a person is in the present school year, and what the register says of who is no pupil.
    fn place(&mut self, person: &mut Person) {
        let running = running_grade(person.birth, SCHOOL_YEAR);
        if running == 10 && person.age <= 15 && person.path.senior.is_empty() {
            // Still of compulsory age: in school, or on the ledger as having finished the ninth grade.
            person.path.senior = "中职";
        }
        // The old codes have no word for finished college that a census code follows from.
        if self.order.generation == Generation::Old && running > 12 && person.stage_in(SCHOOL_YEAR).is_none() {
            person.path.higher = "";
        }
        if let Some((stage, grade)) = person.stage_in(SCHOOL_YEAR) {
            person.study = if person.path.away || running > 9 { Study::Outside } else { Study::Local };
            (person.stage, person.grade) = (stage, grade);
        } else if running < 1 {
            person.study = Study::Young;
        } else {
            person.level = self.level(person, running);
        }
        self.absent(person, running);
    }

    /// 文化程度 of who has left school: by the way through the schools where that is on record, by chance for the older.
    fn level(&mut self, person: &Person, running: i32) -> &'static str {
        if running <= 30 {
            return match (person.path.senior, person.path.higher) {
                (_, "本科") => "本科及以上",
                (_, "高职") => "大专",
                ("", _) => "初中",
                _ if running <= 12 => "初中",
                _ => "高中",
            };
        }
        match self.rng.random_range(0..10) {
            0 if person.age > 45 => "文盲或半文盲",
            0..=3 => "小学",
            4..=7 => "初中",
            8 => "高中",
            _ => "初中",
        }
    }

    /// Children who are not in school, and why: 送教上门 and 休学 keep their place on the roll.
    fn absent(&mut self, person: &mut Person, running: i32) {
        let shares = &self.order.model.absence;
        let chance = self.rng.random::<f64>();
        let local = person.study == Study::Local && person.age <= 15;
        let kept = shares.home_teaching + shares.leave;
        let absence = match running {
            1 if chance < shares.deferred => Absence::Deferred,
            1..=9 if local && chance < shares.home_teaching => Absence::HomeTeaching,
            1..=9 if local && chance < kept => Absence::Leave,
            1..=9 if chance >= kept && chance < kept + shares.body => Absence::Body,
            10 if person.age == 15 && chance < shares.graduated => Absence::Graduated,
            _ => return,
        };
        person.absence = Some(absence);
        if absence == Absence::HomeTeaching {
            let (kind, degree) = (self.rng.random_range(1..8), self.rng.random_range(1..5));
            person.disability = Some(format!("{}{kind}{degree}", person.id));
        }
        if !matches!(absence, Absence::HomeTeaching | Absence::Leave) {
            person.study = if absence == Absence::Deferred { Study::Young } else { Study::No };
            person.stage = "";
            person.level = match absence {
                Absence::Body => "文盲或半文盲",
                Absence::Graduated => "初中",
                _ => "",
            };
        }
    }
}
