//! The program from outside: exit codes, sentences, what it writes and what it leaves alone.

use crate::support::{files, root, text, zicha};
use std::path::Path;
use std::process::Command;

#[test]
fn a_check_writes_everything_twice_the_same_and_leaves_the_input_alone() {
    let folder = tempfile::tempdir().unwrap();
    let input = root().join("datasets/sample");
    let before = files(&input);
    let (one, two) = (folder.path().join("结果 一"), folder.path().join("two"));
    let first = zicha(&["check", text(&input), "-o", text(&one)]);
    assert_eq!(first.status.code(), Some(1), "{}", String::from_utf8_lossy(&first.stderr));
    let second = zicha(&["check", text(&input), "-o", text(&two), "--quiet"]);
    assert!(second.stdout.is_empty() && second.stderr.is_empty(), "安静时什么都不说");
    let (first_files, second_files) = (files(&one), files(&two));
    let names: Vec<&str> = first_files.keys().map(String::as_str).collect();
    for name in [
        "findings.csv",
        "summary.json",
        "自查报告.html",
        "问题台账.xlsx",
        "指标汇总.xlsx",
        "charts/readiness.png",
        "charts/readiness.svg",
    ] {
        assert!(names.contains(&name), "缺少 {name}，有 {names:?}");
    }
    assert!(first_files == second_files, "同样的输入应当得到同样的字节");
    assert!(before == files(&input), "输入文件只读");
    let screen = String::from_utf8(first.stdout).unwrap();
    assert!(screen.lines().count() <= 30, "终端一屏：\n{screen}");
}

#[test]
fn what_circulates_shows_no_whole_number_and_no_whole_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    zicha(&["check", text(&root().join("datasets/sample")), "-o", text(&out), "-q"]);
    let whole = regex::Regex::new(r"6103\d{13}[\dX]").unwrap();
    for (name, bytes) in files(&out) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        assert!(!whole.is_match(&text), "{name} 里有完整的证件号：{:?}", whole.find(&text));
    }
    let table = std::fs::read_to_string(out.join("findings.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    for record in reader.records().map(Result::unwrap) {
        assert!(record[6].is_empty() || record[6].contains('*'), "姓名没有隐去：{record:?}");
    }
    let shown = folder.path().join("shown");
    zicha(&["check", text(&root().join("datasets/sample")), "-o", text(&shown), "-q", "--show-identities"]);
    assert!(whole.is_match(&std::fs::read_to_string(shown.join("findings.csv")).unwrap()), "要求显示时应当显示");
}

#[test]
fn every_finding_points_at_a_cell_that_exists() {
    let (definitions, checked) = crate::support::run(&root().join("datasets/sample"));
    let run = checked.run(&definitions, true);
    for finding in &checked.evaluated.findings.order {
        let text = zicha::report::describe(&run, *finding, zicha::report::Privacy::Open);
        let sheet =
            checked.input.sheets.iter().find(|sheet| sheet.file == text.place.file && sheet.name == text.place.sheet);
        let sheet = sheet.unwrap_or_else(|| panic!("没有这张表：{text:?}"));
        let Some(row) = text.place.row else { continue };
        assert!(sheet.grid.index_of(row - 1).is_some(), "没有这一行：{text:?}");
        let column = (0..sheet.grid.width()).find(|column| zicha::read::column_letters(*column) == text.place.column);
        assert!(column.is_some() || text.place.column.is_empty(), "没有这一列：{text:?}");
    }
}

#[test]
fn what_cannot_run_says_why_and_ends_with_two() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("空");
    std::fs::create_dir(&empty).unwrap();
    std::fs::write(folder.path().join("a.csv"), "姓名\n").unwrap();
    let bad = folder.path().join("坏设定");
    std::fs::create_dir(&bad).unwrap();
    std::fs::write(bad.join("zicha.toml"), "[settings]\nreference-date = \n").unwrap();
    std::fs::write(bad.join("a.csv"), "姓名\n").unwrap();
    let file = folder.path().join("a.csv");
    let out = folder.path().join("out");
    let cases: [(&[&str], &str); 5] = [
        (&["check", "没有这个文件夹", "-o", text(&out)], "找不到"),
        (&["check", text(&empty), "-o", text(&out)], "没有文件可查"),
        (&["check", text(&bad), "-o", text(&out)], "zicha.toml:2"),
        (&["check", text(&file), "-o", text(&file)], "是一个文件"),
        (&["explain", "A5/no-such-rule"], "没有「A5/no-such-rule」"),
    ];
    for (arguments, words) in cases {
        let output = zicha(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}：{said}");
        assert!(said.contains(words), "{arguments:?} 应当说「{words}」，实际说：{said}");
    }
    assert!(!out.exists(), "没有运行成，就不留下结果");
}

