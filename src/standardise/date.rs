//! Dates as people write them → days since 1970-01-01, with how exact they are.

use crate::definitions::month_length;

/// A date, or only its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Day(i32),
    /// The first day of the month; the day was not written.
    Month(i32),
}

impl Moment {
    #[must_use]
    pub fn days(self) -> i32 {
        match self {
            Self::Day(days) | Self::Month(days) => days,
        }
    }
}

/// Day 1 of a spreadsheet's calendar is 1900-01-01, and it believes that 1900 had a 29 February.
const SERIAL_ORIGIN: i32 = 25_569;
const SERIALS: std::ops::RangeInclusive<i32> = 10_000..=60_000;
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2100;

/// Days since 1970-01-01 of a date of the calendar; `None` when there is no such day.
#[must_use]
pub fn days(year: i32, month: u32, day: u32) -> Option<i32> {
    if !YEARS.contains(&year) || !(1..=12).contains(&month) || day == 0 || day > month_length(year, month) {
        return None;
    }
    // Days from civil: years counted from March, so that the leap day is the last of its year.
    let (month, day) = (i32::try_from(month).ok()?, i32::try_from(day).ok()?);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Year, month and day of days since 1970-01-01.
#[must_use]
pub fn civil(days: i32) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let day = of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    (year + era * 400 + i32::from(month <= 2), month.unsigned_abs(), day.unsigned_abs())
}

/// Full years between a birth date and a reference date, both as year, month, day.
#[must_use]
pub fn age(born: (i32, u32, u32), at: (i32, u32, u32)) -> i64 {
    i64::from(at.0 - born.0) - i64::from((at.1, at.2) < (born.1, born.2))
}

/// Reads a cleaned text: `2013-09-01`, `2013/9/1`, `2013.9`, `2013年9月1日`, `20130901`, `201309`, a spreadsheet's serial number.
#[must_use]
pub fn parse(text: &str) -> Option<Moment> {
    let text = super::text::numerals(text);
    let day_part = text.split(['T', ' ']).next().unwrap_or(&text);
    // A time behind the date has lost its blank: 2013-09-0100:00:00.
    let day_part = day_part
        .split_once(':')
        .map_or(day_part, |(before, _)| before.get(..before.len().saturating_sub(2)).unwrap_or(before));
    if day_part.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(day_part);
    }
    let mut parts = day_part.split(['-', '/', '.', '年', '月', '日', '号', '\\']).filter(|part| !part.is_empty());
    let mut number = || parts.next().map(str::parse::<u32>);
    let year = i32::try_from(number()?.ok()?).ok()?;
    let month = number()?.ok()?;
    match number() {
        None => days(year, month, 1).map(Moment::Month),
        Some(day) => days(year, month, day.ok()?).filter(|_| number().is_none()).map(Moment::Day),
    }
}

fn digits(text: &str) -> Option<Moment> {
    let number: i32 = text.parse().ok()?;
    let unsigned = number.unsigned_abs();
    match text.len() {
        8 => days(number / 10_000, unsigned / 100 % 100, unsigned % 100).map(Moment::Day),
        6 => days(number / 100, unsigned % 100, 1).map(Moment::Month),
        5 if SERIALS.contains(&number) => Some(Moment::Day(number - SERIAL_ORIGIN)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_way_of_writing_a_day_is_read() {
        let day = days(2013, 9, 1).map(Moment::Day);
        for text in [
            "2013-09-01",
            "2013/9/1",
            "2013.9.1",
            "2013年9月1日",
            "20130901",
            "41518",
            "2013-09-01 00:00:00",
            "二〇一三年九月一日",
            "2013-09-01T08:00:00",
        ] {
            assert_eq!(parse(text), day, "{text}");
        }
        for text in ["2013.9", "201309", "2013年9月", "2013-09"] {
            assert_eq!(parse(text), days(2013, 9, 1).map(Moment::Month), "{text}");
        }
        for text in ["2013", "2013-13-01", "20130230", "13-9-1", "九月", "待查", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn calendar_goes_there_and_back() {
        for day in (-40_000..40_000).step_by(7) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), Some(day));
        }
        assert_eq!(days(1970, 1, 1), Some(0));
    }

    #[test]
    fn age_changes_on_the_birthday() {
        assert_eq!(age((2004, 7, 15), (2020, 7, 15)), 16);
        assert_eq!(age((2004, 7, 16), (2020, 7, 15)), 15);
    }
}
