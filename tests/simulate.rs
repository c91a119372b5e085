//! `zicha simulate` from outside: its contract, its bytes, its working paper read back, and its sentences.

use crate::support::{files, root, text, zicha};
use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

fn sample() -> PathBuf {
    root().join("datasets/sample")
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One run over the sample for the tests that only look at it.
fn ran() -> &'static Path {
    static RUN: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let output = zicha(&["simulate", text(&sample()), "-o", text(&out), "--audits", "2000", "--seed", "3", "-q"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "安静时什么都不说");
        (folder, out)
    });
    path
}

#[test]
fn the_contract_is_kept() {
    let simulation: Value = serde_json::from_slice(&std::fs::read(ran().join("simulation.json")).unwrap()).unwrap();
    assert_eq!(
        (&simulation["version"], &simulation["seed"], &simulation["audits"]),
        (&1.into(), &3.into(), &2000.into())
    );
    let township = &simulation["township"];
    let number = |value: &Value| value.as_f64().unwrap();
    let rate = &township["error_rate"];
    assert!(number(&rate["p05"]) <= number(&rate["mean"]) && number(&rate["mean"]) <= number(&rate["p95"]));
    let off = number(&township["pass_probability"]) - number(&township["exact"]);
    assert!(off.abs() < 4.5 * number(&township["standard_error"]).max(1e-3), "模拟与精确算相差 {off}");
    let schools: Vec<&str> =
        simulation["schools"].as_array().unwrap().iter().map(|s| s["school"].as_str().unwrap()).collect();
    assert_eq!(schools, ["南塬小学", "柳林小学", "永宁镇中心小学"]);
    let steps = simulation["work_plan"].as_array().unwrap();
    assert!(steps.len() > 10);
    let mut before = (0, number(&township["pass_probability"]));
    for (order, step) in (1..).zip(steps) {
        let now = (step["total_fixes"].as_u64().unwrap(), number(&step["pass_probability_after"]));
        assert_eq!(step["order"].as_u64(), Some(order));
        assert_eq!(now.0, before.0 + step["fixes"].as_u64().unwrap());
        assert!(now.1 >= before.1, "更正不会降低通过的可能：{step}");
        assert!(step["rule"].as_str().unwrap().contains('/') && !step["school"].as_str().unwrap().is_empty());
        before = now;
    }
    let figures: Value =
        serde_json::from_str(&std::fs::read_to_string(root().join("datasets/sample.truth/indicators.json")).unwrap())
            .unwrap();
    assert_eq!(simulation["households"], figures["A18"]["households"], "每个登记户都走访");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let run = |threads: &str, design: &str| {
        let out = folder.path().join(format!("{threads}{design}"));
        let output = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .args(["simulate", text(&sample()), "-o", text(&out), "--audits", "1000", "-q", "--design", design])
            .env_clear()
            .env("RAYON_NUM_THREADS", threads)
            .env("POLARS_MAX_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        files(&out)
    };
    for design in ["simple", "two-stage"] {
        let (one, two, eight) = (run("1", design), run("2", design), run("8", design));
        assert!(one == two && two == eight, "{design}：结果因线程数而不同");
        assert_eq!(one.len(), 9, "页面、工作簿、json、三张图各两种：{:?}", one.keys());
    }
}

#[test]
fn every_design_runs_and_says_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    for design in ["simple", "stratified", "two-stage", "pps", "lqas"] {
        let out = folder.path().join(design);
        let said = json(&zicha(&[
            "simulate",
            text(&sample()),
            "-o",
            text(&out),
            "--audits",
            "300",
            "--design",
            design,
            "--json",
        ]));
        assert_eq!(said["design"], design);
        let sample = said["sample"].as_u64().unwrap();
        assert_eq!(sample, if design == "lqas" { 150 } else { 50 }, "{design}");
        assert_eq!(said["township"]["exact"].is_null(), design != "simple");
    }
}

