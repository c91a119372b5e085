//! The heat map of archives: a row a school, a column a category or named paper; shapes tell what colours tell.

use super::draw::{BLUE, BOTTOM, Canvas, FAINT, INK, LINE, RED, ROW, TOP, WIDTH};
use super::{Pen, Picture, save};
use crate::report::archive::{Archive, Shelf};
use crate::report::wording::Wording;
use anyhow::Result;
use plotters::prelude::*;
use std::path::Path;

/// Room for the names of schools.
const LABELS: i32 = 250;
/// Columns and height of the names of categories below the map.
const LEGEND_COLUMNS: usize = 4;
const LEGEND_ROW: i32 = 26;

struct Map<'m> {
    archive: &'m Archive,
    title: &'m str,
    subtitle: String,
    /// How many schools are drawn.
    shown: usize,
}

/// Draws the map into `folder`; nothing where no list was handed in.
pub fn write(archive: Option<&Archive>, wording: &Wording, pen: &Pen, folder: &Path) -> Result<()> {
    let Some(archive) = archive else { return Ok(()) };
    let words = &wording.archive;
    let shown = archive.schools.len().min(wording.charts.most_rows);
    let cut = if shown < archive.schools.len() {
        format!("共 {} 所，画出前 {shown} 所，其余见《指标汇总》　", archive.schools.len())
    } else {
        String::new()
    };
    let map = Map { archive, title: &words.map_title, subtitle: format!("{cut}{}", words.legend), shown };
    save(&map, pen, folder).map(|_| ())
}

impl Map<'_> {
    fn legend_rows(&self) -> Result<i32> {
        Ok(i32::try_from(self.archive.columns.len().div_ceil(LEGEND_COLUMNS))?)
    }
}

impl Picture for Map<'_> {
    fn file(&self) -> &'static str {
        "archive"
    }

    fn title(&self) -> &str {
        self.title
    }

    fn height(&self) -> Result<u32> {
        Ok(u32::try_from(TOP + BOTTOM + ROW * i32::try_from(self.shown.max(1))? + LEGEND_ROW * self.legend_rows()?)?)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        canvas.head(self.title, &self.subtitle)?;
        let pen = canvas.pen;
        let span = (i32::try_from(WIDTH)? - LABELS - 30) / i32::try_from(self.archive.columns.len().max(1))?;
        let centred = |text: &str, size: i32, column: i32| LABELS + column * span + (span - pen.width(text, size)) / 2;
        for (column, definition) in (0_i32..).zip(&self.archive.columns) {
            canvas.say(&definition.head, 15, FAINT, (centred(&definition.head, 15, column), TOP - 10))?;
        }
        for (index, (school, shelves)) in (0_i32..).zip(self.archive.schools.iter().take(self.shown)) {
            let (y, middle) = (TOP + 6 + ROW * index, TOP + 6 + ROW * index + ROW / 2);
            let label = pen.fit(school, 18, LABELS - 30);
            canvas.say(&label, 18, INK, (LABELS - 12 - pen.width(&label, 18), middle))?;
            for (column, shelf) in (0_i32..).zip(shelves) {
                let x = LABELS + column * span;
                let corners = [(x + 1, y + 1), (x + span - 1, y + ROW - 2)];
                let (fill, ink) = match shelf {
                    Shelf::Full => (RGBColor(0xf2, 0xf6, 0xfa), BLUE),
                    Shelf::Partly => (RGBColor(0xf6, 0xdf, 0xa8), INK),
                    Shelf::Missing => (RED, WHITE),
                    Shelf::Unlisted => (WHITE, FAINT),
                };
                canvas.rectangle(corners, fill.filled())?;
                canvas.rectangle(corners, LINE.stroke_width(1))?;
                canvas.say(shelf.mark(), 17, ink, (centred(shelf.mark(), 17, column), middle))?;
            }
        }
        self.legend(canvas)
    }
}

impl Map<'_> {
    /// What the numbers over the columns stand for.
    fn legend<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        let top = TOP + ROW * i32::try_from(self.shown.max(1))? + 40;
        let width = (i32::try_from(WIDTH)? - 72) / i32::try_from(LEGEND_COLUMNS)?;
        let rows = usize::try_from(self.legend_rows()?)?;
        for (place, column) in self.archive.columns.iter().enumerate() {
            let x = 36 + width * i32::try_from(place / rows.max(1))?;
            let y = top + LEGEND_ROW * i32::try_from(place % rows.max(1))?;
            let text = canvas.pen.fit(&format!("{} {}", column.head, column.label), 16, width - 12);
            let ink = if column.head.chars().all(|letter| letter.is_ascii_digit()) { INK } else { FAINT };
            canvas.say(&text, 16, ink, (x, y))?;
        }
        Ok(())
    }
}
