//! Forms without signatures, archives with gaps, and figures that the schools report wrongly.

use super::Planter;
use crate::simulate::people::{Person, Study};
use crate::simulate::place::PRIMARIES;
use crate::simulate::tables::{archive_mark, mark};

/// The school whose head has signed nothing.
const UNSIGNED: usize = PRIMARIES[2];

impl Planter<'_> {
    pub(super) fn signatures(&mut self) {
        let asked = |person: &Person| person.registered && person.study == Study::Local && person.absence.is_none();
        if let Some(index) = self.pick(|person| asked(person) && person.stage == "小学") {
            self.defect("签字/officer-unsigned", "survey", index, &["扶贫管理员签字"], "");
        }
        let (people, population) = (&self.population.people, self.population);
        let unsigned = &population.place.schools[UNSIGNED];
        let answers = |person: &Person| match person.study {
            Study::Local => population.school(person) == unsigned,
            _ => population.primary_of(person) == unsigned,
        };
        let mut first = None;
        for draft in self.drafts.iter_mut().filter(|draft| draft.table == "survey") {
            let Some(column) = draft.column("校长签字") else { continue };
            for line in &mut draft.lines {
                let person = usize::try_from(line.mark).ok().and_then(|mark| people.get(mark - 1));
                if person.is_some_and(answers) {
                    line.cells[column].clear();
                    first.get_or_insert(line.mark);
                }
            }
        }
        if let Some(first) = first {
            self.note("签字/head-unsigned", "survey", first);
        }
    }

    pub(super) fn archives(&mut self) {
        let find = |planter: &Self, school: usize, text: &str| {
            let draft = planter.drafts.iter().find(|draft| draft.table == "archive")?;
            let of = archive_mark(school, 0)..archive_mark(school + 1, 0);
            draft
                .lines
                .iter()
                .find(|line| of.contains(&line.mark) && line.cells.iter().any(|cell| cell == text))
                .map(|line| line.mark)
        };
        let drop = |planter: &mut Self, mark: u64| {
            for draft in planter.drafts.iter_mut().filter(|draft| draft.table == "archive") {
                draft.lines.retain(|line| line.mark != mark);
            }
        };
        if let Some(gone) = find(self, 0, "问题整改") {
            drop(self, gone);
            self.note("档案/category-missing", "archive", archive_mark(0, 0));
        }
        if let Some(blank) = find(self, 1, "责任书") {
            self.set("archive", blank, &["是否齐全"], "否");
            self.note("档案/item-missing", "archive", blank);
        }
        if let (Some(gone), Some(category)) = (find(self, 2, "制度汇编"), find(self, 2, "控辍保学")) {
            drop(self, gone);
            self.note("档案/item-missing", "archive", category);
        }
        if let Some(unsigned) = find(self, 3, "资金监管") {
            self.set("archive", unsigned, &["是否签字"], "");
            self.note("档案/unsigned-or-undated", "archive", unsigned);
        }
        if let Some(undated) = find(self, 4, "计划安排") {
            self.set("archive", undated, &["归档日期"], "");
            self.note("档案/unsigned-or-undated", "archive", undated);
        }
    }

    /// What an honest school reports: what its papers say.
    pub(super) fn hand_in(&mut self) {
        for (index, school) in PRIMARIES.iter().map(|school| &self.population.place.schools[*school]).enumerate() {
            let (total, by_reason) = self.facts.absent_of(self.population, school);
            let Some(draft) = self.drafts.iter_mut().find(|draft| draft.table == "reported") else { return };
            let Some(line) = draft.lines.get_mut(index) else { continue };
            line.cells[1] = format!("#{total}");
            for code in 1..=8 {
                let count = by_reason.get(code.to_string().as_str()).copied().unwrap_or_default();
                line.cells[1 + code] = format!("#{count}");
            }
        }
    }

    pub(super) fn reported(&mut self) {
        let mut raise = |school: usize, column: usize, by: usize| {
            let Some(draft) = self.drafts.iter_mut().find(|draft| draft.table == "reported") else { return };
            let Some(cell) = draft.lines.get_mut(school).and_then(|line| line.cells.get_mut(column)) else { return };
            let known: usize = cell.trim_start_matches('#').parse().unwrap_or_default();
            *cell = format!("#{}", known + by);
        };
        raise(0, 1, 1);
        // More than children whose reason is unknown could explain.
        raise(1, 2, 1 + self.facts.absent.len());
        self.note("A4/reported-total-differs", "reported", mark(0));
        self.note("A5/reported-breakdown-differs", "reported", mark(1));
    }
}
