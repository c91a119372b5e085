//! Charts as PNG and SVG, drawn with the font in `reports/fonts`, so that no system font is needed.
//!
//! Shapes and words carry what colours carry: the charts read in black and white.

mod curve;
mod draw;
mod progress;
mod shelves;
mod simulation;

pub use progress::write_progress;
pub use simulation::{Drawn, write as write_simulation};

use super::Run;
use super::archive::archive;
use super::wording::Wording;
use crate::definitions::Scope;
use crate::evaluate::Figure;
use crate::readiness::{Grade, School};
use anyhow::{Context, Result};
use draw::{AMBER, BLUE, BOTTOM, Canvas, GREY, Pen, RED, ROW, TOP, WIDTH, draw};
use plotters::prelude::*;
use std::path::Path;

/// One chart, as data.
struct Chart {
    file: &'static str,
    title: String,
    subtitle: String,
    rows: Vec<Row>,
    /// The value at the right end of the axis.
    most: f64,
    percent: bool,
    /// Column heads of a table of shaded cells instead of bars.
    heads: Vec<String>,
}

struct Row {
    label: String,
    parts: Vec<(f64, RGBColor)>,
    interval: Option<(f64, f64)>,
    /// Behind the bar.
    note: String,
    cells: Vec<Option<f64>>,
}

/// Draws every chart into `folder`, each as PNG and SVG.
pub fn write(run: &Run<'_>, wording: &Wording, folder: &Path) -> Result<()> {
    let pen = Pen::new(&run.definitions.sources)?;
    for chart in charts(run, wording)? {
        save(&chart, &pen, folder)?;
    }
    shelves::write(archive(run)?.as_ref(), wording, &pen, folder)
}

/// Something that can be drawn.
trait Picture {
    fn file(&self) -> &'static str;
    fn title(&self) -> &str;
    fn height(&self) -> Result<u32>;
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()>;
}

impl Picture for Chart {
    fn file(&self) -> &'static str {
        self.file
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn height(&self) -> Result<u32> {
        Ok(u32::try_from(TOP + BOTTOM + ROW * i32::try_from(self.rows.len().max(2))?)?)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<()> {
        draw(canvas, self)
    }
}

/// Saves a picture as PNG and SVG; returns the SVG's text.
fn save(picture: &impl Picture, pen: &Pen, folder: &Path) -> Result<String> {
    let size = (WIDTH, picture.height()?);
    let png = folder.join(format!("{}.png", picture.file()));
    let bitmap = BitMapBackend::new(&png, size).into_drawing_area();
    picture
        .draw(&Canvas { area: &bitmap, pen, vector: false })
        .with_context(|| format!("画「{}」时出错", picture.title()))?;
    drop(bitmap);
    let text = vector(picture, pen)?;
    std::fs::write(folder.join(format!("{}.svg", picture.file())), &text)?;
    Ok(text)
}

/// A picture as SVG.
fn vector(picture: &impl Picture, pen: &Pen) -> Result<String> {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, (WIDTH, picture.height()?)).into_drawing_area();
    picture.draw(&Canvas { area: &area, pen, vector: true })?;
    drop(area);
    // The viewer's fonts draw an SVG; name those that have Chinese.
    Ok(text.replace(
        "font-family=\"sans-serif\"",
        "font-family=\"Microsoft YaHei, PingFang SC, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif\"",
    ))
}

/// The chart of readiness as SVG, of so many schools at most.
pub(super) fn readiness_picture(run: &Run<'_>, wording: &Wording, most: usize) -> Result<String> {
    vector(&readiness_chart(run, wording, most), &Pen::new(&run.definitions.sources)?)
}

/// The schools that could be judged, and what is said where not all are drawn.
fn drawn<'r>(run: &'r Run<'_>, most: usize) -> (Vec<&'r School>, String) {
    // Of several areas, areas are what leaders compare.
    let by_area = !run.readiness.areas.is_empty();
    let among = if by_area { &run.readiness.areas } else { &run.readiness.schools };
    let mut schools: Vec<&School> = among.iter().filter(|school| !school.dimensions.is_empty()).collect();
    let all = schools.len();
    schools.truncate(most);
    let cut = match (schools.len() < all, by_area) {
        (false, _) => String::new(),
        (true, true) => format!("共 {all} 个地区，列出最需要关注的 {} 个　", schools.len()),
        (true, false) => format!("共 {all} 所，列出最需要关注的 {} 所，其余见《问题台账》汇总表　", schools.len()),
    };
    (schools, cut)
}

fn readiness_chart(run: &Run<'_>, wording: &Wording, most: usize) -> Chart {
    let (schools, cut) = drawn(run, most);
    let date = run.definitions.settings.text("reference-date");
    Chart {
        file: "readiness",
        title: if run.readiness.areas.is_empty() { &wording.charts.readiness } else { &wording.charts.readiness_areas }
            .clone(),
        subtitle: format!("{cut}横线为95%置信区间　● 就绪　▲ 基本就绪　■ 未就绪　基准日 {date}"),
        rows: schools.iter().map(|school| readiness_row(school)).collect(),
        most: 100.0,
        percent: true,
        heads: Vec::new(),
    }
}

