//! Forms filled from papers, templates filled in and read back, notices, letters and cards; what each of them may show.

use crate::support::{files, findings, root, run, text, zicha};
use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use zicha::definitions::{Definitions, Form, Input, Project};

/// One run over the sample for all tests of this file.
fn filled() -> &'static Path {
    static RUN: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("填好的表");
        let ran = zicha(&["forms", text(&root().join("datasets/sample")), "-o", text(&out), "-q"]);
        assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
        (folder, out)
    });
    path
}

fn rows(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap_or_else(|_| panic!("{} 没有表「{sheet}」", path.display()));
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// The records of a form: rows whose first cell is a number.
fn records(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    rows(path, sheet).into_iter().filter(|row| row[0].parse::<u32>().is_ok()).collect()
}

fn place(path: &Path, sheet: &str, title: &str) -> usize {
    rows(path, sheet)[2].iter().position(|head| head == title).unwrap_or_else(|| panic!("没有列「{title}」"))
}

/// The readable words of a page.
fn words(page: &Path) -> String {
    let html = std::fs::read_to_string(page).unwrap();
    let document = scraper::Html::parse_document(&html);
    let main = document.select(&scraper::Selector::parse("main").unwrap()).next().unwrap();
    main.text().map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_four_tables_are_filled_for_the_township_and_for_each_school() {
    let book = filled().join("四张统计表.xlsx");
    let sheets = ["表1区内户籍在校", "表2区外就读", "表3不在校", "表4区外户籍在校"];
    let cover = rows(&book, "封面");
    let schools = std::fs::read_dir(filled().join("四张统计表各校")).unwrap();
    let schools: Vec<PathBuf> = schools.map(|entry| entry.unwrap().path()).collect();
    for (sheet, line) in sheets.iter().zip(cover.iter().filter(|row| row[1].ends_with("统计表"))) {
        let all = records(&book, sheet);
        assert_eq!(line[2], all.len().to_string(), "封面上的人数：{sheet}");
        let own: Vec<Vec<String>> = schools.iter().flat_map(|path| records(path, sheet)).collect();
        let people = |rows: &[Vec<String>]| rows.iter().map(|row| row[1..].join("|")).collect::<BTreeSet<_>>();
        assert_eq!(people(&all), people(&own), "各校的合起来就是全镇的：{sheet}");
        assert_eq!(all.len(), own.len(), "没有人在两所学校：{sheet}");
    }
    for path in &schools {
        let school = path.file_stem().unwrap().to_string_lossy().into_owned();
        for (sheet, title) in [(sheets[0], "学校名称"), (sheets[1], "学区学校"), (sheets[2], "学区学校")] {
            let column = place(path, sheet, title);
            assert!(records(path, sheet).iter().all(|row| row[column] == school), "{school} 的{sheet}里有别的学校");
        }
    }
    // What the census would count is what the third table lists.
    let summary =
        zicha(&["check", text(&root().join("datasets/sample")), "--json", "-o", text(&filled().join("../查"))]);
    let summary: serde_json::Value = serde_json::from_slice(&summary.stdout).unwrap();
    assert_eq!(summary["indicators"]["A4"]["all"].as_u64(), Some(records(&book, sheets[2]).len() as u64));
    let sample: Vec<String> = [(sheets[0], 8), (sheets[2], 14)]
        .iter()
        .map(|(sheet, count)| {
            let lines = rows(&filled().join("四张统计表各校/柳林小学.xlsx"), sheet);
            lines.iter().take(*count).map(|row| row.join(" | ")).collect::<Vec<_>>().join("\n")
        })
        .collect();
    insta::assert_snapshot!("form-tables", sample.join("\n\n"));
}

#[test]
fn filled_forms_are_read_back_with_their_histories() {
    let folder = tempfile::tempdir().unwrap();
    let book = filled().join("四张统计表.xlsx");
    std::fs::copy(&book, folder.path().join("四张统计表.xlsx")).unwrap();
    for paper in ["01国办系统导出人员信息.xlsx", "12学区划分.xlsx"] {
        std::fs::copy(root().join("datasets/sample").join(paper), folder.path().join(paper)).unwrap();
    }
    let (definitions, checked) = run(folder.path());
    let (_, original) = run(&root().join("datasets/sample"));
    for sheet in &checked.sheets {
        assert!(sheet.own || sheet.table.is_some(), "{sheet:?}");
        let unknown: Vec<_> = sheet.columns.iter().filter(|column| column.field.is_none() && !column.ignored).collect();
        assert!(unknown.is_empty() && sheet.missing.is_empty(), "{unknown:?} {:?}", sheet.missing);
    }
    let figure = |checked: &zicha::pipeline::Checked, name: &str| {
        let figure = checked.evaluated.figures.iter().find(|figure| figure.indicator == name).unwrap();
        let scope = figure.scopes[0];
        let codes: Vec<usize> = figure.codes.iter().map(|(code, _)| figure.total(scope, code)).collect();
        (figure.total(scope, ""), codes)
    };
    for name in ["文化程度", "A4", "A5"] {
        assert_eq!(figure(&checked, name), figure(&original, name), "{name}");
    }
    // Every yuan that the first two tables tell comes back, item by item.
    let history = &checked.linked.tables["history"];
    let told: f64 = history.column("amount").unwrap().f64().unwrap().iter().flatten().sum();
    let printed: f64 = ["表1区内户籍在校", "表2区外就读"]
        .iter()
        .flat_map(|sheet| {
            let column = place(&book, sheet, "资助合计（元）");
            records(&book, sheet).into_iter().filter_map(move |row| row[column].parse::<f64>().ok())
        })
        .sum();
    assert!((told - printed).abs() < 0.01 && told > 100_000.0, "读回 {told}，表上 {printed}");
    let unparsed: Vec<_> = findings(&definitions, &checked)
        .into_iter()
        .filter(|found| {
            found.2 == "四张统计表.xlsx" && (found.0 == "输入/value-unparsed" || found.0 == "身份/id-duplicated")
        })
        .collect();
    assert!(unparsed.is_empty(), "{unparsed:?}");
    // Beside the papers that they were copied from, the tables are neither second payments nor second enrolments.
    for paper in std::fs::read_dir(root().join("datasets/sample")).unwrap() {
        let paper = paper.unwrap();
        std::fs::copy(paper.path(), folder.path().join(paper.file_name())).unwrap();
    }
    let (definitions, both) = run(folder.path());
    let twice = |definitions: &Definitions, checked: &zicha::pipeline::Checked| {
        let found = findings(definitions, checked);
        found.into_iter().filter(|found| found.0 == "A18/paid-twice" || found.0 == "身份/id-duplicated").count()
    };
    assert_eq!(twice(&definitions, &both), twice(&definitions, &original));
    assert_eq!(figure(&both, "A18"), figure(&original, "A18"));
}

#[test]
fn pupils_registered_elsewhere_stand_in_the_fourth_table() {
    let folder = tempfile::tempdir().unwrap();
    let roll = "学校名称,学期,年级,班级,姓名,性别,身份证号,户口所在地,是否区内户籍,是否建档立卡\n\
        柳林小学,2019-2020-2,三年级,1班,例小花,女,610398201003050027,示例省示例县,区外,是\n\
        柳林小学,2019-2020-2,三年级,1班,例小草,男,610398201003050019,示例省示例县,区外,否\n";
    std::fs::write(folder.path().join("名册.csv"), roll).unwrap();
    let out = folder.path().join("out");
    zicha(&["forms", text(&folder.path().join("名册.csv")), "-o", text(&out), "-q"]);
    let table = records(&out.join("四张统计表.xlsx"), "表4区外户籍在校");
    assert_eq!(table.len(), 1);
    assert_eq!(table[0][1..5], ["例小花", "女", "610398201003050027", "示例省示例县"]);
}

/// What a person would write into a column.
fn entry(form: &Form, column: usize, number: usize, definitions: &Definitions) -> String {
    let column = &form.columns[column];
    let list = column.codes.as_ref().map(|name| &definitions.codes[name].codes);
    match column.input {
        Input::Number => number.to_string(),
        Input::IdNumber => ["610398201003050019", "610398201003050027"][number - 1].to_owned(),
        Input::Date => "2020-03-01".to_owned(),
        Input::Count | Input::Amount => "4".to_owned(),
        Input::YesNo => "是".to_owned(),
        Input::Tick if column.code.as_deref() == Some("2") => "√".to_owned(),
        Input::Tick => String::new(),
        Input::Code => list.unwrap()[number % list.unwrap().len()].label.clone(),
        Input::Text if column.title == "学生姓名" || column.title == "姓名" => {
            format!("例小{}", ["甲", "乙"][number - 1])
        }
        Input::Text => column.example.clone(),
    }
}

/// Copies a template as a spreadsheet program would save it, with rows below the example.
fn fill_in(template: &Path, form: &Form, definitions: &Definitions, path: &Path) {
    let mut book: Xlsx<_> = open_workbook(template).unwrap();
    let mut out = Workbook::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let sheet = out.add_worksheet().set_name(&name).unwrap();
        for (row, column, cell) in range.used_cells() {
            sheet.write_string(row as u32, column as u16, cell.to_string()).unwrap();
        }
        if name == form.sheet {
            let shown: Vec<usize> = (0..form.columns.len())
                .filter(|column| {
                    range.rows().nth(2).unwrap().iter().any(|head| head.to_string() == form.columns[*column].title)
                })
                .collect();
            for number in [1, 2] {
                for (at, column) in (0_u16..).zip(&shown) {
                    sheet.write_string(3 + number as u32, at, entry(form, *column, number, definitions)).unwrap();
                }
            }
        }
    }
    out.save(path).unwrap();
}

#[test]
fn templates_are_read_back_without_a_mapping() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, papers) = (folder.path().join("空表"), folder.path().join("材料"));
    std::fs::create_dir_all(&papers).unwrap();
    assert_eq!(zicha(&["template", "-o", text(&empty), "--school", "柳林小学"]).status.code(), Some(0));
    let definitions = Definitions::load(None, &Project::default()).unwrap();
    for form in &definitions.forms {
        let name = format!("{}.xlsx", form.sheet);
        fill_in(&empty.join(&name), form, &definitions, &papers.join(&name));
    }
    let (definitions, checked) = run(&papers);
    for form in &definitions.forms {
        let sheets = checked.input.sheets.iter().zip(&checked.sheets);
        let (_, read) = sheets.clone().find(|(sheet, _)| sheet.name == form.sheet).unwrap();
        assert_eq!(read.table.as_deref(), Some(form.table.as_str()), "{}", form.title);
        assert_eq!(read.rows, 2, "例子一行不算，填的两行都算：{}", form.title);
        assert!(read.missing.is_empty(), "{}缺 {:?}", form.title, read.missing);
        let unknown: Vec<_> = read.columns.iter().filter(|column| column.field.is_none() && !column.ignored).collect();
        assert!(unknown.is_empty(), "{}认不出 {unknown:?}", form.title);
        for (sheet, read) in sheets.filter(|(sheet, _)| sheet.name != form.sheet && sheet.file.starts_with(&form.sheet))
        {
            assert!(read.own, "「{}」应当认得是自己写的", sheet.name);
        }
    }
    let unparsed =
        findings(&definitions, &checked).into_iter().filter(|found| found.0.starts_with("输入/")).collect::<Vec<_>>();
    assert!(unparsed.is_empty(), "{unparsed:?}");
}