#[test]
fn a_failed_run_leaves_the_last_result_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let input = root().join("tests/cases/只有登记/in");
    zicha(&["check", text(&input), "-o", text(&out), "-q"]);
    let before = files(&out);
    // A file in the place of the folder of charts: the new charts cannot be put in place.
    std::fs::remove_dir_all(out.join("charts")).unwrap();
    std::fs::write(out.join("charts"), "占着位置").unwrap();
    let before_charts = files(&out);
    let other = root().join("tests/cases/A18-多填少填/in");
    let output = zicha(&["check", text(&other), "-o", text(&out), "-q"]);
    assert_eq!(output.status.code(), Some(2), "换不掉就是没有运行成");
    assert!(String::from_utf8_lossy(&output.stderr).contains("换不掉"));
    assert!(files(&out) == before_charts, "换不掉一个文件时，已换的都放回去");
    assert!(before.len() > before_charts.len());
    let broken = folder.path().join("坏定义/indicators/A5");
    std::fs::create_dir_all(&broken).unwrap();
    std::fs::write(broken.join("x.toml"), "title = 1").unwrap();
    let before = files(&out);
    let output =
        zicha(&["check", text(&other), "-o", text(&out), "-q", "--definitions", text(&folder.path().join("坏定义"))]);
    assert_eq!(output.status.code(), Some(2));
    assert!(before == files(&out), "定义有错时原来的结果不动");
}

#[test]
fn a_users_own_rules_add_override_and_switch_off() {
    let folder = tempfile::tempdir().unwrap();
    let mine = folder.path().join("mine/indicators");
    let built_in = |path: &str| std::fs::read_to_string(root().join("indicators").join(path)).unwrap();
    let put = |path: &str, text: &str| {
        std::fs::create_dir_all(mine.join(path).parent().unwrap()).unwrap();
        std::fs::write(mine.join(path), text).unwrap();
    };
    put("A5/my-own.toml", &built_in("A5/reason-missing.toml").replace("title = ", "# 本校的规则\ntitle = "));
    put("文化程度/both-empty.toml", &built_in("文化程度/both-empty.toml").replace("\"error\"", "\"info\""));
    put("身份/sex-differs.toml", &built_in("身份/sex-differs.toml").replace("view =", "disabled = true\nview ="));
    let out = folder.path().join("out");
    let definitions = folder.path().join("mine");
    zicha(&[
        "check",
        text(&root().join("datasets/sample")),
        "-o",
        text(&out),
        "-q",
        "--definitions",
        text(&definitions),
    ]);
    let table = std::fs::read_to_string(out.join("findings.csv")).unwrap();
    assert!(table.contains("A5/my-own,error"));
    assert!(table.contains("文化程度/both-empty,info") && !table.contains("文化程度/both-empty,error"));
    assert!(!table.contains("身份/sex-differs"));
}

/// Writes the files that CONTRIBUTING.md shows: blocks whose first line is a comment with a path below `mine/`.
fn write_the_walk_through(folder: &Path) -> usize {
    let guide = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let mut written = 0;
    for block in guide.split("```").skip(1).step_by(2) {
        let Some((_, body)) = block.split_once('\n') else { continue };
        let first = body.lines().next().unwrap_or_default();
        let Some(path) = first.trim_start_matches(['#', '-', ' ']).strip_prefix("mine/") else { continue };
        let place = folder.join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        // The head of a view is its description; the path is not part of it.
        std::fs::write(place, body.split_once('\n').unwrap().1).unwrap();
        written += 1;
    }
    written
}

#[test]
fn the_walk_through_of_contributing_works_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mine, input, out) = (folder.path().join("mine"), folder.path().join("in"), folder.path().join("out"));
    assert_eq!(write_the_walk_through(&mine), 6);
    std::fs::create_dir(&input).unwrap();
    let register = "行政村,户编号,姓名,性别,证件号码,与户主关系,文化程度,在校生状况,一卡通账号
