//! Drawing: text with the embedded font, bars with intervals, shaded cells.

use super::Chart;
use crate::definitions::Library;
use ab_glyph::{Font, FontRef, PxScale, ScaleFont};
use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use std::sync::OnceLock;

const FONT_FILE: &str = "reports/fonts/NotoSansCJKsc-Regular-GBK.otf";
const FAMILY: &str = "sans-serif";
pub(super) const WIDTH: u32 = 1280;
pub(super) const ROW: i32 = 38;
pub(super) const TOP: i32 = 118;
pub(super) const BOTTOM: i32 = 64;
const LABELS: i32 = 330;
const RIGHT: i32 = 210;
/// Stands where the font has no glyph.
const MISSING: char = '□';

pub(super) const INK: RGBColor = RGBColor(0x1f, 0x29, 0x33);
pub(super) const FAINT: RGBColor = RGBColor(0x6b, 0x77, 0x85);
pub(super) const LINE: RGBColor = RGBColor(0xd9, 0xde, 0xe4);
pub(super) const BLUE: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
pub(super) const AMBER: RGBColor = RGBColor(0xc9, 0x8a, 0x12);
pub(super) const RED: RGBColor = RGBColor(0xb4, 0x23, 0x18);
pub(super) const GREY: RGBColor = RGBColor(0x9a, 0xa5, 0xb1);

/// The chart font: what it can draw, how wide, and its strokes.
pub(super) struct Pen {
    font: FontRef<'static>,
}

impl Pen {
    pub(super) fn new(library: &Library) -> Result<Self> {
        static REGISTERED: OnceLock<Result<&'static [u8], String>> = OnceLock::new();
        let bytes = REGISTERED
            .get_or_init(|| {
                let bytes: &'static [u8] = match library.bytes(FONT_FILE).map_err(|problem| problem.to_string())? {
                    std::borrow::Cow::Borrowed(bytes) => bytes,
                    std::borrow::Cow::Owned(bytes) => Box::leak(bytes.into_boxed_slice()),
                };
                register_font(FAMILY, FontStyle::Normal, bytes).map_err(|_| "图表字体打不开。".to_owned())?;
                Ok(bytes)
            })
            .as_ref()
            .map_err(|message| anyhow!("{message}"))?;
        Ok(Self { font: FontRef::try_from_slice(bytes)? })
    }

    /// What the font lacks becomes a visible box.
    fn drawable(&self, text: &str) -> String {
        text.chars()
            .map(|letter| if letter == '　' || self.font.glyph_id(letter).0 != 0 { letter } else { MISSING })
            .collect()
    }

    /// The text, cut with an ellipsis where it is wider than `room` pixels.
    pub(super) fn fit(&self, text: &str, size: i32, room: i32) -> String {
        let text = self.drawable(text);
        if self.width(&text, size) <= room {
            return text;
        }
        let mut kept: Vec<char> = text.chars().collect();
        while !kept.is_empty() && self.width(&kept.iter().collect::<String>(), size) + size > room {
            kept.pop();
        }
        kept.into_iter().chain(std::iter::once('…')).collect()
    }

    /// The scale at which an em is `size` pixels high.
    #[allow(clippy::cast_precision_loss, reason = "pixels")]
    fn scale(&self, size: i32) -> PxScale {
        let em = self.font.units_per_em().unwrap_or(1000.0);
        PxScale::from(size as f32 * self.font.height_unscaled() / em)
    }

    #[allow(clippy::cast_possible_truncation, reason = "pixels")]
    pub(super) fn width(&self, text: &str, size: i32) -> i32 {
        let font = self.font.as_scaled(self.scale(size));
        text.chars().map(|letter| font.h_advance(font.glyph_id(letter))).sum::<f32>().ceil() as i32
    }

    /// Draws pixels. The chart library's own text loses the space before a glyph, so that full-width brackets come out wrong.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pixels")]
    fn pixels<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        text: &str,
        size: i32,
        colour: RGBColor,
        place: (i32, i32),
    ) -> Result<()> {
        let font = self.font.as_scaled(self.scale(size));
        let baseline = place.1 as f32 + size as f32 * 0.36;
        let mut x = place.0 as f32;
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            if let Some(outline) =
                font.outline_glyph(id.with_scale_and_position(self.scale(size), ab_glyph::point(x, baseline)))
            {
                let bounds = outline.px_bounds();
                let mut covered = Vec::new();
                outline.draw(|dx, dy, cover| covered.push((dx, dy, cover)));
                for (dx, dy, cover) in covered.into_iter().filter(|(_, _, cover)| *cover > 0.0) {
                    let at = (bounds.min.x as i32 + i32::try_from(dx)?, bounds.min.y as i32 + i32::try_from(dy)?);
                    area.draw_pixel(at, &colour.mix(f64::from(cover.min(1.0)))).map_err(|error| anyhow!("{error}"))?;
                }
            }
            x += font.h_advance(id);
        }
        Ok(())
    }
}