#[test]
fn templates_check_what_is_entered() {
    let folder = tempfile::tempdir().unwrap();
    zicha(&["template", "-o", text(folder.path())]);
    let validations = |name: &str| {
        let file = std::fs::File::open(folder.path().join(name)).unwrap();
        let mut archive = zip::ZipArchive::new(file).unwrap();
        let mut xml = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut xml).unwrap();
        xml
    };
    let absent = validations("表3不在校.xlsx");
    assert!(absent.contains("因身体原因不具备学习条件,送教上门"), "原因是下拉，只能选一个");
    assert!(absent.contains("MOD(2^(18-ROW($1:$17)),11)") && absent.contains("10X98765432"), "身份证号核对校验码");
    let survey = validations("采集表.xlsx");
    assert_eq!(survey.matches("'选项'!$A$3,'选项'!$A$2").count(), 8, "八项都看别的选了没有");
    let definitions = Definitions::load(None, &Project::default()).unwrap();
    let form = definitions.forms.iter().find(|form| form.name == "采集表").unwrap();
    let letter = |code: &str| {
        let place = form.columns.iter().position(|column| column.code.as_deref() == Some(code)).unwrap();
        zicha::read::column_letters(u32::try_from(place).unwrap())
    };
    let forbidden = |code: &str, by: &str| {
        // The check on a column names its own cells first, then the formula of its drop-down.
        let own = format!("sqref=\"{0}5:{0}", letter(code));
        let check = survey.split("<dataValidation ").find(|part| part.contains(&own)).unwrap();
        check.contains(&format!("${}5=", letter(by)))
    };
    assert!(forbidden("1", "8") && forbidden("7", "8"), "选了第8项，别的就没有勾可选");
    assert!(forbidden("8", "1") && forbidden("8", "7"), "选了别的，第8项就没有勾可选");
    assert!(!forbidden("1", "2"), "前七项可以同时选");
}