东坡村,6103980101,章大山,女,610398198001020110,户主,初中,,
东坡村,6103980101,甲一,男,610398201001010136,之子,,小学,
东坡村,6103980101,甲二,男,610398201001020158,之子,,小学,623000001
东坡村,6103980101,甲四,男,61039819880104003X,之子,,小学,623000002
";
    std::fs::write(input.join("登记.csv"), register).unwrap();
    let output = zicha(&["check", text(&input), "-o", text(&out), "-q", "--definitions", text(&mine)]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let table = std::fs::read_to_string(out.join("findings.csv")).unwrap();
    let of = |rule: &str| table.lines().filter(|line| line.starts_with(rule)).collect::<Vec<_>>();
    assert_eq!(of("A18/card-missing").len(), 1, "{table}");
    assert!(of("A18/card-missing")[0].contains("登记.csv,,3,I"));
    // 32 at the start of the school year: over the built-in limit, not over this one.
    assert_eq!(of("文化程度/implausible-age,error").len(), 1, "{table}");
    assert!(of("身份/sex-differs").is_empty() && !table.contains("column-unrecognised"), "{table}");
    let policies = |region: &str| {
        let output = zicha(&["explain", "policies", "--region", region, "--definitions", text(&mine)]);
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(policies("四川/某县").contains("1000/学年") && policies("四川/某县").contains("县教育局2019年12号文"));
    assert!(policies("陕西").contains("750/学年") && policies("陕西").contains("| 普高 | 全体 |"));
    assert!(!policies("四川").contains("| 普高 | 全体 |"), "别的省不享受陕西的普高免费");
}

#[test]
fn policies_in_force_depend_on_the_date() {
    let at = |date: &str| String::from_utf8(zicha(&["explain", "policies", "--date", date]).stdout).unwrap();
    assert!(at("2020-03-01").contains("非寄宿生生活费补助") && at("2020-03-01").contains("3300/学年"));
    assert!(!at("2019-03-01").contains("非寄宿生生活费补助") && at("2019-03-01").contains("3000/学年"));
    assert!(at("2020-03-01").contains("（假定）"), "凭记忆的要标明是假定");
    let wrong = zicha(&["explain", "policies", "--date", "去年"]);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn fail_on_decides_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let input = root().join("datasets/sample");
    for (level, code) in [("error", 1), ("never", 0)] {
        let output = zicha(&["check", text(&input), "-o", text(&out), "-q", "--fail-on", level]);
        assert_eq!(output.status.code(), Some(code), "--fail-on {level}");
    }
}

#[test]
fn only_a_register_is_checked_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = zicha(&["check", text(&root().join("tests/cases/只有登记/in")), "-o", text(&out), "--json"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rule =
        |name: &str| summary["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == name).cloned().unwrap();
    assert_eq!(rule("文化程度/both-empty")["outcome"], "ran");
    assert_eq!(rule("A4/unaccounted")["outcome"], "not-run");
    assert!(rule("A4/unaccounted")["reason"].as_str().unwrap().contains("学籍"));
    assert!(summary["indicators"].get("A18").is_none(), "没有资助表，就没有 A18 的数");
}

#[test]
fn inspect_names_tables_columns_and_what_is_not_understood() {
    let output = zicha(&["inspect", text(&root().join("tests/cases/只有登记/in"))]);
    let said = String::from_utf8(output.stdout).unwrap();
    for words in ["认作「建档立卡人员」", "表头第 3 行", "与户主 关系 → 与户主关系", "爱好 → 看不懂", "章**"]
    {
        assert!(said.contains(words), "应当有「{words}」：\n{said}");
    }
    assert!(!said.contains("章大山"));
}

#[test]
fn explain_prints_a_rules_page_from_its_file() {
    let said = String::from_utf8(zicha(&["explain", "A4/unaccounted"]).stdout).unwrap();
    for words in ["适龄儿童没有下落", "红线", "查什么", "依据", "例子"] {
        assert!(said.contains(words), "{said}");
    }
}

/// A desktop passes what was dropped as bare paths. A stand-in for the browser writes down what it is asked to open.
#[cfg(unix)]
#[test]
fn a_dropped_folder_is_checked_beside_itself_and_its_page_opened() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (papers, tools) = (folder.path().join("我的 材料"), folder.path().join("tools"));
    std::fs::create_dir(&tools).unwrap();
    std::fs::create_dir(&papers).unwrap();
    std::fs::copy(root().join("tests/cases/只有登记/in/登记.csv"), papers.join("登记 一.csv")).unwrap();
    let asked = folder.path().join("asked");
    let browser = tools.join("xdg-open");
    std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" > '{}'\n", asked.display())).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = |path: &Path| {
        Command::new(env!("CARGO_BIN_EXE_zicha")).arg(path).env_clear().env("PATH", &tools).output().unwrap()
    };
    let output = run(&papers);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let page = folder.path().join("我的 材料-自查结果/自查报告.html");
    assert!(page.is_file());
    for _ in 0..100 {
        if asked.is_file() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(std::fs::read_to_string(&asked).unwrap().trim(), text(&page));
    // A file is taken as well; without a browser the run is none the worse.
    std::fs::remove_file(&browser).unwrap();
    let output = run(&papers.join("登记 一.csv"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("请自己打开"));
    assert!(papers.join("登记 一-自查结果/自查报告.html").is_file());
}

#[test]
fn started_alone_it_says_in_four_lines_what_to_do() {
    let output = zicha(&[]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(said.contains("拖到"));
    let mistyped = zicha(&["chek", "没有这个文件夹"]);
    assert_eq!(mistyped.status.code(), Some(2));
}

#[test]
fn timings_name_every_stage_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sample = root().join("datasets/sample");
    let plain = zicha(&["check", text(&sample), "-o", text(&folder.path().join("a")), "-q"]);
    let timed = zicha(&["check", text(&sample), "-o", text(&folder.path().join("b")), "-q", "--timings"]);
    assert!(plain.stderr.is_empty());
    let said = String::from_utf8(timed.stderr).unwrap();
    for stage in ["读文件", "认表、规范", "认人、认户、认校", "核对规则", "评就绪度", "写报告", "合计"]
    {
        assert_eq!(said.matches(stage).count(), 1, "{said}");
    }
    assert!(said.contains("149 处"), "{said}");
    assert_eq!(files(&folder.path().join("a")), files(&folder.path().join("b")));
}

#[test]
fn a_reader_that_stops_early_is_no_fault() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_zicha"))
        .arg("explain")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
