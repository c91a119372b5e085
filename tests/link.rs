//! `zicha link` on invented lists with mixed errors: enough of the true pairs, hardly a wrong one; twins and namesakes stay apart.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use zicha::standardise::date::civil;
use zicha::standardise::id_number::check_character;

const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "曾", "欧阳"];
const GIVEN: [char; 24] = [
    '伟', '芳', '娜', '敏', '静', '丽', '强', '磊', '军', '洋', '勇', '艳', '杰', '涛', '明', '超', '霞', '平', '刚',
    '桂', '宇', '浩', '欣', '怡',
];
/// Characters that are mistaken for each other, by sound or by shape.
const MISTAKEN: [(char, char); 10] = [
    ('伟', '维'),
    ('静', '婧'),
    ('丽', '莉'),
    ('军', '君'),
    ('宇', '雨'),
    ('浩', '昊'),
    ('欣', '新'),
    ('怡', '恰'),
    ('明', '铭'),
    ('洋', '详'),
];

#[derive(Clone)]
struct Child {
    name: String,
    birth: i32,
    number: String,
    village: String,
    head: String,
}

fn number(rng: &mut ChaCha8Rng, birth: i32) -> String {
    let (year, month, day) = civil(birth);
    let body = format!("610398{year:04}{month:02}{day:02}{:03}", rng.random_range(10..1000));
    let check = char::from(check_character(body.as_bytes()).unwrap());
    format!("{body}{check}")
}

fn name(rng: &mut ChaCha8Rng, surname: &str) -> String {
    let given: String =
        (0..2).map(|_| GIVEN[rng.random_range(0..GIVEN.len()) * rng.random_range(0..4) / 3 % GIVEN.len()]).collect();
    format!("{surname}{given}")
}

/// Families with brothers and sisters; one in twelve second children is a twin.
fn children(rng: &mut ChaCha8Rng, count: usize) -> Vec<Child> {
    let mut all = Vec::new();
    let mut numbers = BTreeSet::new();
    while all.len() < count {
        let surname = *SURNAMES.choose(rng).unwrap();
        let (head, village) = (name(rng, surname), format!("虚构{}村", rng.random_range(0..40)));
        let mut birth = 12_000 + rng.random_range(0..5_400);
        for nth in 0..rng.random_range(1..4) {
            if nth > 0 && !rng.random_bool(0.08) {
                birth = 12_000 + rng.random_range(0..5_400);
            }
            let mut id = number(rng, birth);
            while !numbers.insert(id.clone()) {
                id = number(rng, birth);
            }
            all.push(Child {
                name: name(rng, surname),
                birth,
                number: id,
                village: village.clone(),
                head: head.clone(),
            });
        }
    }
    all
}

/// One or two mistakes of the kinds that offices make.
fn spoil(rng: &mut ChaCha8Rng, child: &mut Child) {
    for _ in 0..if rng.random_bool(0.25) { 2 } else { 1 } {
        let at = rng.random_range(6..16);
        match rng.random_range(0..8) {
            0 | 1 if child.number.len() == 18 => {
                let old = child.number.as_bytes()[at] - b'0';
                let new = char::from(b'0' + (old + rng.random_range(1..10)) % 10);
                child.number.replace_range(at..=at, &new.to_string());
            }
            2 if child.number.len() == 18 => {
                let pair: String = child.number[at..at + 2].chars().rev().collect();
                child.number.replace_range(at..at + 2, &pair);
            }
            3 if child.number.len() == 18 => drop(child.number.remove(at)),
            4 if child.number.len() == 18 => child.number.replace_range(15.., "000"),
            5 => child.number.clear(),
            6 => {
                if let Some((from, to)) = MISTAKEN.iter().find(|(from, _)| child.name.contains(*from)) {
                    child.name = child.name.replacen(*from, &to.to_string(), 1);
                }
            }
            _ => child.birth += 1,
        }
    }
}

fn write(path: &Path, header: &str, rows: &[Child]) {
    let mut text = format!("{header}\n");
    for child in rows {
        let (year, month, day) = civil(child.birth);
        text.push_str(&format!(
            "{},{},{year:04}-{month:02}-{day:02},{},{}\n",
            child.name, child.number, child.village, child.head
        ));
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn pairs_are_right_and_nearly_all_found_for_five_seeds() {
    for seed in 1..=5 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let all = children(&mut rng, 2_400);
        let (left, rest) = (all[..1_500].to_vec(), &all[600..2_100]);
        // Both lists hold the 900 from 600 to 1500, at rows 602… of the left and 2… of the right.
        let mut right = rest.to_vec();
        for child in &mut right {
            if rng.random_bool(0.3) {
                spoil(&mut rng, child);
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write(&path("登记.csv"), "姓名,证件号码,出生日期,行政村,户主姓名", &left);
        write(&path("学籍.csv"), "学生姓名,身份证件号,出生年月,家庭所在村,监护人姓名", &right);
        let run = |out: &str| {
            let status = Command::new(env!("CARGO_BIN_EXE_zicha"))
                .args([
                    "link",
                    path("登记.csv").to_str().unwrap(),
                    path("学籍.csv").to_str().unwrap(),
                    "-o",
                    path(out).to_str().unwrap(),
                ])
                .output()
                .unwrap()
                .status;
            assert_eq!(status.code(), Some(0));
            std::fs::read_to_string(path(out)).unwrap()
        };
        let text = run("pairs.csv");
        assert_eq!(text, run("again.csv"), "同样的名单，同样的结果");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(headers.join(","), "a_file,a_sheet,a_row,b_file,b_sheet,b_row,weight,used");
        let (mut used, mut right_ones) = (0_u32, 0_u32);
        let (mut lefts, mut rights) = (BTreeSet::new(), BTreeSet::new());
        for record in reader.records().map(Result::unwrap).filter(|record| &record[7] == "true") {
            let (a, b): (usize, usize) = (record[2].parse().unwrap(), record[5].parse().unwrap());
            used += 1;
            right_ones += u32::from(a - 2 == b - 2 + 600);
            assert!(lefts.insert(a) && rights.insert(b), "一条记录只认一个人");
        }
        let (precision, recall) = (f64::from(right_ones) / f64::from(used), f64::from(right_ones) / 900.0);
        assert!(precision >= 0.995 && recall >= 0.97, "种子 {seed}：准确 {precision:.4}，找全 {recall:.4}");
    }
}

#[test]
fn a_list_without_names_or_numbers_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("会议.csv");
    std::fs::write(&path, "时间,地点\n6月,会议室\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_zicha"))
        .args(["link", path.to_str().unwrap(), path.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("人员名单"));
}
