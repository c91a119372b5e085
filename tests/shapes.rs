//! One roster in every shape of file that offices have gives the same records; what is damaged is said.

use crate::support::{findings, run};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use std::fmt::Write as _;
use std::path::Path;
use zicha::definitions::{Definitions, Project};
use zicha::standardise::{date, id_number, text};

const HEADERS: [&str; 5] = ["学校名称", "年级", "姓名", "身份证件号", "出生日期"];

fn rows() -> Vec<[String; 5]> {
    (0..30)
        .map(|index| {
            let birth = date::days(2010, 1, 1).unwrap() + index * 11;
            let (year, month, day) = date::civil(birth);
            let body = format!("610398{year:04}{month:02}{day:02}{:03}", 100 + index);
            let check = char::from(id_number::check_character(body.as_bytes()).unwrap());
            [
                "柳林小学".to_owned(),
                "三年级".to_owned(),
                format!("章{}", char::from_u32(0x4e00 + u32::try_from(index).unwrap() * 3).unwrap()),
                format!("{body}{check}"),
                format!("{year:04}-{month:02}-{day:02}"),
            ]
        })
        .collect()
}

fn delimited(mark: &str) -> String {
    let mut out = HEADERS.join(mark);
    for row in rows() {
        write!(out, "\r\n{}", row.join(mark)).unwrap();
    }
    out
}

fn html() -> String {
    let line = |cells: &[String]| {
        format!("<tr>{}</tr>", cells.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>())
    };
    let body: String = rows().iter().map(|row| line(row)).collect();
    format!("<html><body><table>{}{body}</table></body></html>", line(&HEADERS.map(str::to_owned)))
}

fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 4, "柳林小学花名册", &rust_xlsxwriter::Format::new()).unwrap();
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.merge_range(1, column, 2, column, header, &rust_xlsxwriter::Format::new()).unwrap();
    }
    for (row, cells) in (3_u32..).zip(rows()) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// The records without where they came from.
fn records(folder: &Path) -> Vec<Vec<String>> {
    let (_, checked) = run(folder);
    let roll = &checked.linked.tables["roll"];
    let columns = ["school", "grade", "name", "id_number", "id_state"]
        .map(|name| roll.column(name).unwrap().str().unwrap().clone());
    (0..roll.height())
        .map(|row| columns.iter().map(|column| column.get(row).unwrap_or_default().to_owned()).collect())
        .collect()
}

#[test]
fn every_shape_of_file_gives_the_same_records() {
    let utf16 = |text: &str| [vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("a.csv", delimited(",").into_bytes()),
        ("bom.csv", format!("\u{feff}{}", delimited(",")).into_bytes()),
        ("gbk.csv", gbk(&delimited(","))),
        ("utf16.txt", utf16(&delimited("\t"))),
        ("tabs.xls", gbk(&delimited("\t"))),
        ("page.xls", html().into_bytes()),
        ("misnamed.csv", Vec::new()),
    ];
    let mut first: Option<Vec<Vec<String>>> = None;
    for (name, bytes) in files {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        if bytes.is_empty() {
            workbook(&path)
        } else {
            std::fs::write(&path, bytes).unwrap()
        }
        let found = records(folder.path());
        assert_eq!(found.len(), 30, "{name}");
        assert!(found.iter().all(|row| row[4] == "正确"), "{name}：{found:?}");
        match &first {
            None => first = Some(found),
            Some(wanted) => assert_eq!(&found, wanted, "{name}"),
        }
    }
}

