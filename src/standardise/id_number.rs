//! Certificate numbers (GB 11643—1999 and disability certificates): shape, check character, birth date, sex, and a key for linking.

use crate::definitions::Words;

/// What a number turned out to be. The labels are values of the column `id_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdState {
    Sound,
    /// Fifteen digits, issued before 1999.
    Old,
    CheckDiffers,
    Malformed,
    /// Turned into a number by a spreadsheet; its tail is lost.
    Damaged,
    Placeholder,
    /// Said to have none.
    None,
}

impl IdState {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sound => "正确",
            Self::Old => "旧15位",
            Self::CheckDiffers => "校验不符",
            Self::Malformed => "格式不对",
            Self::Damaged => "已损坏",
            Self::Placeholder => "占位",
            Self::None => "无证件",
        }
    }
}

/// One number, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdNumber {
    pub state: IdState,
    /// The first 17 digits as an integer; for sound numbers only.
    pub key: Option<i64>,
    /// Days since 1970-01-01; for sound numbers only.
    pub birth: Option<i32>,
    /// `男` or `女`; for sound numbers only.
    pub sex: Option<&'static str>,
    /// The birth date that an unsound number still shows: evidence, never used as the number.
    pub guess: Option<i32>,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// The check character of the first 17 digits; `None` when they are not digits.
#[must_use]
pub fn check_character(body: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (digit, weight) in body.get(..17)?.iter().zip(WEIGHTS) {
        sum += u32::from(digit.is_ascii_digit().then(|| digit - b'0')?) * weight;
    }
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

/// Reads a number that has been made compact and upper-case; `None` for an empty one.
#[must_use]
pub fn parse(text: &str, words: &Words) -> Option<IdNumber> {
    if text.is_empty() {
        return None;
    }
    let only = |state| IdNumber { state, key: None, birth: None, sex: None, guess: None };
    if words.no_number.iter().any(|word| word == text) {
        return Some(only(IdState::None));
    }
    // Most numbers are sound, and seen to be so at once.
    if let Some(read) = Some(text.as_bytes()).filter(|bytes| bytes.len() == 18).and_then(long)
        && read.state == IdState::Sound
        && !words.placeholder.is_match(text)
    {
        return Some(read);
    }
    if let Some(digits) = floating(text) {
        return Some(IdNumber { guess: birth(&digits), ..only(IdState::Damaged) });
    }
    if words.placeholder.is_match(text) {
        return Some(only(IdState::Placeholder));
    }
    let bytes = text.as_bytes();
    Some(match bytes.len() {
        18 | 20 | 22 => long(bytes).unwrap_or(only(IdState::Malformed)),
        15 if bytes.iter().all(u8::is_ascii_digit) => raise(bytes)
            .and_then(|raised| long(&raised))
            .filter(|read| read.state == IdState::Sound)
            .map_or(only(IdState::Malformed), |read| IdNumber { state: IdState::Old, ..read }),
        _ => only(IdState::Malformed),
    })
}

/// The sound number inside a 学籍号 or a disability certificate's.
#[must_use]
pub fn inner_number<'t>(student: Option<&'t str>, disability: Option<&'t str>) -> Option<&'t str> {
    let student = student.filter(|text| key_in_student_number(text).is_some()).and_then(|text| text.get(1..19));
    student
        .or_else(|| disability.filter(|text| key_in_disability_number(text).is_some()).and_then(|text| text.get(..18)))
}

/// The eighteen characters that a number stands for: the first of a disability certificate's, a 15-digit one raised.
#[must_use]
pub fn eighteen(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    match bytes.len() {
        18 | 20 | 22 => Some(bytes[..18].to_vec()),
        15 if bytes.iter().all(u8::is_ascii_digit) => raise(bytes),
        _ => None,
    }
}

/// The key of the number inside a 学籍号 (`G` and a sound number).
#[must_use]
pub fn key_in_student_number(text: &str) -> Option<i64> {
    let inner = text.strip_prefix(['G', 'g'])?;
    long(inner.as_bytes()).filter(|read| inner.len() == 18 && read.state == IdState::Sound)?.key
}

/// The key of the number inside a disability certificate's.
#[must_use]
pub fn key_in_disability_number(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    matches!(bytes.len(), 20 | 22).then(|| long(bytes)).flatten().filter(|read| read.state == IdState::Sound)?.key
}

/// A number of 18 characters, or a disability certificate that starts with one.
fn long(bytes: &[u8]) -> Option<IdNumber> {
    let expected = check_character(bytes)?;
    let check = *bytes.get(17)?;
    if !(check.is_ascii_digit() || check == b'X') || !bytes[18..].iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let found = birth(&bytes[..17]);
    let only = |state| IdNumber { state, key: None, birth: None, sex: None, guess: found };
    if check != expected {
        // A spreadsheet keeps fifteen digits and writes zeros for the rest.
        return Some(only(if &bytes[15..18] == b"000" { IdState::Damaged } else { IdState::CheckDiffers }));
    }
    let Some(days) = found else { return Some(only(IdState::Malformed)) };
    let key = std::str::from_utf8(&bytes[..17]).ok()?.parse().ok()?;
    let sex = if (bytes[16] - b'0') % 2 == 1 { "男" } else { "女" };
    Some(IdNumber { state: IdState::Sound, key: Some(key), birth: Some(days), sex: Some(sex), guess: Some(days) })
}

/// Fifteen digits as eighteen characters: the century after the sixth, then the check character.
fn raise(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut raised = [&bytes[..6], b"19", &bytes[6..]].concat();
    raised.push(check_character(&raised)?);
    Some(raised)
}

/// The digits of a number written as `6.10398E+17`, as far as they are shown.
#[must_use]
pub fn floating(text: &str) -> Option<Vec<u8>> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let exponent: u32 = exponent.trim_start_matches('+').parse().ok()?;
    let digits: Vec<u8> = mantissa.bytes().filter(|byte| *byte != b'.').collect();
    ((14..=21).contains(&exponent) && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(digits)
}

/// The birth date at characters 7 to 14, where they are one.
fn birth(digits: &[u8]) -> Option<i32> {
    let number = |range: std::ops::Range<usize>| std::str::from_utf8(digits.get(range)?).ok()?.parse::<u32>().ok();
    super::date::days(i32::try_from(number(6..10)?).ok()?, number(10..12)?, number(12..14)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples that GB 11643—1999 prints.
    #[test]
    fn published_examples_are_sound() {
        for text in ["11010519491231002X", "440524188001010014"] {
            assert_eq!(long(text.as_bytes()).map(|read| read.state), Some(IdState::Sound), "{text}");
        }
    }

    #[test]
    fn any_changed_digit_is_noticed() {
        let sound = b"11010519491231002X";
        for place in 0..17 {
            for digit in b'0'..=b'9' {
                let mut changed = *sound;
                changed[place] = digit;
                let state = long(&changed).map(|read| read.state);
                assert_eq!(state == Some(IdState::Sound), changed == *sound);
            }
        }
    }

    #[test]
    fn old_and_disability_numbers_have_the_key_of_the_person() {
        let key = long(b"11010519491231002X").and_then(|read| read.key);
        assert_eq!(raise(b"110105491231002").as_deref(), Some(&b"11010519491231002X"[..]));
        assert_eq!(key_in_disability_number("11010519491231002X43"), key);
        assert_eq!(key_in_student_number("G11010519491231002X"), key);
        assert_eq!(floating("6.10398201309011E+17").as_deref(), Some(&b"610398201309011"[..]));
    }
}
