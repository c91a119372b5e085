//! Several counties at once, more than fits into memory, and parts that are merged: always the same answer.

use crate::support::{files, root, text, zicha};
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use zicha::definitions::{Definitions, Project};
use zicha::simulate::{FileKind, Generation, Region, write_region};

/// Counties of some hundred persons are areas here.
const SMALL: [&str; 2] = ["--set", "area-rows=300"];

/// Two counties of two townships, as large files.
fn counties(folder: &Path, persons: usize, seed: u64, errors: &str, kind: FileKind) {
    let model = Definitions::load(None, &Project::default()).unwrap().population;
    let errors = model.errors(errors).unwrap().clone();
    let region = Region { seed, persons, townships: 4, per_county: 2, errors, generation: Generation::New, terms: 13 };
    write_region(&folder.join("in"), &folder.join("truth"), &region, kind, &model, &|_| {}).unwrap();
}

fn check(inputs: &Path, output: &Path, more: &[&str]) -> std::process::Output {
    let run = zicha(&[&["check", "-q", text(inputs), "-o", text(output)], &SMALL[..], more].concat());
    assert!(matches!(run.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
    run
}

/// The lines of `findings.csv` by column.
fn rows(output: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(output.join("findings.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let header = reader.headers().unwrap().clone();
    let row =
        |record: csv::StringRecord| header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn places(rows: &[BTreeMap<String, String>], severity: Option<&str>) -> BTreeSet<[String; 4]> {
    rows.iter()
        .filter(|row| severity.is_none_or(|severity| row["severity"] == severity))
        .map(|row| ["rule", "file", "sheet", "row"].map(|name| row[name].clone()))
        .collect()
}

fn summary(output: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(output.join("summary.json")).unwrap()).unwrap()
}

/// What a result says, whatever was set to come to it.
fn answer(output: &Path) -> (String, serde_json::Value) {
    let mut summary = summary(output);
    summary.as_object_mut().unwrap().remove("settings");
    (String::from_utf8(std::fs::read(output.join("findings.csv")).unwrap()).unwrap(), summary)
}

#[test]
fn every_county_of_a_province_is_checked_as_if_alone() {
    for (kind, seed) in [(FileKind::Csv, 31), (FileKind::Parquet, 32)] {
        let folder = tempfile::tempdir().unwrap();
        counties(folder.path(), 2400, seed, "typical", kind);
        let out = folder.path().join("out");
        check(&folder.path().join("in"), &out, &[]);
        let mut truth = csv::Reader::from_path(folder.path().join("truth/truth.csv")).unwrap();
        let planted: BTreeSet<[String; 4]> = truth
            .records()
            .map(Result::unwrap)
            .map(|record| [0, 1, 2, 3].map(|column| record[column].to_owned()))
            .collect();
        let rows = rows(&out);
        let missed: Vec<_> = planted.difference(&places(&rows, None)).cloned().collect();
        assert!(missed.is_empty(), "没有找到 {missed:?}");
        let beyond: Vec<_> = places(&rows, Some("error")).difference(&planted).cloned().collect();
        assert!(beyond.is_empty(), "多报了 {beyond:?}");
        let figures: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.path().join("truth/indicators.json")).unwrap()).unwrap();
        let found = summary(&out);
        for (name, counts) in figures.as_object().unwrap() {
            for (code, count) in counts.as_object().unwrap() {
                let own = found["indicators"][name][code].as_u64().unwrap_or_default();
                assert_eq!(Some(own), count.as_u64(), "{name} {code}");
            }
        }
        let schools: Vec<&str> =
            found["schools"].as_array().unwrap().iter().map(|school| school["school"].as_str().unwrap()).collect();
        assert!(schools.iter().any(|name| name.starts_with("渭新区·")), "校名前有县名：{schools:?}");
        assert_eq!(
            schools.iter().filter(|name| !name.contains('·') && !name.starts_with('（')).count(),
            0,
            "{schools:?}"
        );
    }
}

#[test]
fn rows_on_disk_give_the_same_as_rows_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, laid) = (folder.path().join("whole"), folder.path().join("laid"));
    let sample = root().join("datasets/sample");
    check(&sample, &whole, &[]);
    check(&sample, &laid, &["--set", "whole-mib=0"]);
    assert_eq!(answer(&whole), answer(&laid));
    let (whole, laid) = (files(&whole), files(&laid));
    assert_eq!(whole.keys().collect::<Vec<_>>(), laid.keys().collect::<Vec<_>>());
    for name in whole.keys().filter(|name| name.starts_with("charts/")) {
        assert_eq!(whole[name], laid[name], "{name}");
    }
}

