//! Text as people type it → text that can be compared: width, invisible characters, blanks, Excel's marks for text.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Cleans a cell: `="…"` and a leading apostrophe taken off, NFKC, invisible characters out, ends trimmed.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if plain(text) {
        return Cow::Borrowed(text);
    }
    let text = unwrap(text.trim_matches(blank));
    // Printing ASCII and the common Chinese characters are their own normal form, and what most cells consist of.
    let plain = text.chars().all(|letter| matches!(letter, ' '..='~' | '\u{4e00}'..='\u{9fff}'));
    if plain || (is_nfkc_quick(text.chars()) == IsNormalized::Yes && !text.chars().any(invisible)) {
        return Cow::Borrowed(text.trim_matches(blank));
    }
    let normal: String = text.nfkc().filter(|letter| !invisible(*letter)).collect();
    Cow::Owned(normal.trim_matches(blank).to_owned())
}

/// As [`clean`], with every blank inside taken out.
#[must_use]
pub fn compact(text: &str) -> Cow<'_, str> {
    if plain(text) {
        return Cow::Borrowed(text);
    }
    let clean = clean(text);
    if clean.chars().any(blank) { Cow::Owned(clean.chars().filter(|letter| !blank(*letter)).collect()) } else { clean }
}

/// A person's name: no blanks, one middle dot for all that are typed.
#[must_use]
pub fn person_name(text: &str) -> Cow<'_, str> {
    let text = compact(text);
    let dot = |letter: char| matches!(letter, '•' | '．' | '.' | '‧' | '・' | '∙' | '⋅');
    if text.chars().any(dot) {
        return Cow::Owned(text.chars().map(|letter| if dot(letter) { '·' } else { letter }).collect());
    }
    text
}

/// A header for comparing: letters and digits only, without the remark in brackets when `bare`.
#[must_use]
pub fn header_key(text: &str, bare: bool) -> String {
    let clean = clean(text);
    let mut depth = 0_u32;
    clean
        .chars()
        .filter(|letter| {
            match letter {
                '(' | '[' | '〔' | '【' => depth += 1,
                ')' | ']' | '〕' | '】' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            letter.is_alphanumeric() && (!bare || depth == 0)
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// Chinese numerals and dashes as ASCII, blanks out: what the grammars of grades and terms read.
#[must_use]
pub fn numerals(text: &str) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    compact(text)
        .chars()
        .map(|letter| match letter {
            '—' | '–' | '－' | '~' | '～' | '至' | '―' | '_' => '-',
            '〇' => '0',
            '两' => '2',
            _ => DIGITS
                .iter()
                .position(|digit| *digit == letter)
                .and_then(|value| char::from_digit(u32::try_from(value).unwrap_or_default(), 10))
                .unwrap_or(letter),
        })
        .collect()
}

/// Whether a text is what most cells hold, and stays as it is: printing ASCII without blanks and common Chinese characters, with no mark of spreadsheets before it.
fn plain(text: &str) -> bool {
    // Three bytes that begin with E4–E9 are U+4000–9FFF.
    let common = |byte: u8| matches!(byte, 0x21..=0x7e | 0x80..=0xbf | 0xe4..=0xe9);
    !matches!(text.as_bytes().first(), Some(b'=' | b'\'' | b'`')) && text.bytes().all(common)
}

/// `="610398…"` and `'610398…` without the marks.
fn unwrap(text: &str) -> &str {
    let text = text
        .strip_prefix('=')
        .and_then(|rest| rest.trim().strip_prefix('"'))
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    text.trim_start_matches(['\'', '＇', '‘', '’', '`'])
}

fn blank(letter: char) -> bool {
    letter.is_whitespace() || invisible(letter)
}

/// Zero-width and directional marks, soft hyphens, byte-order marks, control characters.
fn invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}')
        || (letter.is_control() && !letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_spreadsheets_are_taken_off() {
        for typed in [
            "=\"610398201309010012\"",
            "'610398201309010012",
            "６１０３９８２０１３０９０１００１２",
            " 610398 20130901\u{200b}0012\u{a0}",
        ] {
            assert_eq!(compact(typed), "610398201309010012");
        }
    }

    proptest::proptest! {
        #[test]
        fn plain_texts_are_their_own_clean_form(text in "[ =\"'`!-~一-鿿㐀-䶿À-ÿ０-９\u{200b}\u{a0}·]{0,6}") {
            let letters = |text: &str| text.chars().filter(|letter| !blank(*letter)).nfkc().collect::<String>();
            if plain(&text) {
                proptest::prop_assert_eq!(&letters(&text), &text);
                proptest::prop_assert_eq!(unwrap(&text), text.as_str());
            }
        }
    }

    #[test]
    fn names_lose_blanks_and_share_one_dot() {
        assert_eq!(person_name("阿依•古丽"), "阿依·古丽");
        assert_eq!(person_name(" 张　 三 "), "张三");
    }

    #[test]
    fn headers_compare_without_brackets_and_line_breaks() {
        assert_eq!(header_key("县（市、区、旗）", true), "县");
        assert_eq!(header_key("与户主\n关系*", false), "与户主关系");
    }
}