#[test]
fn a_wider_tolerance_and_better_papers_pass_more_often() {
    let folder = tempfile::tempdir().unwrap();
    let chance = |arguments: &[&str]| {
        let out = folder.path().join("out");
        let fixed = ["simulate", "-o", text(&out), "--audits", "2000", "--json"];
        json(&zicha(&[&fixed, arguments].concat()))["township"]["pass_probability"].as_f64().unwrap()
    };
    let papers = sample();
    let narrow = chance(&[text(&papers), "--tolerance", "0.02"]);
    let wide = chance(&[text(&papers), "--tolerance", "10%"]);
    assert!(narrow < wide, "{narrow} {wide}");
    let item = chance(&[text(&papers), "--tolerance", "0.1", "--set", "audit-tolerance-a18=0.0"]);
    assert!(item < wide, "单独容许的差错率管用：{item} {wide}");
    let clean = chance(&["--scale", "township", "--error-model", "clean"]);
    let careless = chance(&["--scale", "township", "--error-model", "careless"]);
    assert!(clean > 0.8 && careless < 0.1, "没有问题 {clean}，马虎 {careless}");
    let forgetful = chance(&["--scale", "township", "--error-model", "clean", "--set", "visit-papers=0.0"]);
    assert!(forgetful < clean, "不看材料，说不清的户就算差错：{forgetful} {clean}");
}

#[test]
fn plans_are_computed_without_papers() {
    let asked = ["simulate", "--plan", "--population", "2000", "--defective", "40", "--sample", "80", "--accept", "1"];
    let said = json(&zicha(&[&asked[..], &["--audits", "200000", "--seed", "9", "--json"]].concat()));
    let number = |name: &str| said[name].as_f64().unwrap();
    assert_eq!(said.as_object().unwrap().len(), 3);
    assert!((number("exact") - 0.519_106_086_5).abs() < 1e-9);
    assert!((number("pass_probability") - number("exact")).abs() < 4.5 * number("standard_error"));
    let said =
        json(&zicha(&["simulate", "--plan", "--aql", "0.05", "--ltpd", "0.15", "--consumer-risk", "0.075", "--json"]));
    assert_eq!((said["sample"].as_u64(), said["accept"].as_u64()), (Some(80), Some(7)));
}

#[test]
fn the_page_hides_names_stays_alone_and_prints_what_is_assumed() {
    let page = std::fs::read_to_string(ran().join("模拟普查.html")).unwrap();
    assert!(!page.contains("http://") || page.matches("http://").count() == page.matches("http://www.w3.org/").count());
    assert!(page.contains("default-src 'none'") && !page.contains("<script"));
    for words in ["通过的可能", "先改什么", "入户演练", "（本程序的假定）", "随机种子 3"] {
        assert!(page.contains(words), "页面上应当有「{words}」");
    }
    let mut book: Xlsx<_> = open_workbook(ran().join("模拟普查.xlsx")).unwrap();
    let risks = book.worksheet_range("哪些户危险").unwrap();
    let heads: Vec<String> = risks.rows().skip(3).map(|row| row[3].to_string()).collect();
    assert!(heads.len() > 20);
    for head in heads.iter().filter(|head| head.chars().count() > 2) {
        assert!(!page.contains(head.as_str()), "页面上有户主全名 {head}");
    }
    let shown = tempfile::tempdir().unwrap();
    zicha(&["simulate", text(&sample()), "-o", text(shown.path()), "--audits", "50", "-q", "--show-identities"]);
    let open = std::fs::read_to_string(shown.path().join("模拟普查.html")).unwrap();
    assert!(open.contains(heads[0].as_str()), "要求显示时应当显示");
}

/// Rows of the rehearsal: household number, item, expected answer.
fn rehearsal(book: &Path) -> Vec<(String, String, String)> {
    let mut book: Xlsx<_> = open_workbook(book).unwrap();
    let range = book.worksheet_range("入户演练").unwrap();
    let cell = |row: &[Data], column: usize| row[column].to_string();
    let below = range.rows().skip_while(|row| cell(row, 0) != "序号").skip(1);
    below.map(|row| (cell(row, 3), cell(row, 5), cell(row, 6))).collect()
}

/// The codes at the heads of a worded answer, as a helper would write them down.
fn said(expected: &str) -> String {
    let codes: Vec<&str> = expected.split('；').map(|part| part.split(' ').next().unwrap()).collect();
    codes.join(",")
}

