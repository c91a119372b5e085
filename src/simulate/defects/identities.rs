//! Numbers, names, birth dates and heads of households that are wrong.

use super::Planter;
use crate::simulate::people::{Person, Study};
use crate::simulate::tables::mark;
use crate::standardise::id_number::check_character;

impl Planter<'_> {
    pub(super) fn identities(&mut self) {
        let adult = |person: &Person| {
            person.registered && person.study == Study::No && person.age > 30 && person.relation != "户主"
        };
        let pupil = |person: &Person| {
            person.registered && person.study == Study::Local && person.absence.is_none() && person.stage == "小学"
        };
        let people = self.population;
        if let Some(index) = self.pick(pupil) {
            let mut short = people.people[index].id.clone();
            short.remove(9);
            self.note("身份/probable-match", "register", mark(index));
            self.defect("身份/id-malformed", "register", index, &["证件号码"], &short);
        }
        if let Some(index) = self.pick(pupil) {
            let id = &people.people[index].id;
            let wrong = if id.ends_with('3') { "4" } else { "3" };
            self.defect(
                "身份/id-check-digit",
                "roll",
                index,
                &["身份证号", "身份证件号"],
                &format!("{}{wrong}", &id[..17]),
            );
        }
        if let Some(index) = self.pick(pupil) {
            let number = format!("#{}", &people.people[index].id[..17].parse::<u64>().unwrap_or_default() * 10);
            self.defect("身份/id-damaged", "roll", index, &["身份证号", "身份证件号"], &number);
        }
        if let Some(index) = self.pick(adult) {
            let body = format!("999999{}", &people.people[index].id[6..17]);
            let check = check_character(body.as_bytes()).map_or('0', char::from);
            self.defect("身份/id-placeholder", "register", index, &["证件号码"], &format!("{body}{check}"));
        }
        if let Some(index) = self.pick(adult) {
            let id = &people.people[index].id;
            let month = if &id[10..12] == "05" { "06" } else { "05" };
            self.defect(
                "身份/birth-date-differs",
                "register",
                index,
                &["出生日期"],
                &format!("{}{month}{}", &id[6..10], "11"),
            );
        }
        if let Some(index) = self.pick(adult) {
            let other = if people.people[index].male { "女" } else { "男" };
            self.defect("身份/sex-differs", "register", index, &["性别"], other);
        }
        if let Some(index) = self.pick(adult)
            && let Some(draft) = self.draft("register", mark(index))
            && let Some(mut copy) = draft.lines.iter().find(|line| line.mark == mark(index)).cloned()
        {
            copy.mark += 1 << 41;
            let fresh = copy.mark;
            draft.lines.push(copy);
            self.note("身份/id-duplicated", "register", fresh);
        }
        if let Some(index) = self.pick(pupil) {
            let name = format!("{}冉", people.people[index].name.chars().next().unwrap_or('张'));
            self.defect("身份/name-differs", "roll", index, &["姓名", "学生姓名"], &name);
        }
        if let Some(index) = self.pick(adult) {
            let id = &people.people[index].id;
            self.defect(
                "身份/id-old-15-digit",
                "register",
                index,
                &["证件号码"],
                &format!("{}{}", &id[..6], &id[8..17]),
            );
        }
        let doubled = self.headless.clone();
        if let Some(index) = self.pick(|person| {
            person.registered && person.relation == "户主" && person.age > 30 && !doubled.contains(&person.household)
        }) {
            self.headless.insert(people.people[index].household);
            self.defect("身份/household-head", "register", index, &["与户主关系"], "其他");
        }
        // A household that has lost its head above would be whole again.
        let headless = self.headless.clone();
        if let Some(index) = self.pick(|person| {
            person.registered && person.relation == "配偶" && person.age > 30 && !headless.contains(&person.household)
        }) {
            self.headless.insert(people.people[index].household);
            self.defect("身份/household-head", "register", index, &["与户主关系"], "户主");
        }
    }
}
