//! What was paid, and what households answered about it.

use super::super::people::{Person, Population, Study};
use super::super::place::PRIMARIES;
use super::super::sheet::{Draft, Line, Shape};
use super::{label, mark, registered, village};
use crate::standardise::grammar::grade_label;
use std::collections::BTreeSet;

/// One payment: A18 code, item, term, amount.
#[derive(Debug, Clone)]
pub struct Payment {
    pub item: &'static str,
    pub name: &'static str,
    pub term: &'static str,
    pub stage: &'static str,
    pub grade: i32,
    pub amount: f64,
}

/// What a registered person was paid in the terms on record, by the standards of the domain notes.
pub fn payments(population: &Population, person: &Person) -> Vec<Payment> {
    let mut out = Vec::new();
    if !person.registered || person.absence.is_some() || person.age > 30 {
        return out;
    }
    for (term, written) in population.terms.iter().copied() {
        let Some((stage, grade)) = person.stage_in(school_year(term)) else { continue };
        let mut pay = |item, name, amount| out.push(Payment { item, name, term: written, stage, grade, amount });
        let path = &person.path;
        let higher = if term < 20_191 { 1500.0 } else { 1650.0 };
        match stage {
            "学前" => pay("1", "学前教育资助", 375.0),
            "小学" | "初中" => {
                let full = if stage == "小学" { 500.0 } else { 625.0 };
                if path.boarder {
                    pay("2", "寄宿生生活费补助", full);
                } else if term >= 20_191 {
                    pay("2", "非寄宿生生活费补助", full / 2.0);
                }
                pay("2", "营养膳食补助", 400.0);
            }
            "普高" => {
                // Free from autumn 2016.
                if term >= 20_161 {
                    pay("3", "普通高中免学杂费", 400.0);
                }
                if term >= 20_161 || path.early_grant {
                    pay("5", "普通高中国家助学金", 1250.0);
                }
            }
            "中职" => {
                pay("4", "中职免学费", 1000.0);
                if grade <= 2 {
                    pay("5", "中职国家助学金", 1000.0);
                }
                if path.rain {
                    pay("7", "雨露计划", 1500.0);
                }
            }
            "高职" | "本科" => {
                if path.grant {
                    pay("5", "国家助学金", higher);
                }
                if stage == "高职" && path.rain {
                    pay("7", "雨露计划", 1500.0);
                }
                if path.loan && term % 10 == 1 {
                    pay("6", "生源地信用助学贷款", 8000.0);
                }
            }
            _ => {}
        }
    }
    out
}

/// The year in which a term's school year starts.
fn school_year(term: i64) -> i32 {
    i32::try_from(term / 10).unwrap_or_default()
}

/// The A18 codes that a person's payments prove.
pub fn items(population: &Population, person: &Person) -> BTreeSet<&'static str> {
    payments(population, person).iter().map(|payment| payment.item).collect()
}

/// The columns of an aid ledger.
pub const AID_HEADERS: [&str; 12] = [
    "学期",
    "行政村",
    "姓名",
    "身份证号码",
    "户编号",
    "学校全称",
    "学段",
    "年级",
    "就读方式",
    "资助项目",
    "资助金额",
    "天数",
];