/// Puts a row of one file under another, as it stands.
fn copy_row(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool, change: impl Fn(&str) -> String) {
    let read = |path: &Path| encoding_rs::GB18030.decode(&std::fs::read(path).unwrap()).0.into_owned();
    let (source, mut target) = (read(from), read(to));
    let line = source.lines().skip(1).find(|line| wanted(line)).expect("有这样的一行");
    target.push_str(&change(line));
    target.push_str("\r\n");
    std::fs::write(to, encoding_rs::GB18030.encode(&target).0).unwrap();
}

/// Two counties in folders of their own, with a person registered in both and one in school in both.
fn across(folder: &Path) -> PathBuf {
    let papers = folder.join("papers");
    counties(folder, 2400, 41, "typical", FileKind::Csv);
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder.join("in")).unwrap().map(Result::unwrap) {
        let all = encoding_rs::GB18030.decode(&std::fs::read(entry.path()).unwrap()).0.into_owned();
        let mut lines = all.lines();
        let head = lines.next().unwrap();
        let place =
            head.split(',').position(|name| name == "县" || name == "户籍县" || name.starts_with("县(")).unwrap();
        let mut own: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for line in lines {
            own.entry(line.split(',').nth(place).unwrap().to_owned()).or_insert_with(|| vec![head]).push(line);
        }
        for (county, lines) in own {
            let to = papers.join(&county).join(entry.file_name());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, encoding_rs::GB18030.encode(&(lines.join("\r\n") + "\r\n")).0).unwrap();
            names.insert(county);
        }
    }
    let names: Vec<String> = names.into_iter().collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let at = |county: &str, table: &str| papers.join(county).join(format!("{table}.csv"));
    for table in ["登记", "学籍"] {
        let moved = |line: &str| line.replace(&names[0], &names[1]);
        copy_row(&at(&names[0], table), &at(&names[1], table), |line| line.contains("小学"), moved);
    }
    papers
}

#[test]
fn people_in_two_counties_are_found_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let papers = across(folder.path());
    let out = folder.path().join("out");
    check(&papers, &out, &[]);
    let rows = rows(&out);
    let twice: Vec<_> =
        rows.iter().filter(|row| row["rule"] == "身份/id-duplicated" && row["other_file"] != row["file"]).collect();
    let told: BTreeSet<(&str, &str)> =
        twice.iter().map(|row| (row["file"].as_str(), row["other_file"].as_str())).collect();
    assert!(told.len() >= 2, "登记、学籍各有一个人在两个县：{twice:?}");
    let lines: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "没有一处说两遍");
    let levels = |out: &Path| -> u64 {
        let summary = summary(out);
        summary["indicators"]["文化程度"].as_object().unwrap().values().filter_map(serde_json::Value::as_u64).sum()
    };
    let alone: u64 = std::fs::read_dir(&papers)
        .unwrap()
        .map(|entry| {
            let out = folder.path().join("alone");
            check(&entry.unwrap().path(), &out, &[]);
            levels(&out)
        })
        .sum();
    assert_eq!(levels(&out) + 1, alone, "在两个县都登记的人，合起来只算一次");
}

/// However the files are dealt to parts, merging the parts gives what one run over everything gives.
#[test]
fn any_split_merges_to_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let papers = across(folder.path());
    let whole = folder.path().join("whole");
    check(&papers, &whole, &[]);
    let names: Vec<String> = files(&papers).into_keys().collect();
    let mut runner = TestRunner::new(Config { cases: 4, ..Config::default() });
    let deal = proptest::collection::vec(0_usize..3, names.len());
    let (first, number) = (std::cell::Cell::new(true), std::cell::Cell::new(0));
    runner
        .run(&deal, |mut deal| {
            // The split that people make comes first: county by county.
            if first.replace(false) {
                deal = names.iter().map(|name| usize::from(name.starts_with("渭新区"))).collect();
            }
            number.set(number.get() + 1);
            let place = folder.path().join(format!("split{}", number.get()));
            let mut parts = Vec::new();
            for part in 0..3 {
                let own: Vec<&String> =
                    names.iter().zip(&deal).filter(|(_, to)| **to == part).map(|(name, _)| name).collect();
                if own.is_empty() {
                    continue;
                }
                let input = place.join(format!("in{part}"));
                for name in own {
                    let to = input.join(name);
                    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                    std::fs::copy(papers.join(name), to).unwrap();
                }
                let out = place.join(format!("out{part}"));
                check(&input, &out, &["--part"]);
                parts.push(out);
            }
            let merged = place.join("merged");
            let mut words = vec!["merge", "-q", "-o", text(&merged)];
            words.extend(SMALL);
            words.extend(parts.iter().map(|part| text(part)));
            let run = zicha(&words);
            assert!(matches!(run.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&run.stderr));
            assert!(answer(&merged) == answer(&whole), "{deal:?}：{}", differs(&merged, &whole));
            Ok(())
        })
        .unwrap();
}

