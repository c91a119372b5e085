//! Defects planted in a clean township, each with the place where it must be found. Every victim is used once, so that defects do not hide each other.

use super::people::{Absence, Person, Population, Study};
use super::sheet::{Draft, Line, Shape};
use super::tables::{items, mark, on_list_form, status};
use crate::standardise::id_number::check_character;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// One defect: the rule that must find it, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    pub rule: &'static str,
    pub file: String,
    pub sheet: String,
    /// As the spreadsheet shows it; none for a whole file or sheet.
    pub row: Option<usize>,
}

/// Which row of which table a defect stands in; rows get their numbers when all defects are planted.
enum Spot {
    Row { table: &'static str, mark: u64 },
    Header { file: String, sheet: String },
    Whole { file: String, sheet: String },
}

struct Planter<'p> {
    population: &'p Population,
    drafts: Vec<Draft>,
    order: Vec<usize>,
    used: BTreeSet<usize>,
    spots: Vec<(&'static str, Spot)>,
    namesakes: BTreeMap<(String, i32), usize>,
    fresh: u64,
}

/// Plants every kind of defect `times` times; returns the drafts and where the defects are.
pub fn plant(population: &Population, drafts: Vec<Draft>, seed: u64, times: usize) -> (Vec<Draft>, Vec<Truth>) {
    let mut order: Vec<usize> = (0..population.people.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed ^ 0x00de_fec7));
    let mut namesakes = BTreeMap::new();
    for person in &population.people {
        *namesakes.entry((person.name.clone(), person.birth)).or_insert(0) += 1;
    }
    let mut planter =
        Planter { population, drafts, order, used: BTreeSet::new(), spots: Vec::new(), namesakes, fresh: 1 << 40 };
    for _ in 0..times {
        planter.absences();
        planter.identities();
        planter.levels();
        planter.answers();
    }
    planter.inputs();
    planter.finish()
}

