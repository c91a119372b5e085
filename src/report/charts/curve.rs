//! Curves of a chance: along an error rate, or along the corrections made.

use super::Picture;
use super::draw::{BLUE, Canvas, FAINT, INK, LINE, RED, WIDTH, axis};
use anyhow::Result;
use plotters::prelude::*;

const HEIGHT: u32 = 620;
const LEFT: i32 = 110;
const RIGHT: i32 = 60;
const TOP: i32 = 130;
const BOTTOM: i32 = 84;

/// A line of points; the height is a chance from 0 to 1.
pub(super) struct Curve {
    pub file: &'static str,
    pub title: String,
    pub subtitle: String,
    /// What lies along the bottom.
    pub along: String,
    pub points: Vec<(f64, f64)>,
    /// The value at the right end.
    pub most: f64,
    /// The bottom is a share, shown in hundredths.
    pub shares: bool,
    /// The line keeps its height until the next point.
    pub steps: bool,
    /// Places along the bottom worth a word, from left to right.
    pub marks: Vec<(f64, String)>,
}

impl Picture for Curve {
    fn file(&self) -> &'static str {
        self.file
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn height(&self) -> Result<u32> {
        Ok(HEIGHT)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        canvas.head(&self.title, &self.subtitle)?;
        if self.points.is_empty() {
            canvas.say("没有可以画的数据。", 22, FAINT, (36, TOP + 20))?;
        } else {
            self.frame(canvas)?;
            self.line(canvas)?;
            self.marks(canvas)?;
        }
        canvas.area.present().map_err(|error| anyhow::anyhow!("图写不出来：{error}"))
    }
}

impl Curve {
    #[allow(clippy::cast_possible_truncation, reason = "pixels")]
    fn place(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let width = f64::from(i32::try_from(WIDTH).unwrap_or_default() - LEFT - RIGHT);
        let height = f64::from(i32::try_from(HEIGHT).unwrap_or_default() - TOP - BOTTOM);
        let x = (x / self.most).clamp(0.0, 1.0) * width;
        (LEFT + x.round() as i32, TOP + ((1.0 - y) * height).round() as i32)
    }

    fn frame<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        let pen = canvas.pen;
        for hundredths in [0, 20, 40, 60, 80, 100] {
            let y = f64::from(hundredths) / 100.0;
            let (left, right) = (self.place((0.0, y)), self.place((self.most, y)));
            canvas.line(left, right, LINE.stroke_width(1))?;
            let label = format!("{hundredths}%");
            canvas.say(&label, 17, FAINT, (LEFT - 12 - pen.width(&label, 17), left.1))?;
        }
        let scale = if self.shares { 100.0 } else { 1.0 };
        let bottom = self.place((0.0, 0.0)).1;
        for step in ticks(self.most * scale) {
            let x = self.place((step / scale, 0.0)).0;
            canvas.line((x, bottom), (x, bottom + 6), FAINT.stroke_width(1))?;
            let label = if self.shares { format!("{}%", short(step)) } else { short(step) };
            canvas.say(&label, 17, FAINT, (x - pen.width(&label, 17) / 2, bottom + 22))?;
        }
        let (width, right) = (pen.width(&self.along, 18), i32::try_from(WIDTH)? - RIGHT);
        canvas.say(&self.along, 18, INK, (right - width, bottom + 54))
    }

    fn line<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        for pair in self.points.windows(2) {
            let (from, to) = (self.place(pair[0]), self.place(pair[1]));
            if self.steps {
                canvas.line(from, (to.0, from.1), BLUE.stroke_width(3))?;
                canvas.line((to.0, from.1), to, BLUE.stroke_width(3))?;
            } else {
                canvas.line(from, to, BLUE.stroke_width(3))?;
            }
        }
        Ok(())
    }

    /// A dashed upright with its word, each a line lower than the last, so that neighbours do not overlap.
    fn marks<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        let pen = canvas.pen;
        for (number, (at, word)) in (0_i32..).zip(&self.marks) {
            let (x, bottom) = self.place((*at, 0.0));
            let mut y = TOP;
            while y < bottom {
                canvas.line((x, y), (x, (y + 7).min(bottom)), RED.stroke_width(2))?;
                y += 13;
            }
            let width = pen.width(word, 18);
            let left = if x + 10 + width > i32::try_from(WIDTH)? - 20 { x - 10 - width } else { x + 10 };
            canvas.say(word, 18, INK, (left, TOP + 16 + number * 30))?;
        }
        Ok(())
    }
}

/// Round values from nothing to the end, also where the end is below one.
fn ticks(most: f64) -> Vec<f64> {
    if most >= 5.0 {
        return axis(most, false);
    }
    let step = [0.05, 0.1, 0.2, 0.5, 1.0].into_iter().find(|step| most / step <= 6.0).unwrap_or(1.0);
    (0..=6).map(|index| f64::from(index) * step).filter(|value| *value <= most + 1e-9).collect()
}

/// A number without needless zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
