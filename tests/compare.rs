//! `zicha compare`: what is mended, still open, new or there again, from results as the program writes them.

use crate::support::{root, text, zicha};
use calamine::{Reader, Xlsx, open_workbook};
use serde_json::Value;
use std::path::Path;

const REGISTER: &str = "行政村,户编号,姓名,性别,证件号码,与户主关系,文化程度,在校生状况
东坡村,6103980101,章大山,女,610398198001020110,户主,初中,
东坡村,6103980101,甲一,男,610398201001010136,之子,小学,小学
西坡村,6103980102,乙大川,女,61039819800102043X,户主,,
西坡村,6103980102,乙一,男,610398201001020158,之子,,小学
";

/// Checks a register with some texts replaced, and some settings.
fn check(folder: &Path, name: &str, changes: &[(&str, &str)], more: &[&str]) -> String {
    let (input, out) = (folder.join(format!("{name}-in")), folder.join(name));
    std::fs::create_dir(&input).unwrap();
    let register = changes.iter().fold(REGISTER.to_owned(), |register, (from, to)| register.replace(from, to));
    std::fs::write(input.join("登记.csv"), register).unwrap();
    let output = zicha(&[&["check", text(&input), "-o", text(&out), "-q", "--fail-on", "never"], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    text(&out).to_owned()
}

fn compare(folder: &Path, results: &[&str]) -> (Value, String, String) {
    let out = folder.join("比较");
    let output = zicha(&[&["compare"], results, &["-o", text(&out)]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let progress = serde_json::from_slice(&std::fs::read(out.join("progress.json")).unwrap()).unwrap();
    let page = std::fs::read_to_string(out.join("整改进展.html")).unwrap();
    (progress, page, String::from_utf8(output.stdout).unwrap())
}

/// Fates of one rule: mended, open, new, reopened, unknown.
fn fates(progress: &Value, rule: &str) -> [u64; 5] {
    let none = Value::Null;
    let line = progress["rules"].as_array().unwrap().iter().find(|line| line["name"] == rule).unwrap_or(&none);
    ["mended", "open", "new", "reopened", "unknown"].map(|fate| line[fate].as_u64().unwrap_or_default())
}

#[test]
fn findings_are_followed_from_result_to_result() {
    let folder = tempfile::tempdir().unwrap();
    let mend_both = ("之子,小学,小学", "之子,,小学");
    // A row more above: places move, findings stay what they are about.
    let more = (
        "东坡村,6103980101,章大山",
        "东坡村,6103980100,丁大海,女,610398198001020356,户主,初中,\n东坡村,6103980101,章大山",
    );
    let one = check(folder.path(), "一月", &[], &[]);
    let two = check(
        folder.path(),
        "二月",
        &[mend_both, more, ("610398198001020110,户主,初中,", "610398198001020110,户主,,")],
        &[],
    );
    let three = check(
        folder.path(),
        "三月",
        &[(
            "西坡村,6103980102,乙大川,女,61039819800102043X,户主,,",
            "西坡村,6103980102,乙大川,女,61039819800102043X,户主,小学,",
        )],
        &[],
    );
    let (progress, page, said) = compare(folder.path(), &[&one, &two]);
    assert_eq!(fates(&progress, "文化程度/both-filled"), [1, 0, 0, 0, 0], "{progress}");
    assert_eq!(fates(&progress, "文化程度/both-empty"), [0, 1, 1, 0, 0], "换了行号仍是同一条");
    assert!(
        page.contains("章**") && !page.contains("章大山") && !page.contains("6103981980"),
        "流转的页面隐去姓名号码"
    );
    assert!(said.contains("改好了 1"), "{said}");
    let (progress, ..) = compare(folder.path(), &[&one, &two, &three]);
    assert_eq!(fates(&progress, "文化程度/both-filled"), [0, 0, 0, 1, 0], "改好又出现");
    assert_eq!(fates(&progress, "文化程度/both-empty"), [2, 0, 0, 0, 0]);
    assert_eq!(progress["results"].as_array().unwrap().len(), 3);
    let mut book: Xlsx<_> = open_workbook(folder.path().join("比较/整改进展.xlsx")).unwrap();
    let all = book.worksheet_range("逐条").unwrap();
    let listed = u64::try_from(all.rows().skip(3).count()).unwrap();
    assert_eq!(
        listed,
        progress["total"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>()
    );
    for chart in ["progress.png", "progress.svg"] {
        assert!(folder.path().join("比较/charts").join(chart).is_file());
    }
}

#[test]
fn other_settings_and_shown_names_are_warned_of_and_do_not_mislead() {
    let folder = tempfile::tempdir().unwrap();
    let one = check(folder.path(), "旧", &[], &["--show-identities"]);
    let two = check(folder.path(), "新", &[], &["--set", "reference-date=2020-08-01"]);
    let (progress, page, said) = compare(folder.path(), &[&one, &two]);
    assert_eq!(progress["total"]["new"], 0, "{progress}");
    assert_eq!(progress["total"]["mended"], 0, "{progress}");
    assert!(said.contains("基准日") && page.contains("按隐去以后的比"), "{said}");
    assert!(!page.contains("乙大川"));
}

#[test]
fn a_rule_that_lost_its_tables_mends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sample = root().join("datasets/sample");
    let (one, two, less) = (folder.path().join("全"), folder.path().join("缺"), folder.path().join("in"));
    std::fs::create_dir(&less).unwrap();
    for entry in std::fs::read_dir(&sample).unwrap().map(Result::unwrap) {
        if !entry.file_name().to_string_lossy().starts_with("16") {
            std::fs::copy(entry.path(), less.join(entry.file_name())).unwrap();
        }
    }
    zicha(&["check", text(&sample), "-o", text(&one), "-q"]);
    zicha(&["check", text(&less), "-o", text(&two), "-q"]);
    let (progress, ..) = compare(folder.path(), &[text(&one), text(&two)]);
    assert_eq!(fates(&progress, "档案/item-missing")[..], [0, 0, 0, 0, 2], "{progress}");
    assert!(progress["warnings"][0].as_str().unwrap().contains("没有核对"));
}

#[test]
fn what_is_no_result_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = zicha(&["compare", text(folder.path()), text(folder.path())]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("不是自查的结果"));
}
