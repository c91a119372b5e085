//! The invented township's papers: what an office and its schools would hold about these people.

mod aid;
mod plain;
mod schools;

pub use aid::{items, on_list_form, payments};
pub use plain::{plain, with_county};
pub use schools::ledger_cells;

use super::people::{Absence, Generation, Person, Population, Study};
use super::place::{JUNIOR, KINDERGARTEN, PRIMARIES};
use super::sheet::{Draft, Line, Shape};
use crate::standardise::date::civil;
use crate::standardise::grammar::grade_label;

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
pub fn status(generation: Generation, stage: &str, grade: i32) -> String {
    if generation == Generation::Old {
        return old_status(stage, grade);
    }
    match stage {
        "学前" => "学前教育".to_owned(),
        "小学" => "小学".to_owned(),
        "普高" => format!("普通高中{}", grade_label("小学", i64::from(grade)).unwrap_or_default()),
        "高职" => format!("高职高专{}", grade_label("小学", i64::from(grade)).unwrap_or_default()),
        "初中" => grade_label("初中", i64::from(grade)).unwrap_or_default(),
        _ => format!("{stage}{}", grade_label("小学", i64::from(grade)).unwrap_or_default()),
    }
}

/// The codes of 2014–17.
fn old_status(stage: &str, grade: i32) -> String {
    let (first, name) = match stage {
        "学前" => return "02学前教育".to_owned(),
        "小学" => return "03小学".to_owned(),
        "初中" => (4, grade_label("初中", i64::from(grade)).unwrap_or_default()),
        "普高" => (7, format!("高中{}", grade_label("小学", i64::from(grade)).unwrap_or_default())),
        "中职" => (10, format!("中职{}", grade_label("小学", i64::from(grade)).unwrap_or_default())),
        "高职" => (13, format!("高职{}", grade_label("小学", i64::from(grade)).unwrap_or_default())),
        _ => return "16大专及以上".to_owned(),
    };
    format!("{:02}{name}", first + grade - 1)
}

/// What the register says of somebody who is no pupil.
pub fn not_a_pupil(generation: Generation) -> &'static str {
    if generation == Generation::Old { "01非在校生" } else { "" }
}

/// A level as the register writes it.
pub fn level(generation: Generation, label: &str) -> String {
    let code = ["文盲或半文盲", "小学", "初中", "高中"].iter().position(|known| *known == label);
    match (generation, code) {
        (Generation::Old, Some(code)) => format!("{:02}{label}", code + 1),
        (Generation::Old, None) if label == "大专及以上" => "05大专及以上".to_owned(),
        _ => label.to_owned(),
    }
}

/// The level that the register gives a person who is no pupil.
pub fn level_of(generation: Generation, person: &Person) -> &'static str {
    // The old codes have no word for a child who has not started school but should have.
    if generation == Generation::Old && person.absence == Some(Absence::Deferred) {
        "文盲或半文盲"
    } else {
        person.level
    }
}

/// Every table of a township without defects.
pub fn drafts(population: &Population) -> Vec<Draft> {
    let mut drafts =
        vec![register(population), schools::outside(population), schools::ledger(population), district(population)];
    drafts.extend(schools::rosters(population));
    drafts.extend(aid::aid(population));
    drafts.extend(aid::surveys(population));
    drafts.extend([reported(population), archive(population), pairing(population)]);
    drafts
}

fn registered(population: &Population) -> impl Iterator<Item = (usize, &Person)> {
    population.people.iter().enumerate().filter(|(_, person)| person.registered)
}

fn village<'p>(population: &'p Population, person: &Person) -> &'p str {
    &population.place.villages[population.households[person.household].village]
}

