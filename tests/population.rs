//! The invented population against the published figures, and large files against small ones.

use crate::support::{root, run};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use zicha::definitions::{Definitions, PopulationModel, Project};
use zicha::simulate::{FileKind, Generation, Region, write_region};

fn model() -> PopulationModel {
    Definitions::load(None, &Project::default()).unwrap().population
}

fn region(persons: usize, townships: usize, errors: &str, seed: u64) -> Region {
    let errors = model().errors(errors).unwrap().clone();
    Region { seed, persons, townships, per_county: townships, errors, generation: Generation::New, terms: 13 }
}

fn write(folder: &Path, region: &Region, kind: FileKind) {
    write_region(&folder.join("in"), &folder.join("truth"), region, kind, &model(), &|_| {}).unwrap();
}

/// The columns of a large file, as texts.
fn columns(path: &Path, names: &[&str]) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    let text = encoding_rs::GB18030.decode(&bytes).0.into_owned();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> = names.iter().map(|name| header.iter().position(|known| known == *name).unwrap()).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records().map(Result::unwrap) {
        columns.iter_mut().zip(&places).for_each(|(column, place)| column.push(record[*place].to_owned()));
    }
    columns
}

#[allow(clippy::cast_precision_loss)]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}

/// 180,000 persons: a share of 18 % of 50,000 households has a standard error of 0.17 points, well inside what each figure is allowed.
#[test]
#[allow(clippy::cast_precision_loss)]
fn the_population_has_the_published_marginals() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &region(180_000, 40, "clean", 9), FileKind::Csv);
    let register = columns(&folder.path().join("in/登记.csv"), &["户编号", "出生日期", "证件号码"]);
    let mut households: BTreeMap<&str, usize> = BTreeMap::new();
    register[0].iter().for_each(|household| *households.entry(household).or_default() += 1);
    let age = |birth: &String| {
        let (year, day): (i32, u32) = (birth[..4].parse().unwrap(), birth[4..].parse().unwrap());
        2020 - year - i32::from(day > 715)
    };
    let ages: Vec<i32> = register[1].iter().map(age).collect();
    let aged = |fits: &dyn Fn(i32) -> bool| percent(ages.iter().filter(|age| fits(**age)).count(), ages.len());
    let mut found: BTreeMap<&str, f64> = BTreeMap::from([
        ("household-size", register[0].len() as f64 / households.len() as f64),
        ("age-0-14", aged(&|age| age < 15)),
        ("age-15-59", aged(&|age| (15..60).contains(&age))),
        ("age-60", aged(&|age| age >= 60)),
        ("age-65", aged(&|age| age >= 65)),
    ]);
    // Children of school age whose entry was due: six by last August.
    let of_age = |birth: &String| {
        let years = age(birth);
        (6..=15).contains(&years) && birth.as_str() <= "20130831"
    };
    let children = register[1].iter().filter(|birth| of_age(birth)).count();
    let text = std::fs::read_to_string(folder.path().join("truth/indicators.json")).unwrap();
    let figures: serde_json::Value = serde_json::from_str(&text).unwrap();
    let count = |figure: &str, key: &str| usize::try_from(figures[figure][key].as_u64().unwrap()).unwrap();
    found.insert("in-school", 100.0 - percent(count("A4", "registered"), children));
    found.insert("home-taught", percent(count("A5_registered", "2"), children));
    assert_eq!(count("A18", "households"), households.len());
    found.insert("aid-any", 100.0 - percent(count("A18", "8"), households.len()));
    for code in 1..=6 {
        let name: &'static str = ["", "aid-1", "aid-2", "aid-3", "aid-4", "aid-5", "aid-6"][code];
        found.insert(name, percent(count("A18", &code.to_string()), households.len()));
    }
    let model = model();
    let wrong: Vec<String> = model
        .published
        .iter()
        .filter(|published| (found[published.name.as_str()] - published.value).abs() > published.within)
        .map(|published| {
            format!("{}：{:.2}，公布 {}", published.title, found[published.name.as_str()], published.value)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found.len(), model.published.len(), "每个公布的数字都要比");
    for published in &model.published {
        let ours = published.source.contains("假定") || published.source.contains("凭记忆");
        assert_eq!(published.assumption, ours, "{}：出处要说明是不是假定", published.name);
    }
    let mut numbers = register[2].clone();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), register[2].len(), "没有两个人同一个号码");
}

