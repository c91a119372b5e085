//! What a school settles in the ledger: read back, carried, no longer counted against it, and held against the data.

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use std::path::Path;
use std::process::Command;

const REGISTER: &str = "行政村,户编号,姓名,性别,证件号码,与户主关系,文化程度,在校生状况,健康状况
东坡村,6103980101,章大山,男,610398198001020110,户主,初中,,健康
东坡村,6103980101,甲一,男,610398201001010136,之子,,小学,健康
东坡村,6103980101,甲二,男,610398201001020158,之子,,小学,残疾
东坡村,6103980101,甲四,男,610398201001040191,之子,,小学,健康
";
const ROLL: &str = "学校名称,学期,年级,班级,姓名,性别,身份证件号,学生状态,行政村
永宁镇中心小学,2019-2020-2,四年级,1班,甲一,男,610398201001010136,正常,东坡村
";

fn check(folder: &Path) -> (i32, String, serde_json::Value) {
    let (input, out) = (folder.join("in"), folder.join("out"));
    let status = Command::new(env!("CARGO_BIN_EXE_zicha"))
        .args(["check", input.to_str().unwrap(), "-q", "-o", out.to_str().unwrap()])
        .status()
        .unwrap();
    let findings = std::fs::read_to_string(out.join("findings.csv")).unwrap();
    let summary = serde_json::from_str(&std::fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
    (status.code().unwrap(), findings, summary)
}

/// Opens the ledger, fills one column for persons by the name in another, and saves it as a spreadsheet program would: values only.
fn fill(ledger: &Path, column: &str, person: &str, only: Option<(&str, &str)>, answers: &[(&str, &str)]) {
    let mut book: Xlsx<_> = open_workbook(ledger).unwrap();
    let mut out = Workbook::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let texts = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<_>>();
        let head = range.rows().position(|row| texts(row).iter().any(|text| text == column));
        let header = head.and_then(|row| range.rows().nth(row)).map(texts).unwrap_or_default();
        let place = |title: &str| header.iter().position(|text| text == title);
        let sheet = out.add_worksheet().set_name(&name).unwrap();
        for (row, cells) in range.rows().enumerate() {
            for (index, cell) in cells.iter().enumerate() {
                let mine = head.is_some_and(|head| row > head)
                    && Some(index) == place(column)
                    && only.is_none_or(|(title, value)| cells[place(title).unwrap()] == value);
                let who = place(person).and_then(|place| cells.get(place)).map(ToString::to_string);
                let answer = answers.iter().find(|(name, _)| who.as_deref() == Some(*name)).map(|(_, answer)| *answer);
                let text = match (answer, cell) {
                    (Some(answer), _) if mine => answer.to_owned(),
                    (_, Data::Empty) => continue,
                    (_, other) => other.to_string(),
                };
                sheet.write_string(u32::try_from(row).unwrap(), u16::try_from(index).unwrap(), text).unwrap();
            }
        }
    }
    drop(book);
    out.save(ledger).unwrap();
}

fn settle(ledger: &Path, answers: &[(&str, &str)]) {
    fill(ledger, "去向认定", "姓名", Some(("规则", "A4/unaccounted")), answers);
}

fn lines<'f>(findings: &'f str, rule: &str) -> Vec<&'f str> {
    findings.lines().filter(|line| line.starts_with(rule)).collect()
}

