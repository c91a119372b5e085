//! Invented names and numbers: common characters put together by chance, area prefix 610398, which is not assigned.

use crate::standardise::date::civil;
use crate::standardise::id_number::check_character;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Not an assigned area: nobody has such a number.
pub const AREA: &str = "610398";

const SURNAMES: [&str; 40] = [
    "张", "王", "李", "赵", "刘", "陈", "杨", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "曾", "彭", "萧", "蔡", "潘", "田", "董", "袁",
    "欧阳", "上官",
];
const GIVEN: [char; 72] = [
    '安', '柏', '辰', '诚', '川', '丹', '德', '栋', '芳', '枫', '刚', '国', '海', '涵', '浩', '禾', '衡', '红', '华',
    '慧', '佳', '嘉', '建', '杰', '洁', '金', '静', '军', '俊', '凯', '兰', '乐', '莉', '亮', '琳', '玲', '龙', '梅',
    '萌', '敏', '明', '宁', '鹏', '平', '琪', '强', '青', '清', '庆', '秋', '然', '荣', '瑞', '珊', '书', '思', '涛',
    '婷', '伟', '文', '霞', '祥', '晓', '欣', '雪', '雅', '阳', '怡', '英', '宇', '玉', '哲',
];

/// A surname.
pub fn surname(rng: &mut ChaCha8Rng) -> &'static str {
    SURNAMES[rng.random_range(0..SURNAMES.len())]
}

/// A whole name with that surname.
pub fn person(rng: &mut ChaCha8Rng, surname: &str) -> String {
    let mut name = surname.to_owned();
    for _ in 0..if rng.random_bool(0.8) { 2 } else { 1 } {
        name.push(GIVEN[rng.random_range(0..GIVEN.len())]);
    }
    name
}

/// The number of a person born on a day; `sequence` must be odd for men.
pub fn id_number(area: &str, birth: i32, sequence: u32) -> String {
    let (year, month, day) = civil(birth);
    let body = format!("{area}{year:04}{month:02}{day:02}{sequence:03}");
    let check = check_character(body.as_bytes()).map_or('0', char::from);
    format!("{body}{check}")
}