#[test]
fn official_forms_carry_numbers_and_working_papers_hide_them() {
    let whole = regex::Regex::new(r"6103\d{13}[\dX]").unwrap();
    let mut kinds: BTreeMap<String, bool> = BTreeMap::new();
    for (name, bytes) in files(filled()) {
        let Ok(page) = String::from_utf8(bytes) else { continue };
        let kind = name.split('/').next().unwrap().to_owned();
        *kinds.entry(kind).or_default() |= whole.is_match(&page);
    }
    assert_eq!(
        kinds,
        [("一口清", false), ("核查函", true), ("资助告知书", false)]
            .map(|(kind, shown)| (kind.to_owned(), shown))
            .into()
    );
    let numbers = records(&filled().join("四张统计表.xlsx"), "表1区内户籍在校");
    assert!(numbers.iter().all(|row| whole.is_match(&row[6])), "上报的表写全证件号码");
}

#[test]
fn notices_letters_and_cards_say_what_the_books_say() {
    insta::assert_snapshot!(
        "notices",
        words(&filled().join("资助告知书/柳林小学.html")).lines().take(60).collect::<Vec<_>>().join("\n")
    );
    insta::assert_snapshot!("letter", words(&filled().join("核查函/渭新大学.html")));
    let cards = words(&filled().join("一口清/柳林小学.html"));
    insta::assert_snapshot!("cards", cards.lines().take(70).collect::<Vec<_>>().join("\n"));
    let page = std::fs::read_to_string(filled().join("一口清/柳林小学.html")).unwrap();
    assert_eq!(page.matches("<article class=\"card\"").count(), page.matches("生活、学习怎么样").count());
    let (questions, answers) = page.split_once("<section class=\"answers\"").unwrap();
    let asked = |part: &str| part.matches("<li>").count();
    assert!(asked(questions) > 50 && asked(questions) == asked(answers), "每道题都有答案");
    // Meals are days times the daily rate, whatever the school booked.
    let notices = std::fs::read_to_string(filled().join("资助告知书/永宁镇中心小学.html")).unwrap();
    let meal = regex::Regex::new(r"每天4元×实际在校(\d+)天</td><td class=.n.>(\d+)</td>").unwrap();
    let mut seen = 0;
    for found in meal.captures_iter(&notices) {
        let number = |place: usize| found[place].parse::<u32>().unwrap();
        seen += usize::from(number(1) * 4 == number(2));
    }
    assert!(seen > 20, "营养膳食补助按天算：{seen}");
    // Three to a page.
    let pages: Vec<&str> = notices.split("<section class=\"page\"").skip(1).collect();
    let counts: Vec<usize> = pages.iter().map(|page| page.matches("<article").count()).collect();
    assert!(counts[..counts.len() - 1].iter().all(|count| *count == 3) && *counts.last().unwrap() <= 3, "{counts:?}");
}