/// Where two answers differ, for people.
fn differs(left: &Path, right: &Path) -> String {
    let (left, right) = (answer(left), answer(right));
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (a, b) = (lines(&left.0), lines(&right.0));
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).take(5).cloned().collect::<Vec<_>>();
    let keys: Vec<&String> = left.1.as_object().unwrap().keys().filter(|key| left.1[*key] != right.1[*key]).collect();
    format!("只在合并里：{:#?}；只在一起查里：{:#?}；不同的项：{keys:?}", only(&a, &b), only(&b, &a))
}

#[test]
fn a_bound_on_memory_is_kept_or_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    counties(folder.path(), 2400, 51, "typical", FileKind::Csv);
    let (input, free, bound) = (folder.path().join("in"), folder.path().join("free"), folder.path().join("bound"));
    check(&input, &free, &[]);
    let run = check(&input, &bound, &["--memory", "400MiB", "--timings"]);
    let said = String::from_utf8_lossy(&run.stderr);
    for stage in ["逐个地区核对", "各地区相加", "认人、认户、认校", "核对规则"] {
        assert_eq!(said.matches(stage).count(), 1, "{said}");
    }
    assert!(said.contains("用时最多的几步"), "{said}");
    assert_eq!(answer(&free), answer(&bound));
    let before = files(&bound);
    let run = zicha(&["check", "-q", text(&input), "-o", text(&bound), "--memory", "210MiB", SMALL[0], SMALL[1]]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2));
    assert!(said.contains("--memory") && said.contains("MiB"), "{said}");
    assert_eq!(files(&bound), before, "没有运行成，原来的结果不动");
    let run = zicha(&["check", "-q", text(&input), "--memory", "很多"]);
    assert!(String::from_utf8_lossy(&run.stderr).contains("4GiB"));
}

#[test]
fn very_many_findings_become_parquet_and_lists_say_what_they_leave_out() {
    let folder = tempfile::tempdir().unwrap();
    counties(folder.path(), 2400, 52, "careless", FileKind::Csv);
    let (input, all, few) = (folder.path().join("in"), folder.path().join("all"), folder.path().join("few"));
    check(&input, &all, &[]);
    check(&input, &few, &["--set", "csv-rows=100", "--set", "listed-rows=3"]);
    let wanted = rows(&all);
    assert!(!few.join("findings.csv").exists());
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let reader = SerializedFileReader::new(std::fs::File::open(few.join("findings.parquet")).unwrap()).unwrap();
    let found: Vec<BTreeMap<String, String>> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            let cell = |field: &Field| if let Field::Str(text) = field { text.clone() } else { String::new() };
            row.get_column_iter().map(|(name, field)| (name.clone(), cell(field))).collect()
        })
        .collect();
    assert_eq!(found, wanted);
    let (mut left, mut right) = (summary(&all), summary(&few));
    for name in ["settings", "questions"] {
        left.as_object_mut().unwrap().remove(name);
        right.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(left, right, "数总是全的");
    let page = std::fs::read_to_string(few.join("自查报告.html")).unwrap();
    assert!(page.contains(&format!("共 {} 条", wanted.len())) && page.contains("全部见findings.parquet"));
}

#[test]
fn parts_that_cannot_be_merged_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = zicha(&["merge", text(&root().join("datasets/sample")), "-o", text(&folder.path().join("out"))]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2));
    assert!(said.contains("--part"), "{said}");
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    check(&root().join("tests/cases/只有登记/in"), &one, &["--part"]);
    check(&root().join("tests/cases/只有登记/in"), &other, &["--part", "--set", "reference-date=2020-08-01"]);
    let run = zicha(&["merge", text(&one), text(&other), "-o", text(&folder.path().join("out"))]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2));
    assert!(said.contains("reference-date") && said.contains("--set"), "{said}");
    let part = folder.path().join("part");
    check(&root().join("tests/cases/只有登记/in"), &part, &["--part"]);
    let rows = part.join("合并用/rows.bin");
    let bytes = std::fs::read(&rows).unwrap();
    std::fs::write(&rows, &bytes[..bytes.len() / 2]).unwrap();
    let run = zicha(&["merge", text(&part), "-o", text(&folder.path().join("out"))]);
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("不完整"));
}

fn read(path: &Path) -> String {
    encoding_rs::GB18030.decode(&std::fs::read(path).unwrap()).0.into_owned()
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, encoding_rs::GB18030.encode(text).0).unwrap();
}

/// The lines without their last cell, which names the county.
fn without_county(text: &str) -> String {
    text.lines().map(|line| format!("{}\r\n", line.rsplit_once(',').unwrap().0)).collect()
}

