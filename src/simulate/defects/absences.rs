//! Children out of school whose ledger, roll or register says something else.

use super::Planter;
use crate::simulate::people::{Absence, Person, Study};
use crate::simulate::tables::{ledger_cells, mark};

/// A rule, the reason of the child, and what its row says instead.
type Case = (&'static str, Absence, &'static [(&'static str, &'static str)]);

/// Where a child stands on the ledger.
struct Listed {
    index: usize,
    mark: u64,
}

impl Planter<'_> {
    pub(super) fn absences(&mut self) {
        if let Some(index) = self.pick(|person| person.registered && in_school(person)) {
            self.remove(index, &["roll", "aid", "survey", "pairing"]);
            self.facts.untraced += 1;
            self.note("A4/unaccounted", "register", mark(index));
        }
        if let Some(index) = self.pick(in_school) {
            let fresh = self.list(index, Absence::Body);
            self.note("A4/listed-but-in-school", "absence", fresh);
        }
        if let Some(index) =
            self.pick(|person| person.study == Study::No && (17..21).contains(&person.age) && person.absence.is_none())
        {
            let fresh = self.list(index, Absence::Graduated);
            self.note("A4/outside-age", "absence", fresh);
        }
        if let Some(index) = self.pick(in_school) {
            self.suspend(index, "休学");
            self.facts.absent.insert(index, Some("3"));
            self.note("A4/not-listed", "roll", mark(index));
        }
        self.reasons();
        self.proofs();
    }

    fn reasons(&mut self) {
        let cases = [
            ("A5/reason-missing", "", None),
            ("A5/reason-unknown", "随父母外出无法联系", None),
            ("A5/reason-multiple", "送教上门、上学不便", None),
            ("A5/dropout-reason", "厌学", Some("6")),
        ];
        for (rule, reason, code) in cases {
            let Some(listed) = self.listed(Absence::Body, |_| true) else { continue };
            self.set("absence", listed.mark, &["不在校原因"], reason);
            self.facts.absent.insert(listed.index, code);
            if self.population.people[listed.index].registered {
                // The register's own word would be a second defect.
                self.set("register", mark(listed.index), &["失学或辍学原因", "失学辍学原因"], "");
            }
            self.note(rule, "absence", listed.mark);
        }
        if let Some(listed) = self.listed(Absence::Leave, |person| person.registered) {
            self.set("register", mark(listed.index), &["失学或辍学原因", "失学辍学原因"], "厌学");
            self.note("A5/register-reason-differs", "absence", listed.mark);
        }
    }

    fn proofs(&mut self) {
        let cases: [Case; 7] = [
            ("A5/leave-over-a-year", Absence::Leave, &[("开始时间", "2018-09-03"), ("批准时间", "")]),
            ("A5/leave-over-a-year", Absence::Leave, &[("开始时间", ""), ("批准时间", "")]),
            ("A5/date-sensitive", Absence::Leave, &[("开始时间", "2019-08-01")]),
            ("A5/deferral-too-old", Absence::Deferred, &[("批准时间", "2018-08-28")]),
            ("A5/graduated-unproven", Absence::Graduated, &[("佐证材料", "村委会证明")]),
            ("A5/home-teaching-unproven", Absence::HomeTeaching, &[("送教记录", "无")]),
            ("A5/evidence-missing", Absence::Body, &[("佐证材料", "")]),
        ];
        for (rule, absence, cells) in cases {
            let Some(listed) = self.listed(absence, |_| true) else { continue };
            for (header, text) in cells {
                self.set("absence", listed.mark, &[header], text);
            }
            self.note(rule, "absence", listed.mark);
        }
    }

    /// A child on the ledger for that reason; where none is left, one is taken out of school for it.
    fn listed(&mut self, absence: Absence, fits: impl Fn(&Person) -> bool) -> Option<Listed> {
        let of_age = |person: &Person| (6..=15).contains(&person.age);
        if let Some(index) = self.pick(|person| person.absence == Some(absence) && of_age(person) && fits(person)) {
            return Some(Listed { index, mark: mark(index) });
        }
        let index = match absence {
            Absence::HomeTeaching | Absence::Leave => self.pick(|person| in_school(person) && fits(person)),
            Absence::Body => self.pick(|person| in_school(person) && !person.registered && fits(person)),
            Absence::Deferred => self.pick(|person| {
                in_school(person)
                    && !person.registered
                    && person.stage == "小学"
                    && person.grade == 1
                    && person.age < 8
                    && fits(person)
            }),
            Absence::Graduated => self.pick(|person| {
                in_school(person) && !person.registered && person.stage == "初中" && person.age >= 14 && fits(person)
            }),
        }?;
        match absence {
            Absence::HomeTeaching => self.suspend(index, "送教上门"),
            Absence::Leave => self.suspend(index, "休学"),
            _ => self.remove(index, &["roll"]),
        }
        self.facts.absent.insert(index, Some(absence.code()));
        Some(Listed { index, mark: self.list(index, absence) })
    }

    /// A pupil who keeps the place on the roll but gets nothing and is asked nothing.
    fn suspend(&mut self, index: usize, status: &str) {
        self.remove(index, &["aid", "survey"]);
        self.set("roll", mark(index), &["学生状态", "学籍状态"], status);
    }

    /// A new row on the ledger.
    fn list(&mut self, index: usize, absence: Absence) -> u64 {
        let cells = ledger_cells(self.population, index, absence);
        self.fresh += 1;
        let fresh = self.fresh;
        if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.table == "absence") {
            let mut row = vec![(draft.lines.len() + 1).to_string()];
            row.extend(cells);
            draft.lines.push(crate::simulate::sheet::Line { cells: row, mark: fresh });
        }
        fresh
    }
}

fn in_school(person: &Person) -> bool {
    person.study == Study::Local
        && person.absence.is_none()
        && matches!(person.stage, "小学" | "初中")
        && (6..=15).contains(&person.age)
}