/// Where a chart is drawn: pixels for PNG, text elements for SVG.
pub(super) struct Canvas<'c, DB: DrawingBackend> {
    pub(super) area: &'c DrawingArea<DB, Shift>,
    pub(super) pen: &'c Pen,
    pub(super) vector: bool,
}

impl<DB: DrawingBackend> Canvas<'_, DB> {
    /// Writes a text from its left end, centred on the height of `place`.
    pub(super) fn say(&self, text: &str, size: i32, colour: RGBColor, place: (i32, i32)) -> Result<()> {
        let text = self.pen.drawable(text);
        if !self.vector {
            return self.pen.pixels(self.area, &text, size, colour, place);
        }
        // The chart library writes font sizes divided by 1.24.
        let style = (FAMILY, f64::from(size) * 1.24).into_font().color(&colour).pos(Pos::new(HPos::Left, VPos::Center));
        self.area.draw(&Text::new(text, place, style)).map_err(|error| anyhow!("{error}"))
    }

    /// White paper with a title and a line below it.
    pub(super) fn head(&self, title: &str, subtitle: &str) -> Result<()> {
        self.area.fill(&WHITE).map_err(|error| anyhow!("{error}"))?;
        self.say(&self.pen.fit(title, 32, 1200), 32, INK, (36, 38))?;
        self.say(&self.pen.fit(subtitle, 18, 1208), 18, FAINT, (36, 78))
    }

    pub(super) fn rectangle(&self, corners: [(i32, i32); 2], style: ShapeStyle) -> Result<()> {
        self.area.draw(&Rectangle::new(corners, style)).map_err(|error| anyhow!("{error}"))
    }

    pub(super) fn line(&self, from: (i32, i32), to: (i32, i32), style: ShapeStyle) -> Result<()> {
        self.area.draw(&PathElement::new(vec![from, to], style)).map_err(|error| anyhow!("{error}"))
    }
}

pub(super) fn draw<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, chart: &Chart) -> Result<()> {
    canvas.head(&chart.title, &chart.subtitle)?;
    if chart.rows.is_empty() {
        canvas.say("没有可以画的数据。", 22, FAINT, (36, TOP + 20))?;
    } else if chart.heads.is_empty() {
        bars(canvas, chart)?;
    } else {
        cells(canvas, chart)?;
    }
    canvas.area.present().map_err(|error| anyhow!("图写不出来：{error}"))
}

#[allow(clippy::cast_possible_truncation, reason = "pixels")]
fn bars<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, chart: &Chart) -> Result<()> {
    let pen = canvas.pen;
    let span = i32::try_from(WIDTH)? - LABELS - RIGHT;
    let at = |value: f64| LABELS + (value / chart.most * f64::from(span)).round() as i32;
    let bottom = TOP + ROW * i32::try_from(chart.rows.len())?;
    for step in axis(chart.most, chart.percent) {
        canvas.line((at(step), TOP - 6), (at(step), bottom), LINE.stroke_width(1))?;
        let label = format!("{step:.0}");
        canvas.say(&label, 16, FAINT, (at(step) - pen.width(&label, 16) / 2, bottom + 18))?;
    }
    for (index, row) in (0_i32..).zip(&chart.rows) {
        let middle = TOP + ROW * index + ROW / 2 - 1;
        let label = pen.fit(&row.label, 19, LABELS - 40);
        canvas.say(&label, 19, INK, (LABELS - 14 - pen.width(&label, 19), middle))?;
        let mut from = 0.0;
        for (value, colour) in &row.parts {
            canvas.rectangle([(at(from), middle - 11), (at(from + value), middle + 11)], colour.filled())?;
            from += value;
        }
        if let Some((low, high)) = row.interval {
            let pen_style = INK.stroke_width(2);
            canvas.line((at(low), middle), (at(high), middle), pen_style)?;
            canvas.line((at(low), middle - 6), (at(low), middle + 6), pen_style)?;
            canvas.line((at(high), middle - 6), (at(high), middle + 6), pen_style)?;
        }
        let end = row.interval.map_or(from, |(_, high)| high.max(from));
        canvas.say(&pen.fit(&row.note, 17, RIGHT - 20), 17, INK, (at(end) + 10, middle))?;
    }
    Ok(())
}