impl Planter<'_> {
    /// The next person that fits and has not been touched; names must be unique with the birth date, so that a broken number can be repaired.
    fn pick(&mut self, fits: impl Fn(&Person) -> bool) -> Option<usize> {
        let people = &self.population.people;
        let found = self.order.iter().copied().find(|index| {
            let person = &people[*index];
            !self.used.contains(index)
                && fits(person)
                && self.namesakes.get(&(person.name.clone(), person.birth)) == Some(&1)
        })?;
        self.used.insert(found);
        Some(found)
    }

    fn draft(&mut self, table: &str, mark: u64) -> Option<&mut Draft> {
        self.drafts.iter_mut().find(|draft| draft.table == table && draft.lines.iter().any(|line| line.mark == mark))
    }

    fn set(&mut self, table: &'static str, mark: u64, headers: &[&str], text: &str) {
        if let Some(draft) = self.draft(table, mark)
            && let Some(header) = headers.iter().find(|header| draft.column(header).is_some())
        {
            draft.set(mark, header, text);
        }
    }

    fn note(&mut self, rule: &'static str, table: &'static str, mark: u64) {
        self.spots.push((rule, Spot::Row { table, mark }));
    }

    /// Sets a cell of a person's row and notes the defect there.
    fn defect(&mut self, rule: &'static str, table: &'static str, person: usize, headers: &[&str], text: &str) {
        self.set(table, mark(person), headers, text);
        self.note(rule, table, mark(person));
    }

    /// Takes every row of a person out of some tables.
    fn remove(&mut self, person: usize, tables: &[&str]) {
        for draft in self.drafts.iter_mut().filter(|draft| tables.contains(&draft.table)) {
            draft
                .lines
                .retain(|line| line.mark != mark(person) && !(draft.table == "aid" && line.mark / 100 == mark(person)));
        }
    }

    fn append(&mut self, table: &'static str, cells: &[(&str, String)]) -> u64 {
        self.fresh += 1;
        let fresh = self.fresh;
        if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.table == table) {
            let cells = draft
                .headers
                .iter()
                .map(|header| {
                    cells.iter().find(|(name, _)| name == header).map(|(_, text)| text.clone()).unwrap_or_default()
                })
                .collect();
            draft.lines.push(Line { cells, mark: fresh });
        }
        fresh
    }

    fn identities(&mut self) {
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
    }

    fn levels(&mut self) {
        let people = self.population;
        let adult = |person: &Person| person.registered && person.study == Study::No && person.age > 30;
        let pupil = |person: &Person| person.registered && person.study == Study::Local && person.absence.is_none();
        if let Some(index) = self.pick(adult) {
            self.defect("文化程度/both-empty", "register", index, &["文化程度"], "");
        }
        if let Some(index) = self.pick(|person| pupil(person) && person.stage == "小学") {
            self.defect("文化程度/both-filled", "register", index, &["文化程度"], "小学");
        }
        if let Some(index) = self.pick(adult) {
            self.defect("文化程度/code-unknown", "register", index, &["文化程度"], "大专及以上");
        }
        if let Some(index) = self.pick(|person| pupil(person) && person.stage == "初中") {
            let grade = people.people[index].grade % 3 + 1;
            self.defect("文化程度/stage-differs", "register", index, &["在校生状况"], &status("初中", grade));
        }
        if let Some(index) = self.pick(|person| pupil(person) && person.stage == "小学" && person.age >= 9) {
            self.set("register", mark(index), &["在校生状况"], "");
            self.defect("文化程度/enrolled-but-not-student", "register", index, &["文化程度"], "小学");
        }
        if let Some(index) = self.pick(|person| person.registered && person.study == Study::Outside && person.age > 16)
        {
            self.remove(index, &["outside", "aid", "survey"]);
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
            self.append("aid", &cells);
            self.note("文化程度/lower-than-evidence", "register", mark(index));
        }
        if let Some(index) = self.pick(|person| adult(person) && person.age > 40) {
            self.set("register", mark(index), &["文化程度"], "");
            self.defect("文化程度/implausible-age", "register", index, &["在校生状况"], "小学");
        }
    }

    fn absences(&mut self) {
        let in_window = |person: &Person| (6..=15).contains(&person.age);
        let local = |person: &Person| {
            person.study == Study::Local
                && person.absence.is_none()
                && matches!(person.stage, "小学" | "初中")
                && in_window(person)
        };
        if let Some(index) = self.pick(|person| person.registered && local(person)) {
            self.remove(index, &["roll", "aid", "survey", "pairing"]);
            self.note("A4/unaccounted", "register", mark(index));
        }
        if let Some(index) = self.pick(local) {
            let fresh = self.ledger_row(index, Absence::Body.label());
            self.note("A4/listed-but-in-school", "absence", fresh);
        }
        if let Some(index) =
            self.pick(|person| person.study == Study::No && (17..21).contains(&person.age) && person.absence.is_none())
        {
            let fresh = self.ledger_row(index, Absence::Graduated.label());
            self.note("A4/outside-age", "absence", fresh);
        }
        if let Some(index) = self.pick(local) {
            self.remove(index, &["aid", "survey"]);
            self.defect("A4/not-listed", "roll", index, &["学生状态", "学籍状态"], "休学");
        }
        let listed = |person: &Person| {
            matches!(person.absence, Some(Absence::Body | Absence::HomeTeaching | Absence::Leave)) && in_window(person)
        };
        for (rule, reason) in
            [("A5/reason-missing", ""), ("A5/reason-unknown", "随父母外出无法联系"), ("A5/dropout-reason", "厌学")]
        {
            if let Some(index) = self.pick(listed) {
                self.defect(rule, "absence", index, &["不在校原因"], reason);
            } else if let Some(index) = self.pick(|person| !person.registered && local(person)) {
                // A small township has too few on its ledger: this child is taken out of school.
                self.remove(index, &["roll"]);
                let fresh = self.ledger_row(index, reason);
                self.note(rule, "absence", fresh);
            }
        }
    }

    fn ledger_row(&mut self, index: usize, reason: &str) -> u64 {
        let person = &self.population.people[index];
        let household = &self.population.households[person.household];
        let village = super::people::VILLAGES[household.village];
        let cells = [
            ("学区", super::people::primary_of(household.village).to_owned()),
            ("行政村", village.to_owned()),
            ("姓名", person.name.clone()),
            ("性别", if person.male { "男" } else { "女" }.to_owned()),
            ("身份证(残疾证)号码", person.id.clone()),
            ("不在校原因", reason.to_owned()),
        ];
        self.append("absence", &cells)
    }

    fn answers(&mut self) {
        let people = self.population;
        let asked = |person: &Person| {
            person.registered
                && matches!(person.study, Study::Local | Study::Outside)
                && person.absence.is_none()
                && !items(person).is_empty()
        };
        let ticked = |person: &Person| asked(person) && !on_list_form(person);
        if let Some(index) = self.pick(ticked) {
            self.defect("A18/none-with-others", "survey", index, &["以上均无"], "√");
        }
        if let Some(index) = self.pick(|person| asked(person) && on_list_form(person)) {
            self.defect("A18/nothing-selected", "survey", index, &["享受的教育扶贫政策(可多选)"], "");
        }
        if let Some(index) = self.pick(|person| asked(person) && on_list_form(person) && person.stage == "小学") {
            let with: Vec<&str> = items(&people.people[index]).into_iter().chain(["5"]).collect();
            self.defect("A18/overstated", "survey", index, &["享受的教育扶贫政策(可多选)"], &with.join("、"));
        }
        if let Some(index) =
            self.pick(|person| ticked(person) && items(person).contains("5") && items(person).len() > 1)
        {
            self.defect("A18/understated", "survey", index, &["国家助学金"], "");
        }
    }

    fn inputs(&mut self) {
        let people = self.population;
        let nobody = [
            ("姓名", "待查".to_owned()),
            ("学校全称", "永宁初级中学".to_owned()),
            ("学期", "2019-2020-2".to_owned()),
            ("资助项目", "学前教育资助".to_owned()),
        ];
        let fresh = self.append("aid", &nobody);
        self.note("输入/row-without-identity", "aid", fresh);
        if let Some(index) = self.pick(|person| {
            person.registered && person.study == Study::Local && person.stage == "小学" && person.absence.is_none()
        }) {
            let first = mark(index) * 100;
            self.set("aid", first, &["资助金额"], "二百五十元整");
            self.note("输入/value-unparsed", "aid", first);
        }
        let mut odd = Draft::new("", "18会议记录.xlsx", "记录", Shape::Workbook, &["时间", "内容", "记录人"]);
        odd.lines.push(Line { cells: ["6月18日", "安排自查", "许嘉禾"].map(str::to_owned).to_vec(), mark: 1 });
        self.drafts.push(odd);
        self.spots.push((
            "输入/sheet-unrecognised",
            Spot::Whole { file: "18会议记录.xlsx".to_owned(), sheet: "记录".to_owned() },
        ));
        self.spots
            .push(("输入/file-unreadable", Spot::Whole { file: "19损坏的名册.xlsx".to_owned(), sheet: String::new() }));
        if let Some(index) = self.pick(|person| {
            person.registered && person.study == Study::Local && person.stage == "小学" && person.absence.is_none()
        }) {
            let person = &people.people[index];
            let mut late = Draft::new(
                "aid",
                "20补发名单.csv",
                "",
                Shape::Utf8,
                &["姓名", "身份证号", "资助项目", "补发金额", "金额"],
            );
            late.lines.push(Line {
                cells: [person.name.as_str(), &person.id, "营养膳食补助", "见附件", "#100"].map(str::to_owned).to_vec(),
                mark: 1 << 42,
            });
            let (file, sheet) = (late.file.clone(), String::new());
            self.drafts.push(late);
            self.spots.push(("输入/column-missing", Spot::Header { file: file.clone(), sheet: sheet.clone() }));
            self.spots.push(("输入/column-unrecognised", Spot::Header { file, sheet }));
        }
        let due = people.people.iter().enumerate().filter(|(_, person)| {
            person.registered && person.age == 6 && person.stage == "学前" && person.absence.is_none()
        });
        let waiting: Vec<usize> = due.map(|(index, _)| index).filter(|index| !self.used.contains(index)).collect();
        for index in waiting {
            // Who studies kindergarten outside has its row there; both are not due yet.
            self.note("A4/date-sensitive", "register", mark(index));
        }
    }

    fn finish(self) -> (Vec<Draft>, Vec<Truth>) {
        let drafts = self.drafts;
        let mut truths: Vec<Truth> = self
            .spots
            .into_iter()
            .filter_map(|(rule, spot)| match spot {
                Spot::Row { table, mark } => {
                    let draft = drafts.iter().find(|draft| draft.table == table && draft.row_of(mark).is_some())?;
                    Some(Truth {
                        rule,
                        file: draft.file.clone(),
                        sheet: draft.sheet_name().to_owned(),
                        row: draft.row_of(mark),
                    })
                }
                Spot::Header { file, sheet } => {
                    let row = drafts.iter().find(|draft| draft.file == file).map(Draft::header_row);
                    Some(Truth { rule, file, sheet, row })
                }
                Spot::Whole { file, sheet } => Some(Truth { rule, file, sheet, row: None }),
            })
            .collect();
        truths.sort();
        (drafts, truths)
    }
}
