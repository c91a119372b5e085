//! Readiness over time: the township in a thick line, schools in thin ones, each with its name at its end.

use super::draw::{BLUE, Canvas, FAINT, GREY, INK, LINE, Pen, WIDTH};
use super::{Picture, save};
use crate::definitions::Definitions;
use crate::report::comparison::Comparison;
use crate::report::wording::Wording;
use anyhow::Result;
use plotters::prelude::*;
use std::path::Path;

const HEIGHT: u32 = 620;
const LEFT: i32 = 90;
/// Room for the names at the ends of the lines.
const RIGHT: i32 = 310;
const TOP: i32 = 130;
const BOTTOM: i32 = 70;
/// Least distance between two names.
const APART: i32 = 24;

/// Draws the chart into `folder` and returns it as SVG text.
pub fn write_progress(
    comparison: &Comparison,
    definitions: &Definitions,
    wording: &Wording,
    folder: &Path,
) -> Result<String> {
    let pen = Pen::new(&definitions.sources)?;
    let results = &comparison.results;
    let scores = |school: &str| results.iter().map(|result| result.schools.get(school).copied()).collect::<Vec<_>>();
    let mut schools: Vec<(String, Vec<Option<f64>>)> = results
        .last()
        .map(|last| last.schools.keys().map(|school| (school.clone(), scores(school))).collect())
        .unwrap_or_default();
    // The least ready are what a leader asks about.
    schools.sort_by(|a, b| {
        a.1.last().copied().flatten().unwrap_or(0.0).total_cmp(&b.1.last().copied().flatten().unwrap_or(0.0))
    });
    let all = schools.len();
    schools.truncate(wording.charts.most_lines);
    let cut = if schools.len() < all {
        format!("　共 {all} 所学校，画出最不就绪的 {} 所", schools.len())
    } else {
        String::new()
    };
    let mut lines = vec![("全镇".to_owned(), results.iter().map(|result| Some(result.township)).collect())];
    lines.extend(schools);
    let least = lines
        .iter()
        .flat_map(|(_, scores): &(String, Vec<Option<f64>>)| scores.iter().flatten())
        .copied()
        .fold(100.0, f64::min);
    // From a round score below the least, so that small changes are seen; the chart says so.
    let from = ((least - 2.0) / 20.0).floor().clamp(0.0, 4.0) * 20.0;
    let cut = if from > 0.0 { format!("　纵轴从 {from:.0} 起{cut}") } else { cut };
    let chart = Lines {
        from,
        title: wording.charts.progress.clone(),
        subtitle: format!("粗线是全镇{cut}"),
        names: results.iter().map(|result| result.name.clone()).collect(),
        lines,
    };
    save(&chart, &pen, folder)
}

struct Lines {
    /// The score at the bottom.
    from: f64,
    title: String,
    subtitle: String,
    /// The results, from left to right.
    names: Vec<String>,
    /// The first is the township's.
    lines: Vec<(String, Vec<Option<f64>>)>,
}

impl Picture for Lines {
    fn file(&self) -> &'static str {
        "progress"
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn height(&self) -> Result<u32> {
        Ok(HEIGHT)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        let pen = canvas.pen;
        canvas.head(&self.title, &self.subtitle)?;
        for step in 0..=5 {
            let score = self.from + (100.0 - self.from) / 5.0 * f64::from(step);
            let y = self.place(0, score).1;
            canvas.line((LEFT, y), (i32::try_from(WIDTH)? - RIGHT, y), LINE.stroke_width(1))?;
            let label = format!("{score:.0}");
            canvas.say(&label, 17, FAINT, (LEFT - 12 - pen.width(&label, 17), y))?;
        }
        let room = (i32::try_from(WIDTH)? - LEFT - RIGHT) / i32::try_from(self.names.len().max(2) - 1)?;
        for (number, name) in self.names.iter().enumerate() {
            let name = pen.fit(name, 17, room.max(60));
            let x = self.place(number, self.from).0 - pen.width(&name, 17) / 2;
            canvas.say(&name, 17, INK, (x.max(8), i32::try_from(HEIGHT)? - BOTTOM + 30))?;
        }
        for (number, (_, scores)) in self.lines.iter().enumerate().rev() {
            let style = if number == 0 { BLUE.stroke_width(5) } else { GREY.stroke_width(2) };
            let points: Vec<(i32, i32)> =
                scores.iter().enumerate().filter_map(|(number, score)| Some(self.place(number, (*score)?))).collect();
            for pair in points.windows(2) {
                canvas.line(pair[0], pair[1], style)?;
            }
            let colour = if number == 0 { BLUE } else { GREY };
            for (x, y) in points {
                canvas.rectangle([(x - 4, y - 4), (x + 4, y + 4)], colour.filled())?;
            }
        }
        self.ends(canvas)?;
        canvas.area.present().map_err(|error| anyhow::anyhow!("图写不出来：{error}"))
    }
}

impl Lines {
    #[allow(clippy::cast_possible_truncation, reason = "pixels")]
    fn place(&self, number: usize, score: f64) -> (i32, i32) {
        let last = i32::try_from(self.names.len().max(2) - 1).unwrap_or(1);
        let width = i32::try_from(WIDTH).unwrap_or_default() - LEFT - RIGHT;
        let height = i32::try_from(HEIGHT).unwrap_or_default() - TOP - BOTTOM;
        let x = LEFT + width * i32::try_from(number).unwrap_or_default() / last;
        (x, TOP + ((100.0 - score) / (100.0 - self.from) * f64::from(height)).round() as i32)
    }

    /// Names at the right ends, pushed apart where lines end close to each other.
    fn ends<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        let mut ends: Vec<(i32, usize, f64)> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(number, (_, scores))| {
                let score = (*scores.last()?)?;
                Some((self.place(self.names.len() - 1, score).1, number, score))
            })
            .collect();
        ends.sort_by_key(|end| (end.0, end.1));
        let x = i32::try_from(WIDTH)? - RIGHT + 14;
        let mut free = TOP - APART;
        let last = i32::try_from(HEIGHT)? - BOTTOM;
        let height = APART * i32::try_from(ends.len())?;
        for (y, number, score) in ends {
            // Never so low that those below would run off the chart.
            let y = y.max(free).min((last - height).max(y.min(last)).max(free));
            free = y + APART;
            let words = canvas.pen.fit(&format!("{} {score:.1}", self.lines[number].0), 18, RIGHT - 24);
            canvas.say(&words, 18, if number == 0 { BLUE } else { INK }, (x, y))?;
        }
        Ok(())
    }
}
