//! Answers that the payments do not bear out, and payments that the policies do not.

use super::Planter;
use crate::simulate::people::{Person, Study};
use crate::simulate::tables::{items, mark, on_list_form, payments};

const THIS_TERM: &str = "2019-2020-2";

impl Planter<'_> {
    pub(super) fn answers(&mut self) {
        let people = self.population;
        let asked = |person: &Person| {
            person.registered
                && matches!(person.study, Study::Local | Study::Outside)
                && person.absence.is_none()
                && !items(people, person).is_empty()
        };
        let ticked = |person: &Person| asked(person) && !on_list_form(people, person);
        if let Some(index) = self.pick(ticked) {
            self.defect("A18/none-with-others", "survey", index, &["以上均无"], "√");
        }
        if let Some(index) = self.pick(|person| asked(person) && on_list_form(people, person)) {
            self.defect("A18/nothing-selected", "survey", index, &["享受的教育扶贫政策(可多选)"], "");
        }
        if let Some(index) = self.pick(|person| asked(person) && on_list_form(people, person) && person.stage == "小学")
        {
            let with: Vec<&str> = items(people, &people.people[index]).into_iter().chain(["5"]).collect();
            self.note("A18/stage-ineligible", "survey", mark(index));
            self.defect("A18/overstated", "survey", index, &["享受的教育扶贫政策(可多选)"], &with.join("、"));
        }
        if let Some(index) =
            self.pick(|person| ticked(person) && items(people, person).contains("5") && items(people, person).len() > 1)
        {
            self.defect("A18/understated", "survey", index, &["国家助学金"], "");
        }
    }

    /// A pupil of a primary school of the township, with all papers in order.
    fn primary(&mut self) -> Option<usize> {
        self.pick(|person| {
            person.registered && person.study == Study::Local && person.stage == "小学" && person.absence.is_none()
        })
    }

    /// The mark of this term's payment of an item.
    fn payment(&self, index: usize, name: &str) -> Option<u64> {
        payments(self.population, &self.population.people[index])
            .iter()
            .position(|payment| payment.term == THIS_TERM && payment.name.contains(name))
            .map(|nth| mark(index) * 100 + nth as u64)
    }

    pub(super) fn payments(&mut self) {
        let people = self.population;
        if let Some(index) = self.primary() {
            self.remove(index, &["survey"]);
            let fresh = self.pay(index, "普通高中免学杂费", "#400");
            self.facts.aid.entry(index).or_default().insert(fresh, "3");
            self.note("A18/stage-ineligible", "aid", fresh);
        }
        if let Some(index) = self.primary()
            && let Some(paid) = self.payment(index, "生活费")
        {
            self.drop_payment(index, paid);
            self.note("A18/entitled-unpaid", "roll", mark(index));
        }
        if let Some(index) = self.primary()
            && let Some(paid) = self.payment(index, "营养")
        {
            self.set("aid", paid, &["资助金额"], "#390");
            self.note("A18/amount-differs", "aid", paid);
        }
        if let Some(index) = self.primary()
            && let Some(paid) = self.payment(index, "生活费")
            && let Some(draft) = self.draft("aid", paid)
            && let Some(mut copy) = draft.lines.iter().find(|line| line.mark == paid).cloned()
        {
            copy.mark += 1 << 41;
            let fresh = copy.mark;
            draft.lines.push(copy);
            self.note("A18/paid-twice", "aid", fresh);
        }
        if let Some(index) = self.pick(|person| {
            !person.registered && person.study == Study::Local && person.stage == "小学" && person.absence.is_none()
        }) {
            let fresh = self.pay(index, "寄宿生生活费补助", "#500");
            self.set("aid", fresh, &["就读方式"], "住校");
            self.note("A18/beneficiary-unregistered", "aid", fresh);
        }
        if let Some(index) = self.pick(|person: &Person| {
            person.registered && person.study == Study::Outside && matches!(person.stage, "高职" | "本科")
        }) {
            let now = payments(people, &people.people[index])
                .into_iter()
                .enumerate()
                .filter(|(_, paid)| paid.term == THIS_TERM);
            for (nth, _) in now {
                self.drop_payment(index, mark(index) * 100 + nth as u64);
            }
            // The answers stay true: every item was paid in an earlier term, or is taken back here.
            self.remove(index, &["survey"]);
            self.note("A18/term-not-started", "outside", mark(index));
        }
        if let Some(index) = self.pick(|person| {
            person.registered && person.study == Study::Outside && matches!(person.stage, "小学" | "初中")
        }) {
            self.defect("A18/term-not-started", "outside", index, &["未收假"], "是");
        }
    }

    /// Enters a payment of this term to a pupil of a primary school.
    fn pay(&mut self, index: usize, item: &str, amount: &str) -> u64 {
        let person = &self.population.people[index];
        let cells = [
            ("学期", THIS_TERM.to_owned()),
            ("姓名", person.name.clone()),
            ("身份证号码", person.id.clone()),
            ("学校全称", self.population.school(person).to_owned()),
            ("学段", person.stage.to_owned()),
            ("资助项目", item.to_owned()),
            ("资助金额", amount.to_owned()),
        ];
        self.append("aid", &cells)
    }

    /// Takes one payment out of the books.
    fn drop_payment(&mut self, index: usize, paid: u64) {
        for draft in self.drafts.iter_mut().filter(|draft| draft.table == "aid") {
            draft.lines.retain(|line| line.mark != paid);
        }
        if let Some(known) = self.facts.aid.get_mut(&index) {
            known.remove(&paid);
        }
    }
}