fn charts(run: &Run<'_>, wording: &Wording) -> Result<Vec<Chart>> {
    let titles = &wording.charts;
    let (shown, cut) = drawn(run, titles.most_rows);
    let mut out = vec![
        readiness_chart(run, wording, titles.most_rows),
        Chart {
            file: "dimensions",
            title: if run.readiness.areas.is_empty() { &titles.dimensions } else { &titles.dimensions_areas }.clone(),
            subtitle: format!("{cut}数字为没有错误的比例（%），颜色越深越需要关注"),
            rows: shown.iter().map(|school| dimension_row(school, run)).collect(),
            most: 100.0,
            percent: true,
            heads: run
                .definitions
                .indicators
                .iter()
                .filter(|indicator| indicator.weight.is_some())
                .map(|indicator| indicator.title.clone())
                .collect(),
        },
        severity_chart(run, titles.severity.clone()),
    ];
    for (file, name, title, scope) in [
        ("levels", "文化程度", &titles.levels, Scope::Registered),
        ("reasons", "A5", &titles.reasons, Scope::All),
        ("aid", "A18", &titles.aid, Scope::Registered),
    ] {
        if let Some(figure) = run.evaluated.figures.iter().find(|figure| figure.indicator == name) {
            out.push(figure_chart(file, figure, title.clone(), scope, wording)?);
        }
    }
    Ok(out)
}

fn readiness_row(school: &School) -> Row {
    let (mark, colour) = match school.grade {
        Grade::Ready => ("●", BLUE),
        Grade::Nearly => ("▲", AMBER),
        Grade::NotReady => ("■", RED),
        Grade::Unknown => ("", GREY),
    };
    let red = if school.red_lines.is_empty() { "" } else { " 红线" };
    Row {
        label: school.name.clone(),
        parts: vec![(school.score, colour)],
        interval: Some((school.low, school.high)),
        note: format!("{mark} {:.1} {}{red}", school.score, school.grade.label()),
        cells: Vec::new(),
    }
}

fn dimension_row(school: &School, run: &Run<'_>) -> Row {
    let indicators = run.definitions.indicators.iter().filter(|indicator| indicator.weight.is_some());
    let cells =
        indicators.map(|indicator| school.dimensions.get(&indicator.name).map(|dimension| dimension.score)).collect();
    Row { label: school.name.clone(), parts: Vec::new(), interval: None, note: String::new(), cells }
}

#[allow(clippy::cast_precision_loss, reason = "counts of findings are far below 2^52")]
fn severity_chart(run: &Run<'_>, title: String) -> Chart {
    let mut rows = Vec::new();
    for indicator in &run.definitions.indicators {
        let mut counts = [0_usize; 3];
        for (rule, result) in run
            .definitions
            .rules
            .iter()
            .zip(&run.evaluated.findings.results)
            .filter(|(rule, _)| rule.indicator == indicator.name)
        {
            counts[rule.severity as usize] += result.found();
        }
        if counts.iter().sum::<usize>() > 0 {
            let [errors, warnings, infos] = counts;
            rows.push(Row {
                label: indicator.title.clone(),
                parts: vec![(errors as f64, RED), (warnings as f64, AMBER), (infos as f64, GREY)],
                interval: None,
                note: format!("错误{errors} 提醒{warnings} 说明{infos}"),
                cells: Vec::new(),
            });
        }
    }
    let most = rows.iter().map(|row| row.parts.iter().map(|part| part.0).sum()).fold(1.0, f64::max);
    Chart {
        file: "findings",
        title,
        subtitle: "每条从左到右：错误、提醒、说明".to_owned(),
        rows,
        most,
        percent: false,
        heads: Vec::new(),
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn figure_chart(file: &'static str, figure: &Figure, title: String, scope: Scope, wording: &Wording) -> Result<Chart> {
    let unit = if figure.unit == "household" { "户" } else { "人" };
    let mut rows = Vec::new();
    let unknown = ("unknown".to_owned(), wording.figures.unknown.clone());
    for (code, label) in figure.codes.iter().chain(std::iter::once(&unknown)) {
        let count = figure.total(scope, code);
        if code == "unknown" && count == 0 {
            continue;
        }
        let label = if code == "unknown" { label.clone() } else { format!("{code} {label}") };
        rows.push(Row {
            label,
            parts: vec![(count as f64, BLUE)],
            interval: None,
            note: format!("{count} {unit}"),
            cells: Vec::new(),
        });
    }
    let total = figure.total(scope, "");
    let subtitle = match &figure.people {
        Err(reason) => format!("没有算：{reason}"),
        Ok(_) => format!("合计 {total} {unit}{}", if figure.unit == "household" { "（一户可享受多项）" } else { "" }),
    };
    let most = rows.iter().map(|row| row.parts[0].0).fold(1.0, f64::max);
    Ok(Chart { file, title, subtitle, rows, most, percent: false, heads: Vec::new() })
}
