//! The outputs read back: workbooks by calamine, the table and the summary by their formats; the reports of the sample as snapshots.

use crate::support::root;
use calamine::{Data, Reader, Xlsx, open_workbook};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// One run over the sample for all tests of this file.
fn sample() -> &'static Path {
    static RUN: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let status = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .args(["check", root().join("datasets/sample").to_str().unwrap(), "-q", "-o", out.to_str().unwrap()])
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(1));
        (folder, out)
    });
    path
}

fn sheet_text(book: &mut Xlsx<std::io::BufReader<std::fs::File>>, name: &str, rows: usize) -> String {
    let range = book.worksheet_range(name).unwrap();
    let line = |row: &[Data]| {
        row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ").trim_end_matches([' ', '|']).to_owned()
    };
    range.rows().take(rows).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_ledger_has_a_summary_and_a_sheet_a_school_with_names_and_masked_numbers() {
    let mut book: Xlsx<_> = open_workbook(sample().join("问题台账.xlsx")).unwrap();
    let names = book.sheet_names();
    assert_eq!(names[0], "汇总");
    assert!(names.contains(&"永宁镇中心小学".to_owned()) && names.contains(&"未归属学校".to_owned()), "{names:?}");
    insta::assert_snapshot!("ledger-summary", sheet_text(&mut book, "汇总", 30));
    insta::assert_snapshot!("ledger-school", sheet_text(&mut book, "永宁镇中心小学", 8));
}

#[test]
fn the_figures_have_a_sheet_each_and_the_people_behind_them() {
    let mut book: Xlsx<_> = open_workbook(sample().join("指标汇总.xlsx")).unwrap();
    let text: Vec<String> = ["文化程度", "A4", "A5", "A18"]
        .iter()
        .map(|name| format!("== {name}\n{}", sheet_text(&mut book, name, 40)))
        .collect();
    insta::assert_snapshot!("figures", text.join("\n"));
    let people = book.worksheet_range("人员名单").unwrap();
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(sample().join("summary.json")).unwrap()).unwrap();
    let listed = people.rows().filter(|row| row[0] == Data::String("A4".to_owned())).count() as u64;
    assert_eq!(Some(listed), summary["indicators"]["A4"]["all"].as_u64(), "数字背后的人数与数字相等");
}

#[test]
fn the_summary_follows_its_contract() {
    let summary: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(sample().join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary["version"], 1);
    assert_eq!(summary["reference_date"], "2020-07-15");
    for key in ["1", "2", "3", "4", "5", "6"] {
        assert!(summary["indicators"]["文化程度"][key].is_u64());
    }
    for key in ["1", "8", "households"] {
        assert!(summary["indicators"]["A18"][key].is_u64());
    }
    for scope in ["A5", "A5_registered"] {
        let total: u64 =
            summary["indicators"][scope].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
        let of = if scope == "A5" { "all" } else { "registered" };
        assert_eq!(Some(total), summary["indicators"]["A4"][of].as_u64(), "A5 各原因之和等于 A4");
    }
    let schools = summary["schools"].as_array().unwrap();
    for school in schools {
        let number = |name: &str| school[name].as_f64().unwrap();
        assert!(number("low") <= number("score") && number("score") <= number("high"), "{school}");
    }
    insta::assert_snapshot!(
        "schools",
        schools
            .iter()
            .map(|school| format!(
                "{} {} {} {}–{} {}",
                school["school"], school["grade"], school["score"], school["low"], school["high"], school["red_lines"]
            ))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn the_table_is_marked_quoted_sorted_and_free_of_formulas() {
    let bytes = std::fs::read(sample().join("findings.csv")).unwrap();
    assert!(bytes.starts_with(&[0xEF, 0xBB, 0xBF]), "带字节序标记，表格软件才不乱码");
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        headers.join(","),
        "rule,severity,indicator,school,village,household_id,name,id_number,file,sheet,row,column,value,other_file,other_sheet,other_row,other_value,message,check"
    );
    for record in reader.records().map(Result::unwrap) {
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{record:?}");
    }
    insta::assert_snapshot!(
        "findings",
        String::from_utf8(bytes[3..].to_vec()).unwrap().lines().take(40).collect::<Vec<_>>().join("\n")
    );
}

/// The readable words of a page.
fn words(html: &str) -> Vec<String> {
    let document = scraper::Html::parse_document(html);
    let main = document.select(&scraper::Selector::parse("main").unwrap()).next().unwrap();
    main.text().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_pages_of_a_check_a_comparison_and_a_simulation_read_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let papers = root().join("datasets/sample");
    let run = |arguments: &[&str], out: &str| {
        let place = folder.path().join(out);
        let program = Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).args(["-q", "-o"]).arg(&place).output();
        assert_ne!(program.unwrap().status.code(), Some(2));
        place
    };
    let papers = papers.to_str().unwrap();
    let later = run(&["check", papers, "--set", "reference-date=2020-08-20"], "八月");
    let earlier = run(&["check", papers], "七月");
    let compared = run(&["compare", earlier.to_str().unwrap(), later.to_str().unwrap()], "进展");
    let simulated = run(&["simulate", papers, "--audits", "300"], "模拟");
    for (name, page, lines) in [
        ("page", earlier.join("自查报告.html"), 220),
        ("progress", compared.join("整改进展.html"), 120),
        ("simulation", simulated.join("模拟普查.html"), 160),
    ] {
        let words = words(&std::fs::read_to_string(page).unwrap());
        insta::assert_snapshot!(name, words[..words.len().min(lines)].join("\n"));
    }
}