#[test]
fn a_folder_names_the_county_where_no_column_does() {
    let folder = tempfile::tempdir().unwrap();
    let papers = across(folder.path());
    let named = folder.path().join("named");
    for (name, _) in files(&papers) {
        let (county, file) = name.split_once('/').unwrap();
        let all = read(&papers.join(&name));
        let text = if file.starts_with("登记") { all } else { without_county(&all) };
        write(&named.join(format!("县={county}")).join(file), &text);
    }
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    check(&papers, &left, &[]);
    check(&named, &right, &[]);
    let wanted = std::fs::read_to_string(left.join("findings.csv")).unwrap();
    assert_eq!(std::fs::read_to_string(right.join("findings.csv")).unwrap().replace("县=", ""), wanted);
}

#[test]
fn a_slip_in_a_county_is_asked_about_and_splits_nobody_off() {
    let folder = tempfile::tempdir().unwrap();
    let papers = across(folder.path());
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    check(&papers, &before, &[]);
    let register = papers.join("渭新区/登记.csv");
    let all = read(&register);
    let lines: Vec<String> = all
        .lines()
        .enumerate()
        .map(|(row, line)| if (200..203).contains(&row) { line.replace("渭新区", "渭新") } else { line.to_owned() })
        .collect();
    write(&register, &(lines.join("\r\n") + "\r\n"));
    check(&papers, &after, &[]);
    let findings = |out: &Path| std::fs::read_to_string(out.join("findings.csv")).unwrap();
    assert_eq!(findings(&after), findings(&before));
    let questions = summary(&after)["questions"].to_string();
    assert!(questions.contains("只有不多的行写着「渭新」，按前后各行归到「渭新区」"), "{questions}");
}

/// A ledger of a whole city that does not say which county its rows are of.
#[test]
fn rows_that_name_no_county_go_where_their_person_is() {
    let folder = tempfile::tempdir().unwrap();
    counties(folder.path(), 2400, 61, "clean", FileKind::Csv);
    let input = folder.path().join("in");
    let names = ["资助.csv", "学籍.csv", "采集表.csv"];
    for name in names {
        write(&input.join(name), &without_county(&read(&input.join(name))));
    }
    let out = folder.path().join("out");
    check(&input, &out, &[]);
    let rows = rows(&out);
    let errors: Vec<_> = rows.iter().filter(|row| row["severity"] == "error").collect();
    assert!(errors.is_empty(), "{:?}", errors.first());
    let found = summary(&out);
    let areas: Vec<&str> =
        found["areas"].as_array().unwrap().iter().map(|area| area["school"].as_str().unwrap()).collect();
    assert_eq!(areas.iter().filter(|name| **name != "其余").count(), 2, "{areas:?}");
    let persons = found["areas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|area| area["dimensions"]["文化程度"]["units"].as_u64().unwrap_or(0));
    assert_eq!(persons.sum::<u64>(), found["township"]["dimensions"]["文化程度"]["units"].as_u64().unwrap());
}

/// A child who left a school in another county is in no school today, whatever the old roll there says.
#[test]
fn an_old_roll_across_the_border_is_no_school_of_today() {
    let folder = tempfile::tempdir().unwrap();
    let papers = across(folder.path());
    let counties: Vec<String> = std::fs::read_dir(&papers)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let (home, away) = (papers.join(&counties[0]), papers.join(&counties[1]));
    let (roll, register) = (read(&home.join("学籍.csv")), read(&home.join("登记.csv")));
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let head = cells(roll.lines().next().unwrap());
    let place = |name: &str| head.iter().position(|known| known == name).unwrap();
    let row_of = |id: &str| register.lines().position(|line| line.split(',').any(|cell| cell == id));
    let alone = |id: &str| roll.matches(&format!(",{id},")).count() == 1 && register.matches(id).count() == 1;
    let child = roll
        .lines()
        .find(|line| {
            let cells = cells(line);
            line.contains("三年级") && line.contains("正常") && alone(&cells[place("身份证件号")])
        })
        .unwrap();
    let mut moved = cells(child);
    let row = row_of(&moved[place("身份证件号")]).unwrap() + 1;
    let others = read(&away.join("学籍.csv"));
    let neighbour = cells(others.lines().find(|line| line.contains("小学")).unwrap());
    moved[place("学校名称")].clone_from(&neighbour[place("学校名称")]);
    moved[place("县")].clone_from(&counties[1]);
    moved[place("学期")] = "2018-2019-2".to_owned();
    write(&home.join("学籍.csv"), &roll.replace(&format!("{child}\r\n"), ""));
    write(&away.join("学籍.csv"), &format!("{others}{}\r\n", moved.join(",")));
    let out = folder.path().join("out");
    check(&papers, &out, &[]);
    let file = format!("{}/登记.csv", counties[0]);
    let found = rows(&out).into_iter().filter(|found| found["file"] == file && found["row"] == row.to_string());
    let rules: Vec<String> = found.map(|found| found["rule"].clone()).collect();
    assert!(rules.iter().any(|rule| rule == "A4/unaccounted"), "{rules:?}");
}
