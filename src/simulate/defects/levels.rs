//! 文化程度 and 在校生状况 that disagree with each other, with the schools, or with the age.

use super::Planter;
use crate::simulate::people::{Generation, Person, Study};
use crate::simulate::tables::{level, mark, not_a_pupil, status};

impl Planter<'_> {
    pub(super) fn levels(&mut self) {
        let people = self.population;
        let generation = people.generation;
        let adult = |person: &Person| person.registered && person.study == Study::No && person.age > 30;
        let pupil = |person: &Person| person.registered && person.study == Study::Local && person.absence.is_none();
        if let Some(index) = self.pick(adult) {
            self.facts.levels.remove(&index);
            self.defect("文化程度/both-empty", "register", index, &["文化程度"], "");
        }
        if let Some(index) = self.pick(|person| pupil(person) && person.stage == "小学") {
            self.defect("文化程度/both-filled", "register", index, &["文化程度"], &level(generation, "小学"));
        }
        if let Some(index) = self.pick(adult) {
            self.facts.levels.remove(&index);
            self.defect("文化程度/code-unknown", "register", index, &["文化程度"], &level(generation, "大专及以上"));
        }
        if let Some(index) = self.pick(|person| pupil(person) && person.stage == "初中") {
            let grade = people.people[index].grade % 3 + 1;
            self.defect(
                "文化程度/stage-differs",
                "register",
                index,
                &["在校生状况"],
                &status(generation, "初中", grade),
            );
        }
        if let Some(index) = self.pick(|person| pupil(person) && person.stage == "小学" && person.age >= 9) {
            self.set("register", mark(index), &["在校生状况"], not_a_pupil(generation));
            self.defect(
                "文化程度/enrolled-but-not-student",
                "register",
                index,
                &["文化程度"],
                &level(generation, "小学"),
            );
        }
        if let Some(index) = self.pick(|person| person.registered && person.study == Study::Outside && person.age > 16)
        {
            self.remove(index, &["outside", "aid", "survey"]);
            if generation == Generation::Old && people.people[index].stage == "本科" {
                // 16大专及以上 says no stage, and no school does any more.
                self.facts.levels.remove(&index);
            }
            self.note("文化程度/student-not-found", "register", mark(index));
        }
        if let Some(index) = self.pick(|person| {
            person.registered && person.study == Study::No && (18..30).contains(&person.age) && person.level == "初中"
        }) {
            let person = &people.people[index];
            let cells = [
                ("学期", "2017-2018-2".to_owned()),
                ("姓名", person.name.clone()),
                ("身份证号码", person.id.clone()),
                ("学段", "普高".to_owned()),
                ("资助项目", "普通高中国家助学金".to_owned()),
                ("资助金额", "#1250".to_owned()),
            ];
            let fresh = self.append("aid", &cells);
            // A record of senior high school also proves what everybody there has.
            self.facts.aid.entry(index).or_default().extend([(fresh, "5"), (fresh << 1, "3")]);
            self.note("文化程度/lower-than-evidence", "register", mark(index));
        }
        if let Some(index) = self.pick(|person| adult(person) && person.age > 40) {
            self.set("register", mark(index), &["文化程度"], "");
            self.facts.levels.insert(index, "2");
            self.defect("文化程度/implausible-age", "register", index, &["在校生状况"], &status(generation, "小学", 1));
        }
    }
}