#[test]
fn the_brief_names_nobody_and_says_what_comes_first() {
    let html = std::fs::read_to_string(sample().join("领导简报.html")).unwrap();
    insta::assert_snapshot!("brief", words(&html).join("\n"));
    let mut people: Xlsx<_> = open_workbook(sample().join("指标汇总.xlsx")).unwrap();
    let names = people.worksheet_range("人员名单").unwrap();
    let heads: Vec<String> = names.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let column = heads.iter().position(|head| head == "姓名").unwrap();
    // Two letters may be part of another word.
    for name in names.rows().skip(1).map(|row| row[column].to_string()).filter(|name| name.chars().count() > 2) {
        assert!(!html.contains(&name), "简报里有「{name}」");
    }
    let mut book: Xlsx<_> = open_workbook(sample().join("领导简报.xlsx")).unwrap();
    let sheets = ["各校就绪度", "普查内容", "先办的事"].map(|name| sheet_text(&mut book, name, 40));
    insta::assert_snapshot!("brief-book", sheets.join("\n\n"));
}

#[test]
fn the_brief_tells_what_changed_since_the_last_run() {
    let folder = tempfile::tempdir().unwrap();
    let (papers, out) = (folder.path().join("材料"), folder.path().join("out"));
    std::fs::create_dir_all(&papers).unwrap();
    for name in ["01国办系统导出人员信息.xlsx", "12学区划分.xlsx"] {
        std::fs::copy(root().join("datasets/sample").join(name), papers.join(name)).unwrap();
    }
    let check = || {
        let arguments = ["check", papers.to_str().unwrap(), "-q", "-o", out.to_str().unwrap()];
        Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).status().unwrap();
        std::fs::read_to_string(out.join("领导简报.html")).unwrap()
    };
    assert!(check().contains("这是第一次"));
    assert!(check().contains("改好 0，还在 ") && check().contains("新出现 0"));
    std::fs::copy(root().join("datasets/sample/17教师结对帮扶汇总表.xlsx"), papers.join("17.xlsx")).unwrap();
    std::fs::copy(root().join("datasets/sample/16档案清单.xlsx"), papers.join("16.xlsx")).unwrap();
    let page = check();
    assert!(!page.contains("新出现 0") && page.contains("只作参考"), "多交了表，两次不完全可比");
}

#[test]
fn the_archive_shows_every_gap_with_its_day() {
    let mut book: Xlsx<_> = open_workbook(sample().join("指标汇总.xlsx")).unwrap();
    insta::assert_snapshot!(
        "archive",
        [sheet_text(&mut book, "档案", 20), sheet_text(&mut book, "档案缺什么", 20)].join("\n\n")
    );
    let page = std::fs::read_to_string(sample().join("自查报告.html")).unwrap();
    assert!(page.contains("档案准备") && sample().join("charts/archive.svg").is_file());
}

#[test]
fn every_workbook_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let run = |command: &str, rest: &[&str]| {
        let out = folder.path().join(command);
        let mut arguments = vec![command];
        arguments.extend(rest);
        arguments.extend(["-o", out.to_str().unwrap()]);
        Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).output().unwrap();
    };
    let papers = root().join("datasets/sample");
    let papers = papers.to_str().unwrap();
    run("check", &[papers, "--packages", "-q"]);
    run("forms", &[papers, "-q"]);
    run("template", &[]);
    run("simulate", &[papers, "-q", "--audits", "200"]);
    run("compare", &[folder.path().join("check").to_str().unwrap(), sample().to_str().unwrap(), "-q"]);
    let mut opened = 0;
    for entry in walkdir::WalkDir::new(folder.path()).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|ending| ending != "xlsx") {
            continue;
        }
        let mut book: Xlsx<_> = open_workbook(entry.path()).unwrap();
        for name in book.sheet_names() {
            let range = book.worksheet_range(&name).unwrap();
            assert!(range.used_cells().next().is_some(), "{} 的「{name}」是空的", entry.path().display());
        }
        opened += 1;
    }
    assert!(opened > 30, "{opened}");
}