#[test]
fn a_class_sheet_takes_its_grade_and_school_from_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("永宁镇中心小学.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("三(2)班").unwrap();
    for (column, header) in (0_u16..).zip(["姓名", "性别", "身份证号码"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (column, cell) in (0_u16..).zip(["章一", "男", "610398201009010019"]) {
        sheet.write_string(1, column, cell).unwrap();
    }
    book.save(&path).unwrap();
    let (_, checked) = run(folder.path());
    let roll = &checked.linked.tables["roll"];
    let value = |name: &str| roll.column(name).unwrap().str().unwrap().get(0).unwrap_or_default().to_owned();
    assert_eq!(
        (value("school").as_str(), value("stage").as_str(), value("grade").as_str(), value("class").as_str()),
        ("永宁镇中心小学", "小学", "三年级", "2")
    );
}

#[test]
fn empty_formatted_rows_and_two_hundred_columns_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let mut book = Workbook::new();
    let grey = rust_xlsxwriter::Format::new().set_background_color("#eeeeee");
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip(HEADERS) {
        sheet.write_string(0, column, header).unwrap();
    }
    for column in 5..200 {
        sheet.write_string(0, column, format!("列{column}")).unwrap();
    }
    for (row, cells) in (1_u32..).zip(rows()) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    for row in 31..60_000 {
        sheet.write_blank(row, 0, &grey).unwrap();
    }
    sheet.write_string(70_000, 0, "合计").unwrap();
    book.save(&path).unwrap();
    let (definitions, checked) = run(folder.path());
    assert_eq!(checked.linked.tables["roll"].height(), 30);
    let unknown =
        findings(&definitions, &checked).into_iter().filter(|found| found.0 == "输入/column-unrecognised").count();
    assert_eq!(unknown, 1, "同一行的表头，行号相同，集合里只算一个");
    assert_eq!(checked.sheets[0].columns.iter().filter(|column| column.field.is_none()).count(), 195);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text at all: cleaning it twice is cleaning it once, and no reader of cells fails.
    #[test]
    fn no_text_breaks_the_readers(typed in "\\PC{0,24}") {
        let definitions = definitions();
        let clean = text::clean(&typed).into_owned();
        prop_assert_eq!(text::clean(&clean).into_owned(), clean.clone());
        let _ = id_number::parse(&text::compact(&typed).to_uppercase(), &definitions.words);
        let _ = date::parse(&clean);
        let _ = zicha::standardise::grammar::grade(&clean, &definitions.grades);
        let _ = zicha::standardise::grammar::term(&clean, &definitions.terms);
    }

    /// A number that a spreadsheet kept fifteen digits of is never taken for a sound one.
    #[test]
    fn a_damaged_number_is_never_sound(sequence in 1_u32..999, offset in 0_i32..20_000) {
        let (year, month, day) = date::civil(offset);
        let body = format!("610398{year:04}{month:02}{day:02}{sequence:03}");
        let whole = format!("{body}{}", char::from(id_number::check_character(body.as_bytes()).unwrap()));
        let shown = format!("{:.14E}", whole[..17].parse::<f64>().unwrap() * 10.0).replace('E', "E+");
        let read = id_number::parse(&shown, &definitions().words).unwrap();
        prop_assert_eq!(read.state, id_number::IdState::Damaged);
        prop_assert_eq!(read.key, None);
    }
}

fn definitions() -> &'static Definitions {
    static LOADED: std::sync::OnceLock<Definitions> = std::sync::OnceLock::new();
    LOADED.get_or_init(|| Definitions::load(None, &Project::default()).unwrap())
}

#[test]
fn files_that_cannot_be_read_are_findings_and_the_rest_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("好.csv", delimited(",").as_bytes());
    put("空.xlsx", b"");
    put("同一份.csv", delimited(",").as_bytes());
    put("只有表头.csv", "学校名称,年级,姓名,身份证件号\n".as_bytes());
    put("说明.pdf", b"%PDF-1.4 ...");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    put("不是工作簿.xlsx", &zip.finish().unwrap().into_inner());
    workbook(&folder.path().join("全.xlsx"));
    let whole = std::fs::read(folder.path().join("全.xlsx")).unwrap();
    std::fs::remove_file(folder.path().join("全.xlsx")).unwrap();
    put("截断.xlsx", &whole[..whole.len() / 2]);
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..80 {
        std::io::Write::write_all(&mut bomb, &vec![b' '; 1 << 20]).unwrap();
    }
    put("炸弹.xlsx", &bomb.finish().unwrap().into_inner());
    let secret: Vec<u8> = [0xD0, 0xCF, 0x11, 0xE0]
        .into_iter()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    put("密码.xlsx", &secret);
    put("孤立.csv", b"\xff\xfe\xd3\x59\x0d\x54\x00\xd8\x2c\x00");
    let (definitions, checked) = run(folder.path());
    let found = findings(&definitions, &checked);
    for name in ["空.xlsx", "不是工作簿.xlsx", "截断.xlsx", "炸弹.xlsx", "密码.xlsx"] {
        assert!(found.iter().any(|found| found.0 == "输入/file-unreadable" && found.2 == name), "{name}：{found:?}");
    }
    let notes: Vec<&str> =
        checked.input.files.iter().filter(|file| file.note.is_some()).map(|file| file.path.as_str()).collect();
    assert_eq!(notes, ["好.csv", "说明.pdf"], "内容相同的第二份和不是表格的文件，说明一句");
    assert_eq!(checked.linked.tables["roll"].height(), 30, "好的那一份照样核对，重复的只算一次");
}