#[test]
fn a_rehearsal_is_read_back_and_compared_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = || json(&zicha(&["simulate", text(&sample()), "-o", text(&out), "--audits", "200", "--json"]));
    assert!(run().get("rehearsal").is_none(), "没有填就没有演练的结果");
    let book = out.join("模拟普查.xlsx");
    let rows = rehearsal(&book);
    assert_eq!(rows.len(), 50 * 4, "五十户，每户四项");
    // Thirty households are visited; every tenth answers A18 wrongly, one more cannot say how many children.
    let mut fresh = Workbook::new();
    let sheet = fresh.add_worksheet().set_name("入户演练").unwrap();
    for (column, title) in (0_u16..).zip(["户编号", "户主姓名", "普查项目", "住户回答"]) {
        sheet.write(0, column, title).unwrap();
    }
    for (number, (id, item, expected)) in rows.iter().take(120).enumerate() {
        let row = u32::try_from(number).unwrap() + 1;
        let wrong = (item == "A18" && number / 4 % 10 == 0) || (item == "A4" && number / 4 == 5);
        let answer = if wrong { "7、6".to_owned() } else { said(expected) };
        for (column, cell) in (0_u16..).zip([id.as_str(), "", item, &answer]) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    fresh.save(&book).unwrap();
    let back = run()["rehearsal"].clone();
    assert_eq!(
        (back["visited"].as_u64(), back["wrong"].as_u64(), back["unknown"].as_u64()),
        (Some(30), Some(4), Some(0))
    );
    assert_eq!((back["items"]["A18"][1].as_u64(), back["items"]["A4"][1].as_u64()), (Some(3), Some(1)));
    let number = |name: &str| back[name].as_f64().unwrap();
    assert!(number("low") < number("rate") && number("rate") < number("high"));
    // What was filled in stands in the new workbook too, and so is read back again.
    assert_eq!(run()["rehearsal"], back);
    assert!(out.join("模拟普查.上次.xlsx").is_file(), "填过的那一份留着");
    let page = std::fs::read_to_string(out.join("模拟普查.html")).unwrap();
    assert!(page.contains("已走访 30 户，4 户答得与材料不同"));
}

#[test]
fn what_cannot_be_simulated_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let said = |arguments: &[&str]| {
        let output = zicha(&[&["simulate", "-o", text(&out)], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["没有这个文件夹"]).contains("找不到"));
    let plan = ["--plan", "--population", "100", "--defective"];
    assert!(said(&[&plan[..], &["200"]].concat()).contains("不能多于总户数"));
    assert!(said(&[&plan[..], &["10", "--sample", "101"]].concat()).contains("抽的户"));
    assert!(said(&["--plan", "--defective", "3"]).contains("--population"));
    assert!(said(&["--plan", "--aql", "0.05", "--ltpd", "0.05"]).contains("没有一种抽法"));
    assert!(said(&[text(&sample()), "--audits", "0"]).contains("至少是 1"));
    assert!(said(&[text(&sample()), "--tolerance", "两成"]).contains("0 到 1 之间"));
    assert!(said(&[text(&sample()), "--set", "visit-absense=1"]).contains("没有「visit-absense」这个设定"));
    assert!(said(&["--scale", "township", "--error-model", "messy"]).contains("one-bad-school"));
    let roll = folder.path().join("学籍.csv");
    std::fs::write(&roll, "学校名称,年级,姓名,身份证件号\n甲小学,一年级,章一,610398201301010013\n").unwrap();
    assert!(said(&[text(&roll)]).contains("登记"));
    assert!(!out.exists() || files(&out).is_empty(), "没有成的运行不留下东西");
}

#[test]
fn a_small_register_without_districts_is_simulated_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let said = json(&zicha(&[
        "simulate",
        text(&root().join("tests/cases/只有登记/in")),
        "-o",
        text(&out),
        "--audits",
        "100",
        "--json",
    ]));
    assert!(said["not_compared"]["A18"].as_str().unwrap().contains("资助"), "{said}");
    let households = said["households"].as_u64().unwrap();
    assert!(households > 0 && said["sample"].as_u64().unwrap() <= households, "户少就全部走访");
    assert_eq!(said["schools"][0]["school"], "（未归属学校）");
}
