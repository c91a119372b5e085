//! The same papers in the shape of large files: one table each, every row saying its own school, stage and term.

use super::super::people::{Population, Study};
use super::super::sheet::{Draft, Line, Shape};
use super::schools::{ledger, outside, roll_status};
use super::{aid, archive, day, district, label, mark, pairing, register, registered, reported, sex, village};

/// Every table once, named for what it is, without an ending.
pub fn plain(population: &Population) -> Vec<Draft> {
    let mut drafts = vec![
        named(register(population), "登记"),
        roll(population),
        named(outside(population), "区外就读"),
        named(ledger(population), "不在校台账"),
        aid_rows(population),
    ];
    let forms = aid::surveys(population).into_iter().filter(|draft| draft.group.is_some());
    drafts.extend(forms.map(|draft| named(draft, "采集表")));
    drafts.extend([
        named(pairing(population), "结对帮扶"),
        named(district(population), "学区划分"),
        named(reported(population), "不在校人数上报"),
        named(archive(population), "档案清单"),
    ]);
    drafts
}

/// Every row says its county, because names of villages and schools come again beyond it.
pub fn with_county(draft: &mut Draft, county: &str) {
    // The register says it already.
    let header = match draft.table {
        "register" => return,
        "outside" => "户籍县",
        _ => "县",
    };
    let width = draft.headers.len();
    draft.headers.push(header.to_owned());
    for line in &mut draft.lines {
        line.cells.resize(width, String::new());
        line.cells.push(county.to_owned());
    }
}

/// A table without titles, groups and signatures around it.
fn named(draft: Draft, name: &str) -> Draft {
    Draft {
        file: name.to_owned(),
        sheet: String::new(),
        shape: Shape::Plain,
        titles: Vec::new(),
        group: None,
        footer: Vec::new(),
        ..draft
    }
}

fn roll(population: &Population) -> Draft {
    let headers = [
        "学校名称",
        "学期",
        "学段",
        "年级",
        "班级",
        "姓名",
        "性别",
        "出生日期",
        "身份证件号",
        "全国学籍号",
        "就读方式",
        "学生状态",
        "行政村",
    ];
    let mut draft = Draft::new("roll", "学籍", "", Shape::Plain, &headers);
    for (index, person) in population.people.iter().enumerate().filter(|(_, person)| person.study == Study::Local) {
        let cells = [
            population.school(person),
            "2019-2020-2",
            person.stage,
            &label(person),
            "1班",
            &person.name,
            sex(person),
            &day(person.birth, "compact"),
            &person.id,
            &format!("G{}", person.id),
            if person.path.boarder { "住校" } else { "走读" },
            roll_status(person),
            village(population, person),
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    draft
}

fn aid_rows(population: &Population) -> Draft {
    let mut draft = Draft::new("aid", "资助", "", Shape::Plain, &aid::AID_HEADERS);
    for (index, person) in registered(population) {
        for (number, payment) in (0_u64..).zip(aid::payments(population, person)) {
            let cells = aid::aid_cells(population, person, &payment);
            draft.lines.push(Line { cells, mark: mark(index) * 100 + number });
        }
    }
    draft
}