#[test]
fn households_that_left_poverty_before_2016_get_no_notice() {
    let book = filled().join("四张统计表.xlsx");
    let (exit, name, school) = (
        place(&book, "表1区内户籍在校", "脱贫年度"),
        place(&book, "表1区内户籍在校", "学生姓名"),
        place(&book, "表1区内户籍在校", "学校名称"),
    );
    let mut early = 0;
    for row in records(&book, "表1区内户籍在校") {
        let page = std::fs::read_to_string(filled().join(format!("资助告知书/{}.html", row[school]))).unwrap();
        let told =
            page.contains(&format!("<b>{}</b> 同学", row[name])) || page.contains(&format!("<td>{}</td>", row[name]));
        let recent = row[exit].parse::<u32>().map_or(true, |year| year >= 2016);
        early += usize::from(!recent);
        assert_eq!(told, recent, "{row:?}");
    }
    assert!(early > 5);
}

#[test]
fn forms_are_the_same_bytes_and_leave_the_papers_alone() {
    let folder = tempfile::tempdir().unwrap();
    let before = files(&root().join("datasets/sample"));
    zicha(&["forms", text(&root().join("datasets/sample")), "-o", text(folder.path()), "-q"]);
    assert_eq!(files(folder.path()), files(filled()));
    assert_eq!(before, files(&root().join("datasets/sample")));
    // What somebody filled in there is not written over.
    for command in [vec!["forms", text(&root().join("datasets/sample"))], vec!["template"]] {
        let again = zicha(&[command, vec!["-o", text(folder.path())]].concat());
        assert_eq!(again.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&again.stderr).contains("请换一个空文件夹"));
    }
    let nothing = tempfile::tempdir().unwrap();
    let ran = zicha(&["forms", text(nothing.path()), "-o", text(&folder.path().join("x"))]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("里面没有文件"));
}