/// Cell for cell, and group after group of rows: more townships than are in memory at a time.
#[test]
fn parquet_and_text_hold_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let region = region(3000, 30, "typical", 4);
    for (name, kind) in [("text", FileKind::Csv), ("columns", FileKind::Parquet)] {
        write(&folder.path().join(name), &region, kind);
    }
    for table in ["登记", "资助", "采集表"] {
        let path = folder.path().join(format!("columns/in/{table}.parquet"));
        let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let headers: Vec<String> = reader
            .metadata()
            .file_metadata()
            .schema()
            .get_fields()
            .iter()
            .map(|field| field.name().to_owned())
            .collect();
        let names: Vec<&str> = headers.iter().map(String::as_str).collect();
        let wanted = columns(&folder.path().join(format!("text/in/{table}.csv")), &names);
        let cell = |field: &Field| match field {
            Field::Str(text) => text.clone(),
            Field::Null => String::new(),
            other => panic!("{other:?}"),
        };
        let rows: Vec<Vec<String>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().map(|(_, field)| cell(field)).collect())
            .collect();
        assert_eq!(rows.len(), wanted[0].len(), "{table}");
        for (column, cells) in wanted.iter().enumerate() {
            assert!(rows.iter().map(|row| &row[column]).eq(cells), "{table} 的「{}」不同", headers[column]);
        }
    }
}

#[test]
fn aid_is_on_record_since_the_register_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &region(3000, 1, "clean", 1), FileKind::Csv);
    let mut terms = columns(&folder.path().join("in/资助.csv"), &["学期"]).remove(0);
    terms.sort_unstable();
    terms.dedup();
    assert_eq!((terms.len(), terms[0].as_str(), terms[12].as_str()), (13, "2013-2014-2", "2019-2020-2"));
}

/// The findings of large files are those planted in them, at their rows, and the figures are exact: as for papers.
#[test]
fn large_files_hold_exactly_their_planted_defects() {
    for (errors, seed) in [("typical", 21), ("careless", 22), ("one-bad-school", 23), ("clean", 24)] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &region(3600, 3, errors, seed), FileKind::Csv);
        crate::township::compare(&folder.path().join("in"), &folder.path().join("truth"), errors);
    }
}

#[test]
fn a_county_on_paper_holds_exactly_its_planted_defects() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &region(2400, 2, "typical", 5), FileKind::Papers);
    crate::township::compare(&folder.path().join("in"), &folder.path().join("truth"), "县");
    let (_, checked) = run(&folder.path().join("in"));
    let primaries = checked.readiness.schools.iter().filter(|school| school.name.ends_with("小学")).count();
    assert_eq!(primaries, 6, "两个乡镇各有三所小学");
}

#[test]
fn one_bad_school_is_worse_than_the_others() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &region(3000, 1, "one-bad-school", 3), FileKind::Csv);
    let (_, checked) = run(&folder.path().join("in"));
    let mut primaries: Vec<(&str, usize)> = checked
        .readiness
        .schools
        .iter()
        .filter(|school| school.name.ends_with("小学"))
        .map(|school| (school.name.as_str(), school.findings[0]))
        .collect();
    primaries.sort_by_key(|school| std::cmp::Reverse(school.1));
    assert!(primaries[0].1 > 3 * primaries[1].1, "{primaries:?}");
}

#[test]
fn the_same_seed_gives_the_same_large_files_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for threads in ["1", "2", "8"] {
        for (format, name) in [("csv", "登记.csv"), ("parquet", "资助.parquet")] {
            let out = folder.path().join(format!("{format}{threads}"));
            let output = Command::new(env!("CARGO_BIN_EXE_zicha"))
                .args(["generate", "--scale", "county", "--persons", "14000", "--terms", "2", "--seed", "6"])
                .args(["--format", format, "-o", out.to_str().unwrap()])
                .env_clear()
                .env("RAYON_NUM_THREADS", threads)
                .env("POLARS_MAX_THREADS", threads)
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let truth = folder.path().join(format!("{format}{threads}.truth/truth.csv"));
            files.push((format, std::fs::read(out.join(name)).unwrap(), std::fs::read(truth).unwrap()));
        }
    }
    for format in ["csv", "parquet"] {
        let of: Vec<_> = files.iter().filter(|file| file.0 == format).collect();
        assert!(of.windows(2).all(|pair| pair[0] == pair[1]), "{format} 因线程数而不同");
    }
}

#[test]
fn what_cannot_be_generated_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let said = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_zicha"))
            .arg("generate")
            .args(arguments)
            .args(["-o", out.to_str().unwrap()])
            .env_clear()
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["--scale", "nation", "--format", "xlsx"]).contains("--format parquet"));
    assert!(said(&["--error-model", "messy"]).contains("one-bad-school"));
    assert!(said(&["--persons", "0"]).contains("至少是 1"));
    assert!(!out.exists(), "没有写成时不留空文件夹");
    assert!(root().join("indicators/policies/population.toml").is_file());
}