fn register(population: &Population) -> Draft {
    let headers = [
        "省",
        "市",
        "县(市、区、旗)",
        "乡(镇)",
        "行政村",
        "户编号",
        "人口编号",
        "姓名",
        "性别",
        "出生日期",
        "证件类型",
        "证件号码",
        "民族",
        "户联系电话",
        "与户主关系",
        "文化程度",
        "在校生状况",
        "劳动技能",
        "健康状况",
        "是否享受低保",
        "失学或辍学原因",
        "脱贫属性",
        "脱贫年度",
        "户主姓名",
    ];
    let mut headers = headers;
    if population.generation == Generation::Old {
        for (old, new) in
            [("人口编号", "人编号"), ("县(市、区、旗)", "县"), ("行政村", "村"), ("失学或辍学原因", "失学辍学原因")]
        {
            for header in headers.iter_mut().filter(|header| **header == old) {
                *header = new;
            }
        }
    }
    let mut draft = Draft::new("register", "01国办系统导出人员信息.xlsx", "成员信息", Shape::Workbook, &headers);
    draft.titles =
        vec![format!("{}建档立卡人员基本信息", population.place.township), "导出时间：2020-06-20".to_owned()];
    for (index, person) in registered(population) {
        let household = &population.households[person.household];
        let head = population
            .people
            .iter()
            .skip(index.saturating_sub(8))
            .find(|other| other.household == person.household && other.relation == "户主");
        let pupil = matches!(person.study, Study::Local | Study::Outside);
        let generation = population.generation;
        let state = if pupil {
            status(generation, person.stage, person.grade)
        } else if person.study == Study::Young && generation == Generation::New {
            "学龄前儿童".to_owned()
        } else {
            not_a_pupil(generation).to_owned()
        };
        let exit = household.exit_year.map_or_else(String::new, |year| year.to_string());
        let kind = if person.disability.is_some() { "残疾人证" } else { "居民身份证" };
        let number = person.disability.clone().unwrap_or_else(|| person.id.clone());
        let cells = [
            population.place.province.as_str(),
            &population.place.city,
            &population.place.county,
            &population.place.township,
            village(population, person),
            &household.number,
            &format!("{}{:02}", household.number, index % 100),
            &person.name,
            sex(person),
            &day(person.birth, "compact"),
            kind,
            &number,
            "汉族",
            "",
            person.relation,
            &level(generation, level_of(generation, person)),
            &state,
            if person.age < 16 { "" } else { "普通劳动力" },
            if person.disability.is_some() || person.absence == Some(Absence::Body) { "残疾" } else { "健康" },
            "否",
            if person.absence == Some(Absence::Body) { "因残" } else { "" },
            if exit.is_empty() { "未脱贫" } else { "已脱贫" },
            &exit,
            head.map_or("", |head| head.name.as_str()),
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    let mut total = vec![String::new(); headers.len()];
    total[0] = "合　计".to_owned();
    total[7] = draft.lines.len().to_string();
    draft.footer.push(total);
    draft
}

fn district(population: &Population) -> Draft {
    let mut draft =
        Draft::new("district", "12学区划分.xlsx", "学区", Shape::Workbook, &["行政村", "责任学校", "学校别名"]);
    let place = &population.place;
    for (index, name) in place.villages.iter().enumerate() {
        let school = place.primary_of(index);
        let central = school == place.schools[PRIMARIES[0]];
        let alias = if central { school.replacen("镇中心", "中心", 1) } else { String::new() };
        let cells = [name, school, &alias].map(str::to_owned).to_vec();
        draft.lines.push(Line { cells, mark: index as u64 + 1 });
    }
    draft
}

/// The form of the schools' own figures; what they say is filled in when everything else is settled.
fn reported(population: &Population) -> Draft {
    let headers = [
        "学校",
        "不在校人数",
        "因身体原因不具备学习条件",
        "送教上门",
        "休学(一年内)",
        "延缓入学",
        "已初中毕业",
        "不想上学",
        "务农或打工",
        "上学不便",
    ];
    let mut draft = Draft::new("reported", "15各校不在校人数上报表.xlsx", "上报", Shape::Workbook, &headers);
    draft.titles = vec![format!("{}义务教育适龄少年儿童不在校人数统计表", population.place.township)];
    for (index, school) in PRIMARIES.iter().map(|school| &population.place.schools[*school]).enumerate() {
        let mut cells = vec![String::new(); headers.len()];
        school.clone_into(&mut cells[0]);
        draft.lines.push(Line { cells, mark: index as u64 + 1 });
    }
    draft
}

fn archive(population: &Population) -> Draft {
    let categories = [
        "学习贯彻脱贫攻坚精神",
        "计划安排",
        "作风专项治理",
        "控辍保学",
        "精准资助",
        "教师结对帮扶",
        "义务教育有保障认定书及统计表",
        "来文、报文、报表",
        "问题整改",
        "职教培训",
        "资金监管",
        "项目建设",
        "城乡联盟",
        "普优行动",
        "宣传报道",
        "其他",
    ];
    let mut draft = Draft::new(
        "archive",
        "16档案清单.xlsx",
        "档案",
        Shape::Workbook,
        &["学校", "档案类别", "材料名称", "是否齐全", "是否签字", "归档日期"],
    );
    draft.titles = vec!["教育扶贫档案清单".to_owned()];
    let schools =
        PRIMARIES.iter().chain([&JUNIOR, &KINDERGARTEN]).map(|school| population.place.schools[*school].as_str());
    for (number, school) in schools.enumerate() {
        let mut fresh = archive_mark(number, 0);
        for category in categories {
            let items: &[&str] = match category {
                "控辍保学" => &[
                    "6-15岁户籍适龄儿童少年统计表",
                    "学籍统计表",
                    "制度汇编",
                    "责任书",
                    "特殊情况备案",
                    "残疾儿童花名册及过程性资料",
                ],
                "精准资助" => &["学生资助统计表", "贫困学生资助统计表及花名册"],
                _ => &[""],
            };
            for item in items {
                let cells = [school, category, item, "是", "是", "2020年6月18日"].map(str::to_owned).to_vec();
                draft.lines.push(Line { cells, mark: fresh });
                fresh += 1;
            }
        }
    }
    draft
}

/// The mark of a school's nth archive row.
pub fn archive_mark(school: usize, row: u64) -> u64 {
    school as u64 * 1000 + row + 1
}

fn pairing(population: &Population) -> Draft {
    let mut draft = Draft::new(
        "pairing",
        "17教师结对帮扶汇总表.xlsx",
        "结对帮扶",
        Shape::Workbook,
        &["序号", "学校", "帮扶教师姓名", "学生姓名", "身份证号", "年级", "户编号"],
    );
    let teachers = ["高文静", "宋国安", "林书宁", "梁德川", "许嘉禾"];
    for (index, person) in registered(population).filter(|(_, person)| person.study == Study::Local) {
        let cells = [
            &(draft.lines.len() + 1).to_string(),
            population.school(person),
            teachers[index % teachers.len()],
            &person.name,
            &person.id,
            &label(person),
            &population.households[person.household].number,
        ];
        draft.lines.push(Line { cells: cells.map(str::to_owned).to_vec(), mark: mark(index) });
    }
    draft
}