#[test]
fn a_settled_child_is_carried_and_no_longer_counted_and_a_contradiction_is_raised() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("in")).unwrap();
    std::fs::write(folder.join("in/登记.csv"), REGISTER).unwrap();
    std::fs::write(folder.join("in/学籍.csv"), ROLL).unwrap();
    std::fs::write(folder.join("in/学区.csv"), "行政村,责任学校\n东坡村,永宁镇中心小学\n").unwrap();
    let ledger = folder.join("out/问题台账.xlsx");

    let (code, findings, summary) = check(folder);
    assert_eq!((code, lines(&findings, "A4/unaccounted,error").len()), (1, 2));
    assert_eq!(summary["schools"][0]["red_lines"][0], "A4/unaccounted");

    settle(&ledger, &[("甲二", "因病因残"), ("甲四", "死亡")]);
    fill(&ledger, "核实情况", "姓名", Some(("规则", "文化程度/student-not-found")), &[("甲四", "户口簿上已注明")]);
    let (code, findings, summary) = check(folder);
    assert_eq!((code, lines(&findings, "A4/unaccounted,info").len()), (0, 2), "{findings}");
    assert!(findings.contains("（已认定：死亡）") && findings.contains("（已认定：因病因残）"));
    assert_eq!(summary["schools"][0]["red_lines"], serde_json::json!([]));
    // Who is ill or disabled is out of school for a reason that the census counts; who died is not.
    assert_eq!(summary["indicators"]["A4"], serde_json::json!({"all": 1, "registered": 1, "candidates": 0}));
    assert_eq!(summary["indicators"]["A5"]["1"], 1);

    let absent = |extra: &[&str]| {
        let (input, out, filled) = (folder.join("in"), folder.join("out"), folder.join(format!("表{}", extra.len())));
        let mut arguments = vec!["forms", input.to_str().unwrap(), "-q", "-o", filled.to_str().unwrap()];
        if !extra.is_empty() {
            arguments.extend(extra);
            arguments.push(out.to_str().unwrap());
        }
        assert!(Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).status().unwrap().success());
        let mut book: Xlsx<_> = open_workbook(filled.join("四张统计表.xlsx")).unwrap();
        let table = book.worksheet_range("表3不在校").unwrap();
        let lines = table.rows().skip(3).take_while(|row| row[0] != Data::String("合计".to_owned()));
        lines.map(|row| format!("{} {}", row[3], row[10])).collect::<Vec<_>>()
    };
    assert_eq!(absent(&[]), Vec::<String>::new(), "没有给结果，认定不算");
    assert_eq!(absent(&["--result"]), ["甲二 因身体原因不具备学习条件"], "给了结果，认定了的在校外的孩子在第三张表里");

    let (_, again, _) = check(folder);
    assert_eq!(findings, again, "认定留在台账里，再运行还在");
    let mut book: Xlsx<_> = open_workbook(&ledger).unwrap();
    let written =
        book.worksheets().iter().any(|(_, range)| range.rows().flatten().any(|cell| cell == "户口簿上已注明"));
    assert!(written, "写在问题旁边的话，两次运行以后还在");
    drop(book);

    std::fs::write(
        folder.join("in/学籍.csv"),
        format!("{ROLL}永宁镇中心小学,2019-2020-2,四年级,1班,甲四,男,610398201001040191,正常,东坡村\n"),
    )
    .unwrap();
    let (code, findings, _) = check(folder);
    assert_eq!((code, lines(&findings, "A4/resolution-contradicted,error").len()), (1, 1), "{findings}");
    let (_, again, _) = check(folder);
    assert_eq!(findings, again, "矛盾的认定也留着，等人来改");

    // A ledger that a school sends back among the papers says the same.
    std::fs::rename(&ledger, folder.join("in/问题台账-学校交回.xlsx")).unwrap();
    let (_, findings, _) = check(folder);
    assert_eq!(lines(&findings, "A4/resolution-contradicted,error").len(), 1, "{findings}");
    assert!(!findings.contains("sheet-unrecognised"), "本程序自己写的表不算看不懂：{findings}");
}

#[test]
fn a_broken_number_is_seen_through_and_a_person_may_overrule_it_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("in")).unwrap();
    std::fs::write(folder.join("in/登记.csv"), REGISTER).unwrap();
    // 甲二's number has one wrong digit, 甲四's name is written with another character of the same sound and the last digits are gone.
    let roll = format!(
        "{ROLL}永宁镇中心小学,2019-2020-2,四年级,1班,甲二,男,610398201001070158,正常,东坡村
永宁镇中心小学,2019-2020-2,四年级,1班,甲肆,男,610398201001040000,正常,东坡村\n"
    );
    std::fs::write(folder.join("in/学籍.csv"), roll).unwrap();
    std::fs::write(folder.join("in/学区.csv"), "行政村,责任学校\n东坡村,永宁镇中心小学\n").unwrap();
    let ledger = folder.join("out/问题台账.xlsx");
    let (_, findings, summary) = check(folder);
    assert!(lines(&findings, "A4/unaccounted").is_empty(), "{findings}");
    assert_eq!(lines(&findings, "身份/probable-match").len(), 2, "{findings}");
    assert!(findings.contains("证件号码差一位") && findings.contains("姓名同音"), "{findings}");
    assert_eq!(summary["links"]["probable"], 2);

    fill(&ledger, "是不是同一人", "乙姓名", None, &[("甲二", "否"), ("甲肆", "是")]);
    for _ in 0..2 {
        let (_, findings, summary) = check(folder);
        assert_eq!(lines(&findings, "A4/unaccounted").len(), 1, "说了不是同一人：{findings}");
        assert!(lines(&findings, "身份/probable-match").is_empty(), "说了是同一人，不再提醒：{findings}");
        assert_eq!(summary["links"]["probable"], 0);
    }
}
