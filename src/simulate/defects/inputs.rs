//! Files, sheets, rows and cells that cannot be read or understood.

use super::{Planter, Spot};
use crate::simulate::people::Study;
use crate::simulate::place::JUNIOR;
use crate::simulate::sheet::{Draft, Line, Shape};
use crate::simulate::tables::mark;

impl Planter<'_> {
    pub(super) fn inputs(&mut self) {
        let people = self.population;
        let nobody = [
            ("姓名", "待查".to_owned()),
            ("学校全称", people.place.schools[JUNIOR].clone()),
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
        let agenda = format!("{}安排自查", people.place.township);
        odd.lines.push(Line { cells: ["6月18日", &agenda, "许嘉禾"].map(str::to_owned).to_vec(), mark: 1 });
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
    }

    /// Children who are six but not due yet: nothing is wrong with them, and they are told of.
    pub(super) fn waiting(&mut self) {
        let due = self.population.people.iter().enumerate().filter(|(_, person)| {
            person.registered && person.age == 6 && person.stage == "学前" && person.absence.is_none()
        });
        let waiting: Vec<usize> = due.map(|(index, _)| index).filter(|index| !self.used.contains(index)).collect();
        for index in waiting {
            // Who studies kindergarten outside has its row there; both are not due yet.
            self.note("A4/date-sensitive", "register", mark(index));
        }
    }
}
