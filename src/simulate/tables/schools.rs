//! What schools and the office keep of children: rolls in four shapes, the outside table, the ledger.

use super::super::people::{Absence, Person, Population, Study};
use super::super::place::{JUNIOR, KINDERGARTEN, PRIMARIES};
use super::super::sheet::{Draft, Line, Shape};
use super::{day, label, mark, registered, sex, village};
use crate::standardise::grammar::grade_label;

pub fn roll_status(person: &Person) -> &'static str {
    match person.absence {
        Some(Absence::HomeTeaching) => "送教上门",
        Some(Absence::Leave) => "休学",
        _ => "正常",
    }
}

/// Class sheets, a 学籍 export as CSV, a tab-separated `.xls`, a kindergarten's short list.
pub fn rosters(population: &Population) -> Vec<Draft> {
    let schools = &population.place.schools;
    let pupils = |school: usize| {
        let at = move |person: &Person| population.school(person) == schools[school];
        population.people.iter().enumerate().filter(move |(_, person)| person.study == Study::Local && at(person))
    };
    let mut drafts = Vec::new();
    let short = ["序号", "姓名", "性别", "身份证号", "出生年月", "全国学籍号", "就读方式", "学生状态", "户籍所在村"];
    for grade in 1..=6 {
        let name = grade_label("小学", grade).unwrap_or_default();
        let mut draft = Draft::new(
            "roll",
            &format!("02{}花名册.xlsx", schools[PRIMARIES[0]]),
            &format!("{name}1班"),
            Shape::Workbook,
            &short,
        );
        draft.titles = vec![format!("{}2019-2020学年第二学期在校学生花名册", schools[PRIMARIES[0]])];
        for (index, person) in pupils(PRIMARIES[0]).filter(|(_, person)| i64::from(person.grade) == grade) {
            let number = (draft.lines.len() + 1).to_string();
            let cells = [
                number.as_str(),
                &person.name,
                sex(person),
                &person.id,
                &day(person.birth, "chinese"),
                &format!("G{}", person.id),
                if person.path.boarder { "住校" } else { "走读" },
                roll_status(person),
                village(population, person),
            ];
            draft.lines.push(Line { cells: cells.map(|cell| (*cell).to_owned()).to_vec(), mark: mark(index) });
        }
        draft.footer.push(vec!["班主任：".to_owned()]);
        drafts.push(draft);
    }
    for (number, school) in [(3, PRIMARIES[1]), (4, PRIMARIES[2])] {
        let headers = [
            "学校名称",
            "学期",
            "年级名称",
            "班级名称",
            "姓名",
            "性别",
            "出生日期",
            "民族",
            "身份证件类型",
            "身份证件号",
            "全国学籍号",
            "户口性质",
            "就读方式",
            "学生状态",
            "行政村",
            "是否留守儿童",
        ];
        let mut draft =
            Draft::new("roll", &format!("{number:02}{}学籍导出.csv", schools[school]), "", Shape::Gbk, &headers);
        for (index, person) in pupils(school) {
            let cells = [
                schools[school].as_str(),
                "2019-2020学年第二学期",
                &label(person),
                "1班",
                &person.name,
                sex(person),
                &day(person.birth, "compact"),
                "汉族",
                "居民身份证",
                &person.id,
                &format!("G{}", person.id),
                "农业",
                if person.path.boarder { "住校" } else { "走读" },
                roll_status(person),
                village(population, person),
                "否",
            ];
            draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
        }
        drafts.push(draft);
    }
    let headers = [
        "学校",
        "学年学期",
        "年级",
        "班级",
        "学生姓名",
        "性别",
        "身份证件号",
        "学籍号",
        "住宿方式",
        "学籍状态",
        "户籍村",
    ];
    let mut draft = Draft::new("roll", &format!("05{}学籍.xls", schools[JUNIOR]), "", Shape::Tabs, &headers);
    for (index, person) in pupils(JUNIOR) {
        let cells = [
            schools[JUNIOR].as_str(),
            "2019-2020-2",
            &label(person),
            "2班",
            &person.name,
            sex(person),
            &person.id,
            &format!("G{}", person.id),
            if person.path.boarder { "住校" } else { "走读" },
            roll_status(person),
            village(population, person),
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    drafts.push(draft);
    let headers = ["序号", "幼儿姓名", "性别", "出生日期", "身份证号码", "年级", "班级", "学生状态", "户籍村"];
    let mut draft =
        Draft::new("roll", &format!("06{}花名册.xlsx", schools[KINDERGARTEN]), "在园幼儿", Shape::Workbook, &headers);
    draft.headers[1] = "学生姓名".to_owned();
    draft.titles = vec![format!("{}2020年春季在园幼儿花名册", schools[KINDERGARTEN])];
    for (index, person) in pupils(KINDERGARTEN) {
        let cells = [
            &(draft.lines.len() + 1).to_string(),
            &person.name,
            sex(person),
            &day(person.birth, "plain"),
            &person.id,
            &label(person),
            "1",
            "正常",
            village(population, person),
        ];
        draft.lines.push(Line { cells: cells.map(|cell| (*cell).to_owned()).to_vec(), mark: mark(index) });
    }
    drafts.push(draft);
    drafts
}

pub fn outside(population: &Population) -> Draft {
    let headers = [
        "序号",
        "学期",
        "行政村",
        "户编号",
        "学生姓名",
        "性别",
        "身份证号",
        "就读省市",
        "就读学校",
        "学段",
        "年级",
        "学区学校",
        "未收假",
        "备注",
    ];
    let mut draft = Draft::new("outside", "07区外就读学生统计表.xlsx", "区外就读", Shape::Workbook, &headers);
    draft.titles = vec!["学校学区内户籍建档立卡学生区外就读及历年资助情况统计表".to_owned()];
    for (index, person) in registered(population).filter(|(_, person)| person.study == Study::Outside) {
        let household = &population.households[person.household];
        let cells = [
            &(draft.lines.len() + 1).to_string(),
            "2019-2020学年第二学期",
            village(population, person),
            &household.number,
            &person.name,
            sex(person),
            &person.id,
            &format!("{}{}", population.place.province, population.place.city),
            population.school(person),
            person.stage,
            &label(person),
            population.place.primary_of(household.village),
            "",
            "",
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    draft
}

pub fn ledger(population: &Population) -> Draft {
    let headers = [
        "序号",
        "学区",
        "行政村",
        "姓名",
        "性别",
        "出生日期",
        "身份证(残疾证)号码",
        "户编号",
        "不在校原因",
        "开始时间",
        "批准时间",
        "送教记录",
        "佐证材料",
    ];
    let mut draft = Draft::new("absence", "08控辍保学不在校台账.xls", "", Shape::Html, &headers);
    draft.titles = vec!["学区内义务教育适龄少年儿童不在校情况统计表".to_owned()];
    for (index, person) in population.people.iter().enumerate() {
        let Some(absence) = person.absence else { continue };
        let mut cells = vec![(draft.lines.len() + 1).to_string()];
        cells.extend(ledger_cells(population, index, absence));
        draft.lines.push(Line { cells, mark: mark(index) });
    }
    draft
}

/// A ledger row without its serial number.
pub fn ledger_cells(population: &Population, index: usize, absence: Absence) -> Vec<String> {
    let person = &population.people[index];
    let household = &population.households[person.household];
    let (start, approved, visits, evidence) = match absence {
        Absence::Body => ("", "", "", "残疾证复印件"),
        Absence::HomeTeaching => ("2019-09-02", "", "每月2次", "一人一案"),
        Absence::Leave => ("2019-10-08", "2019-10-10", "", "休学审批表"),
        Absence::Deferred => ("", "2019-09-02", "", "延缓入学审批表"),
        Absence::Graduated => ("", "", "", "初中毕业证复印件"),
    };
    [
        population.place.primary_of(household.village),
        village(population, person),
        &person.name,
        sex(person),
        &day(person.birth, "plain"),
        person.disability.as_ref().unwrap_or(&person.id),
        if person.registered { household.number.as_str() } else { "" },
        absence.label(),
        start,
        approved,
        visits,
        evidence,
    ]
    .map(str::to_owned)
    .to_vec()
}
