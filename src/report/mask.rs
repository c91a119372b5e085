//! Who may be read where (design section 6): what circulates masks names and numbers, working papers mask numbers only.

use crate::definitions::Kind;

/// How much of a person an output shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Names and numbers masked: page, charts, `findings.csv`, `summary.json`, terminal.
    Circulates,
    /// Names shown, numbers masked: the workbooks.
    WorkingPaper,
    /// Everything shown, because it was asked for.
    Open,
}

impl Privacy {
    /// A person's name.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        if self != Self::Circulates {
            return name.to_owned();
        }
        let mut letters = name.chars();
        letters.next().map_or_else(String::new, |first| format!("{first}{}", "*".repeat(letters.count().max(1))))
    }

    /// A certificate, 学籍 or telephone number: `610398********1234`.
    #[must_use]
    pub fn number(self, number: &str) -> String {
        if self == Self::Open || !number.chars().any(|letter| letter.is_ascii_digit()) || number.contains("E+") {
            return number.to_owned();
        }
        let letters: Vec<char> = number.chars().collect();
        let (head, tail) = if letters.len() >= 15 {
            (6, 4)
        } else if letters.len() >= 7 {
            (3, 2)
        } else {
            (0, 0)
        };
        let hidden = letters.len() - head - tail;
        let part = |range: &[char]| range.iter().collect::<String>();
        format!("{}{}{}", part(&letters[..head]), "*".repeat(hidden), part(&letters[letters.len() - tail..]))
    }

    /// A cell of a field of some kind.
    #[must_use]
    pub fn cell(self, text: &str, kind: Option<Kind>) -> String {
        match kind {
            Some(Kind::Name) => self.name(text),
            Some(Kind::IdNumber | Kind::OtherId | Kind::StudentNumber | Kind::DisabilityNumber | Kind::Phone) => {
                self.number(text)
            }
            Some(Kind::Household) => text.to_owned(),
            _ => self.numbers_in(text),
        }
    }

    /// A text in which numbers of persons may stand: every run of 15 or more digits is masked.
    #[must_use]
    pub fn numbers_in(self, text: &str) -> String {
        if self == Self::Open {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut run = String::new();
        for letter in text.chars().chain(std::iter::once('\0')) {
            let wide = letter.is_numeric() || (matches!(letter, 'X' | 'x' | 'Ｘ') && !run.is_empty());
            if wide {
                run.push(letter);
                continue;
            }
            if run.chars().count() >= 15 {
                out.push_str(&self.number(&run))
            } else {
                out.push_str(&run)
            }
            run.clear();
            if letter != '\0' {
                out.push(letter);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Privacy::{Circulates, Open, WorkingPaper};

    #[test]
    fn circulating_papers_hide_names_and_numbers() {
        assert_eq!(Circulates.name("欧阳小宝"), "欧***");
        assert_eq!(Circulates.number("610398201309010012"), "610398********0012");
        assert_eq!(WorkingPaper.name("欧阳小宝"), "欧阳小宝");
        assert_eq!(WorkingPaper.numbers_in("号码610398201309010012有误"), "号码610398********0012有误");
        assert_eq!(Open.number("610398201309010012"), "610398201309010012");
        assert_eq!(Circulates.number("无"), "无");
    }
}
