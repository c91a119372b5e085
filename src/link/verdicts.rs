//! What people said in the ledger of rows that may be one person: read back, and honoured for good.
//!
//! The ledger shows masked numbers, so a pair is known by both names and the digits that are shown.

use polars::prelude::*;

/// The table in which the ledger brings it back.
pub const VERDICTS: &str = "matches";

/// Who a row says it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    pub name: String,
    pub number: String,
}

/// What a person said of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub left: Side,
    pub right: Side,
    pub same: bool,
}

/// All verdicts of a run; numbers may be masked.
#[derive(Debug, Default)]
pub struct Verdicts {
    pub rows: Vec<Verdict>,
}

impl Verdicts {
    /// Reads the ledger's table.
    pub fn of(table: Option<&DataFrame>) -> PolarsResult<Self> {
        let Some(table) = table else { return Ok(Self::default()) };
        let text = |name: &str| -> PolarsResult<Vec<String>> {
            Ok(table.column(name)?.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
        };
        let (left, left_number) = (text("left_name")?, text("left_number")?);
        let (right, right_number) = (text("right_name")?, text("right_number")?);
        let mut rows: Vec<Verdict> = Vec::new();
        for (row, same) in table.column("same")?.bool()?.iter().enumerate() {
            let Some(same) = same else { continue };
            let side = |name: &str, number: &str| Side { name: name.to_owned(), number: number.to_owned() };
            let verdict = Verdict {
                left: side(&left[row], &left_number[row]),
                right: side(&right[row], &right_number[row]),
                same,
            };
            rows.retain(|known| (&known.left, &known.right) != (&verdict.left, &verdict.right));
            rows.push(verdict);
        }
        Ok(Self { rows })
    }

    /// What was said of two sides, in either order.
    #[must_use]
    pub fn said(&self, left: &Side, right: &Side) -> Option<bool> {
        let is = |known: &Side, side: &Side| known.name == side.name && fits(&known.number, &side.number);
        let verdict = self.rows.iter().rev().find(|verdict| {
            (is(&verdict.left, left) && is(&verdict.right, right))
                || (is(&verdict.left, right) && is(&verdict.right, left))
        });
        verdict.map(|verdict| verdict.same)
    }
}

/// Whether a number is the one shown, of which `*` hides single characters.
#[must_use]
pub fn fits(shown: &str, number: &str) -> bool {
    shown.chars().count() == number.chars().count()
        && shown.chars().zip(number.chars()).all(|(shown, own)| shown == '*' || shown == own)
}