#[test]
fn more_than_a_thousand_small_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..1500 {
        let roll = format!("学校名称,学期,年级,姓名,身份证号\n柳林小学,2019-2020-2,三年级,例小花,无{number}\n");
        std::fs::write(folder.path().join(format!("{number}.csv")), roll).unwrap();
    }
    let (_, checked) = crate::support::run(folder.path());
    assert_eq!(checked.sheets.iter().filter(|sheet| sheet.table.as_deref() == Some("roll")).count(), 1500);
}

#[test]
fn the_same_tables_in_parquet_in_gzip_and_in_plain_text_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    for kind in ["csv", "parquet"] {
        let arguments = ["generate", "-o", kind, "--persons", "1500", "--seed", "9", "--format", kind];
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_zicha"));
        assert!(program.args(arguments).current_dir(folder.path()).output().unwrap().status.success());
    }
    std::fs::create_dir(place("gz")).unwrap();
    for entry in std::fs::read_dir(place("csv")).unwrap().map(Result::unwrap) {
        let file =
            std::fs::File::create(place("gz").join(format!("{}.gz", entry.file_name().to_string_lossy()))).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        // Two members in one file, as logs and exports that were joined have them.
        let bytes = std::fs::read(entry.path()).unwrap();
        let (head, tail) = bytes.split_at(bytes.len() / 2);
        std::io::Write::write_all(&mut packed, head).unwrap();
        let file = packed.finish().unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, tail).unwrap();
        packed.finish().unwrap();
    }
    let found = |kind: &str| {
        let (definitions, checked) = crate::support::run(&place(kind));
        let found = crate::support::findings(&definitions, &checked);
        let plain = |name: String| {
            name.trim_end_matches(".gz").trim_end_matches(".csv").trim_end_matches(".parquet").to_owned()
        };
        found.into_iter().map(|found| (found.0, plain(found.2), found.4)).collect::<std::collections::BTreeSet<_>>()
    };
    let text = found("csv");
    assert!(text.len() > 100);
    assert_eq!(found("parquet"), text);
    assert_eq!(found("gz"), text);
}

#[test]
fn folders_named_by_value_say_what_no_column_does() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("县=渭新区/学校名称=柳林小学/学期=2019-2020-2");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("学籍-0.csv"), "年级,班级,姓名,身份证号\n三年级,1班,例小花,610398201003050027\n")
        .unwrap();
    let (_, checked) = crate::support::run(folder.path());
    let roll = &checked.linked.tables["roll"];
    assert_eq!(roll.column("school").unwrap().str().unwrap().get(0), Some("柳林小学"));
    assert_eq!(roll.column("term").unwrap().i64().unwrap().get(0), Some(20192));
    assert!(checked.sheets[0].filled.iter().all(|filled| filled.from == "文件夹名"), "{:?}", checked.sheets[0].filled);
}

#[test]
fn damaged_parquet_and_gzip_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("坏.parquet"), b"PAR1 no rows at all PAR1").unwrap();
    std::fs::write(folder.path().join("坏.csv.gz"), [0x1F, 0x8B, 8, 0, 0, 0]).unwrap();
    let mut bomb = flate2::write::GzEncoder::new(
        std::fs::File::create(folder.path().join("很大.csv.gz")).unwrap(),
        flate2::Compression::best(),
    );
    for _ in 0..300 {
        std::io::Write::write_all(&mut bomb, &vec![b' '; 1 << 20]).unwrap();
    }
    bomb.finish().unwrap();
    let (definitions, checked) = crate::support::run(folder.path());
    let found = crate::support::findings(&definitions, &checked);
    assert_eq!(found.iter().filter(|found| found.0 == "输入/file-unreadable").count(), 3, "{found:?}");
}