/// One payment as a row of an aid ledger.
pub fn aid_cells(population: &Population, person: &Person, payment: &Payment) -> Vec<String> {
    let household = &population.households[person.household];
    [
        payment.term,
        village(population, person),
        &person.name,
        &person.id,
        &household.number,
        population.school_at(person, payment.stage),
        payment.stage,
        &grade_label(payment.stage, i64::from(payment.grade)).unwrap_or_default(),
        if person.boards(payment.stage) { "住校" } else { "走读" },
        payment.name,
        &format!("#{}", payment.amount),
        if payment.name == "营养膳食补助" { "#100" } else { "" },
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Aid ledgers: the schools' as a workbook, those outside as CSV, 雨露计划 and loans on lists of their own.
pub fn aid(population: &Population) -> Vec<Draft> {
    let mut local = Draft::new("aid", "09学校资助台账.xlsx", "资助发放", Shape::Workbook, &AID_HEADERS);
    local.titles = vec![format!("{}学生资助发放台账", population.place.township)];
    let mut away = Draft::new("aid", "10区外学生资助.csv", "", Shape::Utf8, &AID_HEADERS);
    let mut rain = Draft::new(
        "aid",
        "11雨露计划和贷款名单.xlsx",
        "雨露计划",
        Shape::Workbook,
        &["序号", "村", "学生姓名", "身份证号", "学期", "补助金额"],
    );
    rain.titles = vec!["雨露计划补助名单".to_owned()];
    let mut loan = Draft::new(
        "aid",
        "11雨露计划和贷款名单.xlsx",
        "助学贷款",
        Shape::Workbook,
        &["序号", "村", "借款学生姓名", "身份证号", "学期", "贷款金额"],
    );
    loan.titles = vec!["生源地信用助学贷款名单".to_owned()];
    for (index, person) in registered(population) {
        for (number, payment) in payments(population, person).into_iter().enumerate() {
            let mark = mark(index) * 100 + number as u64;
            let amount = format!("#{}", payment.amount);
            match payment.item {
                "6" | "7" => {
                    let draft = if payment.item == "7" { &mut rain } else { &mut loan };
                    let cells = [
                        &(draft.lines.len() + 1).to_string(),
                        village(population, person),
                        &person.name,
                        &person.id,
                        payment.term,
                        &amount,
                    ]
                    .map(str::to_owned);
                    draft.lines.push(Line { cells: cells.to_vec(), mark });
                }
                _ => {
                    let here = matches!(payment.stage, "学前" | "小学" | "初中") && !person.path.away;
                    let draft = if here { &mut local } else { &mut away };
                    draft.lines.push(Line { cells: aid_cells(population, person, &payment), mark });
                }
            }
        }
    }
    vec![local, away, rain, loan]
}

/// Whether the pupil's answers are on the list form (the first primary school) or on the form with a column a choice.
pub fn on_list_form(population: &Population, person: &Person) -> bool {
    population.list_form && population.school(person) == population.place.schools[PRIMARIES[0]]
}

/// The collection forms: one with the choices as a list, one with a column to tick for each.
pub fn surveys(population: &Population) -> Vec<Draft> {
    let mut list = Draft::new(
        "survey",
        "13中心小学就读资助采集表.xlsx",
        "采集表",
        Shape::Workbook,
        &[
            "序号",
            "行政村",
            "户编号",
            "户主姓名",
            "学生姓名",
            "身份证号",
            "就读学校",
            "年级",
            "享受的教育扶贫政策(可多选)",
            "扶贫管理员签字",
            "校长签字",
        ],
    );
    list.titles = vec!["贫困人口就读资助情况数据采集表".to_owned()];
    let choices = [
        "学前教育幼儿资助",
        "义务教育阶段家庭经济困难学生生活费补助、营养膳食补助",
        "普通高中免学杂费",
        "中等职业学校免学费",
        "国家助学金",
        "国家助学贷款",
        "雨露计划",
        "以上均无",
    ];
    let fixed =
        ["行政村", "户编号", "户主姓名", "学生姓名", "身份证号", "就读学校", "学段", "扶贫管理员签字", "校长签字"];
    let headers: Vec<&str> = fixed.iter().chain(&choices).copied().collect();
    let mut ticks = Draft::new("survey", "14就读资助采集表.xlsx", "采集表", Shape::Workbook, &headers);
    ticks.titles = vec!["贫困人口就读资助情况数据采集表".to_owned()];
    ticks.group = Some((fixed.len(), "享受的教育扶贫政策（A18）".to_owned()));
    for (index, person) in registered(population)
        .filter(|(_, person)| matches!(person.study, Study::Local | Study::Outside) && person.absence.is_none())
    {
        let household = &population.households[person.household];
        let head = population
            .people
            .iter()
            .skip(index.saturating_sub(8))
            .find(|other| other.household == person.household && other.relation == "户主")
            .map_or("", |head| head.name.as_str());
        let chosen = items(population, person);
        let none = chosen.is_empty();
        if on_list_form(population, person) {
            let codes = if none { "8".to_owned() } else { chosen.iter().copied().collect::<Vec<_>>().join("、") };
            let cells = [
                &(list.lines.len() + 1).to_string(),
                village(population, person),
                &household.number,
                head,
                &person.name,
                &person.id,
                population.school(person),
                &label(person),
                &codes,
                "高文静",
                "宋国安",
            ];
            list.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
        } else {
            let mut cells = [
                village(population, person),
                &household.number,
                head,
                &person.name,
                &person.id,
                population.school(person),
                person.stage,
                "林书宁",
                "梁德川",
            ]
            .map(str::to_owned)
            .to_vec();
            for code in 1..=8 {
                let on = if code == 8 { none } else { chosen.contains(code.to_string().as_str()) };
                cells.push(if on { "√" } else { "" }.to_owned());
            }
            ticks.lines.push(Line { cells, mark: mark(index) });
        }
    }
    vec![list, ticks]
}