#[test]
fn the_page_stands_alone() {
    let page = std::fs::read_to_string(sample().join("自查报告.html")).unwrap();
    for outside in ["src=\"http", "href=\"http", "url(http", "@import", "<link"] {
        assert!(!page.contains(outside), "页面不应当引用外面的东西：{outside}");
    }
    for words in ["各校就绪度", "普查数字", "问题清单", "读到了什么", "没有核对的规则", "设定和出处", "本程序的假定"]
    {
        assert!(page.contains(words), "页面缺少「{words}」");
    }
}

#[test]
fn charts_are_drawn_for_one_twelve_and_three_hundred_schools() {
    for schools in [1_usize, 12, 300] {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in");
        std::fs::create_dir(&input).unwrap();
        let mut register = String::from("行政村,户编号,姓名,证件号码,与户主关系,文化程度,在校生状况\n");
        let mut roll = String::from("学校名称,年级,姓名,身份证件号\n");
        for school in 0..schools {
            let body = format!("6103982010{:02}{:02}{:03}", school % 12 + 1, school % 28 + 1, school + 1);
            let id = format!(
                "{body}{}",
                char::from(zicha::standardise::id_number::check_character(body.as_bytes()).unwrap())
            );
            register.push_str(&format!("东坡村,61{school:06},章一,{id},户主,,小学\n"));
            roll.push_str(&format!("虚构第{school}小学,三年级,章一,{id}\n"));
        }
        std::fs::write(input.join("登记.csv"), register).unwrap();
        std::fs::write(input.join("学籍.csv"), roll).unwrap();
        let out = folder.path().join("out");
        let status = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .args(["check", input.to_str().unwrap(), "-q", "--fail-on", "never", "-o", out.to_str().unwrap()])
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(0));
        let svg = std::fs::read_to_string(out.join("charts/readiness.svg")).unwrap();
        assert!(svg.contains("Microsoft YaHei"));
        let png = std::fs::read(out.join("charts/readiness.png")).unwrap();
        let height = u32::from_be_bytes([png[20], png[21], png[22], png[23]]);
        assert!(height < 1700, "{schools} 所学校的图高 {height}，投影上看不清");
        assert_eq!(svg.contains("共 300 所"), schools == 300, "列不全时要写明");
    }
}

/// The persons of a workbook's first sheet: name and household.
fn persons(path: &Path) -> Vec<(String, String)> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let name = book.sheet_names()[0].clone();
    let range = book.worksheet_range(&name).unwrap();
    let header: Vec<String> = range.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    let at = |title: &str| header.iter().position(|known| known == title).unwrap();
    let (person, household) = (at("姓名"), at("户编号"));
    let rows = range.rows().skip(2).take_while(|row| !row[0].to_string().is_empty());
    rows.map(|row| (row[person].to_string(), row[household].to_string())).collect()
}

#[test]
fn a_schools_package_holds_its_own_findings_and_no_other_schools_people() {
    for seed in [31, 32, 33] {
        let folder = tempfile::tempdir().unwrap();
        let (input, truth, out) = (folder.path().join("in"), folder.path().join("truth"), folder.path().join("out"));
        crate::township::write(&input, &truth, seed, 700, "careless", zicha::simulate::Generation::New, 2);
        let arguments =
            ["check", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "-q", "--packages", "--show-identities"];
        Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).env_clear().status().unwrap();
        let table = std::fs::read_to_string(out.join("findings.csv")).unwrap();
        let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
        let mut of_school: std::collections::BTreeMap<String, Vec<(String, String)>> = Default::default();
        let mut numbers: std::collections::BTreeMap<String, String> = Default::default();
        for record in reader.records().map(Result::unwrap) {
            of_school.entry(record[3].to_owned()).or_default().push((record[6].to_owned(), record[5].to_owned()));
            if record[7].len() == 18 {
                numbers.insert(record[7].to_owned(), record[3].to_owned());
            }
        }
        let packages: Vec<PathBuf> =
            std::fs::read_dir(out.join("学校包")).unwrap().map(|entry| entry.unwrap().path()).collect();
        let summary: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(out.join("summary.json")).unwrap()).unwrap();
        let judged = summary["schools"].as_array().unwrap().iter().map(|school| school["school"].as_str().unwrap());
        let mut schools: std::collections::BTreeSet<&str> =
            judged.chain(of_school.keys().map(String::as_str)).collect();
        schools.retain(|school| !school.is_empty() && *school != "（未归属学校）");
        let named: std::collections::BTreeSet<String> =
            packages.iter().map(|package| package.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        assert!(named.iter().map(String::as_str).eq(schools), "每所学校一个包：{named:?}");
        for package in packages {
            let school = package.file_stem().unwrap().to_string_lossy().into_owned();
            let mut wanted = of_school.get(&school).cloned().unwrap_or_default();
            let mut found = persons(&package);
            wanted.sort();
            found.sort();
            assert_eq!(found, wanted, "{school} 的包应当正好是它自己的问题（种子 {seed}）");
            // Nor does any other cell name somebody whose findings are all of another school.
            let mut book: Xlsx<_> = open_workbook(&package).unwrap();
            let range = book.worksheet_range_at(0).unwrap().unwrap();
            let text: String = range.cells().map(|(_, _, cell)| format!("{cell}\n")).collect();
            for (number, owner) in numbers.iter().filter(|(_, owner)| **owner != school) {
                let own = of_school.get(&school).into_iter().flatten().any(|(_, household)| {
                    of_school[owner].iter().any(|(_, other)| other == household && !other.is_empty())
                });
                assert!(own || !text.contains(number.as_str()), "{school} 的包里有{owner}的 {number}");
            }
            assert!(text.contains("填报人") && text.contains("校长签字"));
        }
    }
}

