//! Grades and terms, read by the patterns of `datasets/codes/grade.toml` and `term.toml`.

use super::text::numerals;
use crate::definitions::{GradePattern, TermPattern, YearKind};

/// A grade, as far as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    pub stage: Option<String>,
    /// Within the stage, from 1; 0 when not written.
    pub number: i64,
    pub class: Option<String>,
}

/// Reads a grade; `None` when no pattern fits.
#[must_use]
pub fn grade(text: &str, patterns: &[GradePattern]) -> Option<Grade> {
    let text = numerals(text);
    patterns.iter().find_map(|pattern| {
        let found = pattern.regex.captures(&text)?;
        let mut groups = found.iter().skip(1).flatten().map(|group| group.as_str());
        let number = match pattern.number {
            Some(number) => number,
            None => groups.next().map_or(Some(0), |digits| digits.parse().ok())? - pattern.offset,
        };
        Some(Grade { stage: pattern.stage.clone(), number: number.max(0), class: groups.next().map(str::to_owned) })
    })
}

/// How a grade is written in messages: 三年级, 七年级, 大班.
#[must_use]
pub fn grade_label(stage: &str, number: i64) -> Option<String> {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const KINDERGARTEN: [&str; 4] = ["", "小班", "中班", "大班"];
    let index = usize::try_from(number).ok().filter(|index| *index > 0)?;
    match stage {
        "学前" => KINDERGARTEN.get(index).map(|label| (*label).to_owned()),
        "初中" => DIGITS.get(index + 6).map(|digit| format!("{digit}年级")),
        _ => DIGITS.get(index).map(|digit| format!("{digit}年级")),
    }
}

/// Reads a term as start year × 10 + 1 (autumn) or 2 (spring); `None` when no pattern fits.
#[must_use]
pub fn term(text: &str, patterns: &[TermPattern]) -> Option<i64> {
    let text = numerals(text);
    patterns.iter().find_map(|pattern| {
        let found = pattern.regex.captures(&text)?;
        let year: i64 = found.get(1)?.as_str().parse().ok()?;
        let half = if pattern.half == 0 { found.get(2)?.as_str().parse().ok()? } else { pattern.half };
        let start = if pattern.year == YearKind::Calendar && half == 2 { year - 1 } else { year };
        (1990..2100).contains(&start).then_some(start * 10 + half)
    })
}