/// Round values along the axis, five steps at most.
pub(super) fn axis(most: f64, percent: bool) -> Vec<f64> {
    if percent {
        return vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0];
    }
    let rough = (most / 5.0).max(1.0);
    let unit = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * unit).find(|step| *step >= rough).unwrap_or(unit);
    (0..=5).map(|index| f64::from(index) * step).filter(|value| *value <= most).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels and colours")]
fn cells<DB: DrawingBackend>(canvas: &Canvas<'_, DB>, chart: &Chart) -> Result<()> {
    let pen = canvas.pen;
    let span = (i32::try_from(WIDTH)? - LABELS - 40) / i32::try_from(chart.heads.len())?;
    let centred = |text: &str, size: i32, column: i32| LABELS + column * span + (span - pen.width(text, size)) / 2;
    for (index, head) in (0_i32..).zip(&chart.heads) {
        canvas.say(head, 17, FAINT, (centred(head, 17, index), TOP - 10))?;
    }
    for (index, row) in (0_i32..).zip(&chart.rows) {
        let y = TOP + 6 + ROW * index;
        let middle = y + ROW / 2;
        let label = pen.fit(&row.label, 19, LABELS - 40);
        canvas.say(&label, 19, INK, (LABELS - 14 - pen.width(&label, 19), middle))?;
        for (column, cell) in (0_i32..).zip(&row.cells) {
            let x = LABELS + column * span;
            let corners = [(x + 2, y + 1), (x + span - 2, y + ROW - 2)];
            let Some(score) = cell else {
                canvas.rectangle(corners, LINE.stroke_width(1))?;
                canvas.say("未评", 15, FAINT, (centred("未评", 15, column), middle))?;
                continue;
            };
            // From white at 100 to the full colour at 60 and below.
            let depth = ((100.0 - score) / 40.0).clamp(0.0, 1.0);
            let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * depth) as u8;
            let fill = RGBColor(mix(0xf2, 0x8c), mix(0xf6, 0x1d), mix(0xfa, 0x18));
            canvas.rectangle(corners, fill.filled())?;
            // 100 is written only where nothing at all is wrong.
            let text = if (99.95..100.0).contains(score) { "99.9".to_owned() } else { format!("{score:.1}") };
            canvas.say(&text, 17, if depth > 0.5 { WHITE } else { INK }, (centred(&text, 17, column), middle))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_brackets_and_rare_characters_are_drawn_or_replaced_visibly() {
        let library = Library::open(None).unwrap();
        let pen = Pen::new(&library).unwrap();
        let common = "0123456789.,（）()、。％% 镇中心小学 喆堃旻犇";
        assert_eq!(pen.drawable(common), common);
        assert_eq!(pen.drawable("\u{2b4ee}小学"), "□小学");
        let ink = |text: &str| {
            let mut pixels = vec![255_u8; 400 * 60 * 3];
            {
                let area = BitMapBackend::with_buffer(&mut pixels, (400, 60)).into_drawing_area();
                pen.pixels(&area, text, 30, BLACK, (5, 30)).unwrap();
                area.present().unwrap();
            }
            pixels.iter().filter(|value| **value < 128).count()
        };
        for letter in common.chars().filter(|letter| !letter.is_whitespace()).chain(['□', '…', '●', '▲', '■'])
        {
            assert!(ink(&letter.to_string()) > 3, "「{letter}」没有画出来");
        }
        assert_ne!(ink("堃"), ink("旻"));
        let size = pen.width("（", 30);
        assert_eq!(size, 30, "全角括号占一个字宽");
    }
}