#[test]
fn returned_packages_are_merged_and_contradictions_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    for entry in std::fs::read_dir(root().join("datasets/sample")).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), input.join(entry.file_name())).unwrap();
    }
    let run = || {
        let arguments = ["check", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "-q", "--packages"];
        Command::new(env!("CARGO_BIN_EXE_zicha")).args(arguments).env_clear().status().unwrap();
        let text = std::fs::read_to_string(out.join("summary.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let package = out.join("学校包/柳林小学.xlsx");
    let before = run();
    let mut book: Xlsx<_> = open_workbook(&package).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let header: Vec<String> = range.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    let at = |title: &str| header.iter().position(|known| known == title).unwrap();
    // Two copies of the package come back with other words beside the first finding.
    for (name, status) in [("柳林小学交回1.xlsx", "已更正"), ("柳林小学交回2.xlsx", "核实无误")] {
        let mut fresh = rust_xlsxwriter::Workbook::new();
        let sheet = fresh.add_worksheet();
        for (row, cells) in (0_u32..).zip(range.rows()) {
            for (column, cell) in (0_u16..).zip(cells) {
                let text = match (row, usize::from(column)) {
                    (2, column) if column == at("处理状态") => status.to_owned(),
                    (2, column) if column == at("看过的材料") => "户口簿".to_owned(),
                    (2, column) if column == at("核实人") => "高文静".to_owned(),
                    _ => cell.to_string(),
                };
                sheet.write_string(row, column, text).unwrap();
            }
        }
        fresh.save(input.join(name)).unwrap();
    }
    let after = run();
    assert_eq!(before["findings"]["error"], after["findings"]["error"], "交回的包不算新的问题");
    let questions: Vec<&str> = after["questions"].as_array().unwrap().iter().map(|q| q.as_str().unwrap()).collect();
    let contradiction = questions.iter().find(|question| question.contains("说法不同")).expect("应当指出说法不同");
    assert!(contradiction.contains("已更正") && contradiction.contains("核实无误") && contradiction.contains("交回2"));
    let mut book: Xlsx<_> = open_workbook(&package).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let first: Vec<String> = range.rows().nth(2).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!((first[at("处理状态")].as_str(), first[at("看过的材料")].as_str()), ("核实无误", "户口簿"));
    // A package that is filled in where it lies is read as well, and a school without findings has an empty one.
    for name in ["柳林小学交回1.xlsx", "柳林小学交回2.xlsx"] {
        std::fs::remove_file(input.join(name)).unwrap();
    }
    let mut fresh = rust_xlsxwriter::Workbook::new();
    let sheet = fresh.add_worksheet();
    for (row, cells) in (0_u32..).zip(range.rows()) {
        for (column, cell) in (0_u16..).zip(cells) {
            let filled = row == 4 && usize::from(column) == at("核实情况");
            sheet.write_string(row, column, if filled { "查了户口簿".to_owned() } else { cell.to_string() }).unwrap();
        }
    }
    fresh.save(&package).unwrap();
    let again = run();
    assert!(again["questions"].as_array().unwrap().is_empty(), "{}", again["questions"]);
    let mut book: Xlsx<_> = open_workbook(&package).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.rows().nth(4).unwrap()[at("核实情况")].to_string(), "查了户口簿");
}
