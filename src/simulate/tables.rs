//! The invented township's papers: what an office and its schools would hold about these people.

use super::people::{Absence, JUNIOR, KINDERGARTEN, PRIMARIES, Person, Population, SCHOOL_YEAR, Study, TERMS, VILLAGES, primary_of, stage_of};
use super::sheet::{Draft, Line, Shape};
use crate::standardise::date::civil;
use crate::standardise::grammar::grade_label;
use std::collections::{BTreeMap, BTreeSet};

/// The mark of a person's row in a table of one row a person.
pub fn mark(person: usize) -> u64 {
    person as u64 + 1
}

fn day(days: i32, form: &str) -> String {
    let (year, month, day) = civil(days);
    match form {
        "compact" => format!("{year:04}{month:02}{day:02}"),
        "chinese" => format!("{year}年{month}月{day}日"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn sex(person: &Person) -> &'static str {
    if person.male { "男" } else { "女" }
}

fn label(person: &Person) -> String {
    grade_label(person.stage, i64::from(person.grade)).unwrap_or_default()
}

/// What the register says of a pupil.
pub fn status(stage: &str, grade: i32) -> String {
    match stage {
        "学前" => "学前教育".to_owned(),
        "小学" => "小学".to_owned(),
        "普高" => format!("普通高中{}", grade_label("小学", i64::from(grade)).unwrap_or_default()),
        "高职" => format!("高职高专{}", grade_label("小学", i64::from(grade)).unwrap_or_default()),
        "初中" => grade_label("初中", i64::from(grade)).unwrap_or_default(),
        _ => format!("{stage}{}", grade_label("小学", i64::from(grade)).unwrap_or_default()),
    }
}

/// Every table of a township without defects.
pub fn drafts(population: &Population) -> Vec<Draft> {
    let mut drafts = vec![register(population), outside(population), ledger(population), district()];
    drafts.extend(rosters(population));
    drafts.extend(aid(population));
    drafts.extend(surveys(population));
    drafts.extend([reported(population), archive(), pairing(population)]);
    drafts
}

fn registered(population: &Population) -> impl Iterator<Item = (usize, &Person)> {
    population.people.iter().enumerate().filter(|(_, person)| person.registered)
}

fn village(population: &Population, person: &Person) -> &'static str {
    VILLAGES[population.households[person.household].village]
}

fn register(population: &Population) -> Draft {
    let headers = [
        "省", "市", "县(市、区、旗)", "乡(镇)", "行政村", "户编号", "人口编号", "姓名", "性别", "出生日期", "证件类型", "证件号码", "民族", "户联系电话", "与户主关系", "文化程度", "在校生状况", "劳动技能",
        "健康状况", "是否享受低保", "失学或辍学原因", "脱贫属性", "脱贫年度", "户主姓名",
    ];
    let mut draft = Draft::new("register", "01国办系统导出人员信息.xlsx", "成员信息", Shape::Workbook, &headers);
    draft.titles = vec!["永宁镇建档立卡人员基本信息".to_owned(), "导出时间：2020-06-20".to_owned()];
    for (index, person) in registered(population) {
        let household = &population.households[person.household];
        let head = population.people.iter().skip(index.saturating_sub(8)).find(|other| other.household == person.household && other.relation == "户主");
        let pupil = matches!(person.study, Study::Local | Study::Outside);
        let state = if pupil { status(person.stage, person.grade) } else if person.study == Study::Young { "学龄前儿童".to_owned() } else { String::new() };
        let kind = if person.disability.is_some() { "残疾人证" } else { "居民身份证" };
        let number = person.disability.clone().unwrap_or_else(|| person.id.clone());
        let cells = [
            "陕西省", "虚构市", "渭新区", "永宁镇", village(population, person), &household.number, &format!("{}{:02}", household.number, index % 100), &person.name, sex(person),
            &day(person.birth, "compact"), kind, &number, "汉族", "", person.relation, person.level, &state, if person.age < 16 { "" } else { "普通劳动力" },
            if person.disability.is_some() || person.absence == Some(Absence::Body) { "残疾" } else { "健康" }, "否", "", "已脱贫", "2018", head.map_or("", |head| head.name.as_str()),
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    let mut total = vec![String::new(); headers.len()];
    total[0] = "合　计".to_owned();
    total[7] = draft.lines.len().to_string();
    draft.footer.push(total);
    draft
}

fn roll_status(person: &Person) -> &'static str {
    match person.absence {
        Some(Absence::HomeTeaching) => "送教上门",
        Some(Absence::Leave) => "休学",
        _ => "正常",
    }
}

/// Class sheets, a 学籍 export as CSV, a tab-separated `.xls`, a kindergarten's short list.
fn rosters(population: &Population) -> Vec<Draft> {
    let pupils = |school: &'static str| population.people.iter().enumerate().filter(move |(_, person)| person.study == Study::Local && person.school == school);
    let mut drafts = Vec::new();
    let short = ["序号", "姓名", "性别", "身份证号", "出生年月", "全国学籍号", "就读方式", "学生状态", "户籍所在村"];
    for grade in 1..=6 {
        let name = grade_label("小学", grade).unwrap_or_default();
        let mut draft = Draft::new("roll", "02永宁镇中心小学花名册.xlsx", &format!("{name}1班"), Shape::Workbook, &short);
        draft.titles = vec!["永宁镇中心小学2019-2020学年第二学期在校学生花名册".to_owned()];
        for (index, person) in pupils(PRIMARIES[0]).filter(|(_, person)| i64::from(person.grade) == grade) {
            let number = (draft.lines.len() + 1).to_string();
            let cells = [
                number.as_str(), &person.name, sex(person), &person.id, &day(person.birth, "chinese"), &format!("G{}", person.id), if person.boarder { "住校" } else { "走读" },
                roll_status(person), village(population, person),
            ];
            draft.lines.push(Line { cells: cells.map(|cell| (*cell).to_owned()).to_vec(), mark: mark(index) });
        }
        draft.footer.push(vec!["班主任：".to_owned()]);
        drafts.push(draft);
    }
    for (number, school) in [(3, PRIMARIES[1]), (4, PRIMARIES[2])] {
        let headers = [
            "学校名称", "学期", "年级名称", "班级名称", "姓名", "性别", "出生日期", "民族", "身份证件类型", "身份证件号", "全国学籍号", "户口性质", "就读方式", "学生状态", "行政村", "是否留守儿童",
        ];
        let mut draft = Draft::new("roll", &format!("{number:02}{school}学籍导出.csv"), "", Shape::Gbk, &headers);
        for (index, person) in pupils(school) {
            let cells = [
                school, "2019-2020学年第二学期", &label(person), "1班", &person.name, sex(person), &day(person.birth, "compact"), "汉族", "居民身份证", &person.id, &format!("G{}", person.id), "农业",
                if person.boarder { "住校" } else { "走读" }, roll_status(person), village(population, person), "否",
            ];
            draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
        }
        drafts.push(draft);
    }
    let headers = ["学校", "学年学期", "年级", "班级", "学生姓名", "性别", "身份证件号", "学籍号", "住宿方式", "学籍状态", "户籍村"];
    let mut draft = Draft::new("roll", "05永宁初级中学学籍.xls", "", Shape::Tabs, &headers);
    for (index, person) in pupils(JUNIOR) {
        let cells = [
            JUNIOR, "2019-2020-2", &label(person), "2班", &person.name, sex(person), &person.id, &format!("G{}", person.id), if person.boarder { "住校" } else { "走读" }, roll_status(person),
            village(population, person),
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    drafts.push(draft);
    let headers = ["序号", "幼儿姓名", "性别", "出生日期", "身份证号码", "年级", "班级", "学生状态", "户籍村"];
    let mut draft = Draft::new("roll", "06永宁镇中心幼儿园花名册.xlsx", "在园幼儿", Shape::Workbook, &headers);
    draft.headers[1] = "学生姓名".to_owned();
    draft.titles = vec!["永宁镇中心幼儿园2020年春季在园幼儿花名册".to_owned()];
    for (index, person) in pupils(KINDERGARTEN) {
        let cells = [
            &(draft.lines.len() + 1).to_string(), &person.name, sex(person), &day(person.birth, "plain"), &person.id, &label(person), "1", "正常", village(population, person),
        ];
        draft.lines.push(Line { cells: cells.map(|cell| (*cell).to_owned()).to_vec(), mark: mark(index) });
    }
    drafts.push(draft);
    drafts
}

fn outside(population: &Population) -> Draft {
    let headers = ["序号", "学期", "行政村", "户编号", "学生姓名", "性别", "身份证号", "就读省市", "就读学校", "学段", "年级", "学区学校", "备注"];
    let mut draft = Draft::new("outside", "07区外就读学生统计表.xlsx", "区外就读", Shape::Workbook, &headers);
    draft.titles = vec!["学校学区内户籍建档立卡学生区外就读及历年资助情况统计表".to_owned()];
    for (index, person) in registered(population).filter(|(_, person)| person.study == Study::Outside) {
        let household = &population.households[person.household];
        let cells = [
            &(draft.lines.len() + 1).to_string(), "2019-2020学年第二学期", village(population, person), &household.number, &person.name, sex(person), &person.id, "陕西省虚构市", &person.school, person.stage,
            &label(person), primary_of(household.village), "",
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    draft
}

fn ledger(population: &Population) -> Draft {
    let headers = ["序号", "学区", "行政村", "姓名", "性别", "出生日期", "身份证(残疾证)号码", "户编号", "不在校原因", "佐证材料"];
    let mut draft = Draft::new("absence", "08控辍保学不在校台账.xls", "", Shape::Html, &headers);
    draft.titles = vec!["学区内义务教育适龄少年儿童不在校情况统计表".to_owned()];
    for (index, person) in population.people.iter().enumerate() {
        let Some(absence) = person.absence else { continue };
        let household = &population.households[person.household];
        let number = person.disability.as_ref().unwrap_or(&person.id);
        let serial = (draft.lines.len() + 1).to_string();
        let cells = [
            serial.as_str(), primary_of(household.village), village(population, person), &person.name, sex(person), &day(person.birth, "plain"), number,
            if person.registered { household.number.as_str() } else { "" }, absence.label(), "村委会证明",
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    draft
}

fn district() -> Draft {
    let mut draft = Draft::new("district", "12学区划分.xlsx", "学区", Shape::Workbook, &["行政村", "责任学校", "学校别名"]);
    for (index, name) in VILLAGES.iter().enumerate() {
        let school = primary_of(index);
        let alias = if school == PRIMARIES[0] { "永宁中心小学" } else { "" };
        draft.lines.push(Line { cells: [*name, school, alias].map(str::to_owned).to_vec(), mark: index as u64 + 1 });
    }
    draft
}

/// One payment: A18 code, item, term, amount.
#[derive(Debug, Clone)]
pub struct Payment {
    pub item: &'static str,
    pub name: &'static str,
    pub term: &'static str,
    pub amount: f64,
}

/// What a registered pupil was paid, by the standards of the domain notes.
pub fn payments(person: &Person) -> Vec<Payment> {
    let mut out = Vec::new();
    if !person.registered || person.absence.is_some() || !matches!(person.study, Study::Local | Study::Outside) {
        return out;
    }
    for (term, written) in TERMS {
        let year = if term < 20_190 { SCHOOL_YEAR - 1 } else { SCHOOL_YEAR };
        let Some((stage, _)) = stage_of(person.birth, year, person) else { continue };
        let mut pay = |item, name, amount| out.push(Payment { item, name, term: written, amount });
        let boarder = person.boarder;
        match stage {
            "学前" => pay("1", "学前教育资助", 375.0),
            "小学" | "初中" => {
                let full = if stage == "小学" { 500.0 } else { 625.0 };
                if boarder {
                    pay("2", "寄宿生生活费补助", full);
                } else if term >= 20_191 {
                    pay("2", "非寄宿生生活费补助", full / 2.0);
                }
                pay("2", "营养膳食补助", 400.0);
            }
            "普高" => {
                pay("3", "普通高中免学杂费", 400.0);
                pay("5", "普通高中国家助学金", 1250.0);
            }
            "中职" => {
                pay("4", "中职免学费", 1000.0);
                pay("5", "中职国家助学金", 1000.0);
                pay("7", "雨露计划", 1500.0);
            }
            "高职" => {
                pay("5", "国家助学金", 1650.0);
                pay("7", "雨露计划", 1500.0);
            }
            "本科" => {
                pay("5", "国家助学金", 1650.0);
                if term % 10 == 1 {
                    pay("6", "生源地信用助学贷款", 8000.0);
                }
            }
            _ => {}
        }
    }
    out
}

/// The A18 codes that a person's payments prove.
pub fn items(person: &Person) -> BTreeSet<&'static str> {
    payments(person).iter().map(|payment| payment.item).collect()
}

/// Aid ledgers: the schools' as a workbook, those outside as CSV, 雨露计划 and loans on lists of their own.
fn aid(population: &Population) -> Vec<Draft> {
    let headers = ["学期", "行政村", "姓名", "身份证号码", "户编号", "学校全称", "学段", "年级", "就读方式", "资助项目", "资助金额"];
    let mut local = Draft::new("aid", "09学校资助台账.xlsx", "资助发放", Shape::Workbook, &headers);
    local.titles = vec!["永宁镇学生资助发放台账".to_owned()];
    let mut away = Draft::new("aid", "10区外学生资助.csv", "", Shape::Utf8, &headers);
    let mut rain = Draft::new("aid", "11雨露计划和贷款名单.xlsx", "雨露计划", Shape::Workbook, &["序号", "村", "学生姓名", "身份证号", "学期", "补助金额"]);
    rain.titles = vec!["2018—2020年雨露计划补助名单".to_owned()];
    let mut loan = Draft::new("aid", "11雨露计划和贷款名单.xlsx", "助学贷款", Shape::Workbook, &["序号", "村", "借款学生姓名", "身份证号", "学期", "贷款金额"]);
    loan.titles = vec!["生源地信用助学贷款名单".to_owned()];
    for (index, person) in registered(population) {
        for (number, payment) in payments(person).into_iter().enumerate() {
            let mark = mark(index) * 100 + number as u64;
            let amount = format!("#{}", payment.amount);
            let household = &population.households[person.household];
            match payment.item {
                "6" | "7" => {
                    let draft = if payment.item == "7" { &mut rain } else { &mut loan };
                    let cells = [&(draft.lines.len() + 1).to_string(), village(population, person), &person.name, &person.id, payment.term, &amount].map(str::to_owned);
                    draft.lines.push(Line { cells: cells.to_vec(), mark });
                }
                _ => {
                    let year = if payment.term.starts_with("2018") { SCHOOL_YEAR - 1 } else { SCHOOL_YEAR };
                    let (stage, grade) = stage_of(person.birth, year, person).unwrap_or(("", 0));
                    let draft = if person.study == Study::Local { &mut local } else { &mut away };
                    let cells = [
                        payment.term, village(population, person), &person.name, &person.id, &household.number, &person.school, stage, &grade_label(stage, i64::from(grade)).unwrap_or_default(),
                        if person.boarder { "住校" } else { "走读" }, payment.name, &amount,
                    ];
                    draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark });
                }
            }
        }
    }
    vec![local, away, rain, loan]
}

/// Whether the pupil's answers are on the list form (the first primary school) or on the form with a column a choice.
pub fn on_list_form(person: &Person) -> bool {
    person.school == PRIMARIES[0]
}

/// The collection forms: one with the choices as a list, one with a column to tick for each.
fn surveys(population: &Population) -> Vec<Draft> {
    let mut list = Draft::new("survey", "13中心小学就读资助采集表.xlsx", "采集表", Shape::Workbook, &["序号", "行政村", "户编号", "户主姓名", "学生姓名", "身份证号", "就读学校", "年级", "享受的教育扶贫政策(可多选)", "扶贫管理员签字", "校长签字"]);
    list.titles = vec!["贫困人口就读资助情况数据采集表".to_owned()];
    let choices = [
        "学前教育幼儿资助", "义务教育阶段家庭经济困难学生生活费补助、营养膳食补助", "普通高中免学杂费", "中等职业学校免学费", "国家助学金", "国家助学贷款", "雨露计划", "以上均无",
    ];
    let fixed = ["行政村", "户编号", "户主姓名", "学生姓名", "身份证号", "就读学校", "学段", "扶贫管理员签字", "校长签字"];
    let headers: Vec<&str> = fixed.iter().chain(&choices).copied().collect();
    let mut ticks = Draft::new("survey", "14就读资助采集表.xlsx", "采集表", Shape::Workbook, &headers);
    ticks.titles = vec!["贫困人口就读资助情况数据采集表".to_owned()];
    ticks.group = Some((fixed.len(), "享受的教育扶贫政策（A18）".to_owned()));
    for (index, person) in registered(population).filter(|(_, person)| matches!(person.study, Study::Local | Study::Outside) && person.absence.is_none()) {
        let household = &population.households[person.household];
        let head = population.people.iter().skip(index.saturating_sub(8)).find(|other| other.household == person.household && other.relation == "户主").map_or("", |head| head.name.as_str());
        let chosen = items(person);
        let none = chosen.is_empty();
        if on_list_form(person) {
            let codes = if none { "8".to_owned() } else { chosen.iter().copied().collect::<Vec<_>>().join("、") };
            let cells = [&(list.lines.len() + 1).to_string(), village(population, person), &household.number, head, &person.name, &person.id, &person.school, &label(person), &codes, "高文静", "宋国安"];
            list.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
        } else {
            let mut cells = [village(population, person), &household.number, head, &person.name, &person.id, &person.school, person.stage, "林书宁", "梁德川"].map(str::to_owned).to_vec();
            for code in 1..=8 {
                let on = if code == 8 { none } else { chosen.contains(code.to_string().as_str()) };
                cells.push(if on { "√" } else { "" }.to_owned());
            }
            ticks.lines.push(Line { cells, mark: mark(index) });
        }
    }
    vec![list, ticks]
}

fn reported(population: &Population) -> Draft {
    let reasons = [Absence::Body, Absence::HomeTeaching, Absence::Leave, Absence::Deferred, Absence::Graduated];
    let headers = ["学校", "不在校人数", "因身体原因不具备学习条件", "送教上门", "休学(一年内)", "延缓入学", "已初中毕业", "不想上学", "务农或打工", "上学不便"];
    let mut draft = Draft::new("reported", "15各校不在校人数上报表.xlsx", "上报", Shape::Workbook, &headers);
    draft.titles = vec!["永宁镇义务教育适龄少年儿童不在校人数统计表".to_owned()];
    for (index, school) in PRIMARIES.iter().enumerate() {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for person in &population.people {
            let Some(place) = person.absence.and_then(|absence| reasons.iter().position(|reason| *reason == absence)) else { continue };
            if primary_of(population.households[person.household].village) == *school && (6..=15).contains(&person.age) {
                *counts.entry(place).or_default() += 1;
            }
        }
        let mut cells = vec![(*school).to_owned(), format!("#{}", counts.values().sum::<usize>())];
        cells.extend((0..8).map(|place| format!("#{}", counts.get(&place).copied().unwrap_or_default())));
        draft.lines.push(Line { cells, mark: index as u64 + 1 });
    }
    draft
}

fn archive() -> Draft {
    let categories = [
        "学习贯彻脱贫攻坚精神", "计划安排", "作风专项治理", "控辍保学", "精准资助", "教师结对帮扶", "义务教育有保障认定书及统计表", "来文、报文、报表", "问题整改", "职教培训", "资金监管", "项目建设",
        "城乡联盟", "普优行动", "宣传报道", "其他",
    ];
    let mut draft = Draft::new("archive", "16档案清单.xlsx", "档案", Shape::Workbook, &["学校", "档案类别", "是否齐全", "是否签字", "归档日期"]);
    draft.titles = vec!["教育扶贫档案清单".to_owned()];
    for (number, school) in PRIMARIES.iter().chain([&JUNIOR, &KINDERGARTEN]).enumerate() {
        for (index, category) in categories.iter().enumerate() {
            let cells = [*school, category, "是", "是", "2020年6月18日"].map(str::to_owned).to_vec();
            draft.lines.push(Line { cells, mark: (number * 100 + index) as u64 + 1 });
        }
    }
    draft
}

fn pairing(population: &Population) -> Draft {
    let mut draft = Draft::new("pairing", "17教师结对帮扶汇总表.xlsx", "结对帮扶", Shape::Workbook, &["序号", "学校", "帮扶教师姓名", "学生姓名", "身份证号", "年级", "户编号"]);
    let teachers = ["高文静", "宋国安", "林书宁", "梁德川", "许嘉禾"];
    for (index, person) in registered(population).filter(|(_, person)| person.study == Study::Local) {
        let cells = [
            &(draft.lines.len() + 1).to_string(), person.school.as_str(), teachers[index % teachers.len()], &person.name, &person.id, &label(person), &population.households[person.household].number,
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    draft
}
