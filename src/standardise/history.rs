//! The aid of a school year as forms tell it in one cell: `生活费补助1000；秋营养膳食补助400`.
//!
//! An item without a season is the whole year's and stands for half in each term.

use super::codes::Coder;
use super::text::{clean, compact};

/// One item of one term: start year × 10 + 1 or 2, the item's code, yuan where it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct TermAid {
    pub term: i64,
    pub item: String,
    pub amount: Option<f64>,
}

/// Reads the cell of a school year; `None` when some part of it is no item.
#[must_use]
pub fn read_year(text: &str, year: i64, items: &Coder<'_>) -> Option<Vec<TermAid>> {
    let mut found = Vec::new();
    for part in text.split([';', '；', '、', ',', '，', '\n']) {
        let part = clean(part);
        if part.trim().is_empty() {
            continue;
        }
        let (halves, rest) = season(&part);
        let (name, amount) = priced(rest);
        let item = items.one(&clean(name))?;
        #[allow(clippy::cast_precision_loss, reason = "one or two")]
        let share = amount.map(|amount| amount / halves.len() as f64);
        found.extend(halves.iter().map(|half| TermAid {
            term: year * 10 + half,
            item: item.to_owned(),
            amount: share,
        }));
    }
    Some(found)
}

fn season(text: &str) -> (&'static [i64], &str) {
    const MARKS: [(&str, &[i64]); 8] = [
        ("秋季", &[1]),
        ("春季", &[2]),
        ("秋", &[1]),
        ("春", &[2]),
        ("上学期", &[1]),
        ("下学期", &[2]),
        ("第1学期", &[1]),
        ("第2学期", &[2]),
    ];
    let text = text.trim_start();
    MARKS
        .iter()
        .find_map(|(mark, halves)| Some((*halves, text.strip_prefix(mark)?.trim_start_matches([':', '：', ' ']))))
        .unwrap_or((&[1, 2], text))
}

/// The name, and the number behind it.
fn priced(text: &str) -> (&str, Option<f64>) {
    let text = text.trim().trim_end_matches('元').trim_end();
    let at = text.char_indices().rev().take_while(|(_, letter)| letter.is_ascii_digit() || *letter == '.').last();
    match at {
        Some((start, _)) if start > 0 => {
            (text[..start].trim_end_matches([' ', ':', '：', '￥', '¥']), compact(&text[start..]).parse().ok())
        }
        _ => (text, None),
    }
}

/// How the linked table reads it back: a line an item.
#[must_use]
pub fn encode(entries: &[TermAid]) -> String {
    let line = |entry: &TermAid| {
        let amount = entry.amount.map_or_else(String::new, |amount| amount.to_string());
        format!("{}\t{}\t{amount}", entry.term, entry.item)
    };
    entries.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The items of [`encode`].
#[must_use]
pub fn decode(text: &str) -> Vec<TermAid> {
    let line = |line: &str| {
        let mut parts = line.split('\t');
        let (term, item, amount) = (parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next()?);
        Some(TermAid { term, item, amount: amount.parse().ok() })
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::{Definitions, Project};
    use crate::standardise::codes::Coder;

    #[test]
    #[allow(clippy::unwrap_used, reason = "a test")]
    fn a_year_is_read_term_by_term() {
        let definitions = Definitions::load(None, &Project::default()).unwrap();
        let items = Coder::new(&definitions.codes["aid_item"]);
        let aid = |term, item: &str, amount| TermAid { term, item: item.to_owned(), amount };
        let read = |text| read_year(text, 2018, &items);
        assert_eq!(
            read("生活费补助1000；秋 营养膳食补助 400元").unwrap(),
            [
                aid(20181, "生活费补助", Some(500.0)),
                aid(20182, "生活费补助", Some(500.0)),
                aid(20181, "营养膳食补助", Some(400.0))
            ]
        );
        assert_eq!(read("雨露计划").unwrap(), [aid(20181, "雨露计划", None), aid(20182, "雨露计划", None)]);
        assert_eq!(read("已领"), None);
        let entries = read("春国家助学金1250.5").unwrap();
        assert_eq!(decode(&encode(&entries)), entries);
    }
}
