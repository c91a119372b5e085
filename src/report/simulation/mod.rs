//! What a simulation leaves behind: page, workbook with the rehearsal, charts, `simulation.json`, and a screen.
//!
//! In: [`Simulated`]. Out: files, put in place by [`super::prepare`] like those of a check. Nothing is worked out here.

mod book;
mod json;
mod page;
mod screen;

pub use json::{Contract, contract};
pub use screen::simulation_screen;

pub(super) use page::picture;

use super::charts;
use super::mask::Privacy;
use super::wording::Wording;
use crate::definitions::Definitions;
use crate::simulate::households::Visited;
use crate::simulate::outcome::{SchoolChance, Simulation};
use crate::simulate::rehearsal::Rehearsed;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that a simulation worked out.
pub struct Simulated<'a> {
    pub definitions: &'a Definitions,
    pub visited: &'a Visited,
    pub simulation: &'a Simulation,
    /// Households drawn for a rehearsal, in the order of walking.
    pub rehearsal: &'a [u32],
    /// Answers of an earlier rehearsal, by household number and item.
    pub answers: &'a BTreeMap<(String, String), String>,
    pub rehearsed: Option<&'a Rehearsed>,
    /// The population is invented, not read from papers.
    pub invented: bool,
    pub show_identities: bool,
}

impl Simulated<'_> {
    /// Schools from the least sure to the surest.
    #[must_use]
    pub fn schools(&self) -> Vec<&SchoolChance> {
        let mut schools: Vec<&SchoolChance> = self.simulation.schools.iter().collect();
        schools.sort_by(|a, b| a.chance.passes.total_cmp(&b.chance.passes).then(a.school.cmp(&b.school)));
        schools
    }

    fn privacy(&self) -> Privacy {
        if self.show_identities { Privacy::Open } else { Privacy::Circulates }
    }

    /// The answer that the papers give, in codes and words.
    fn expected(&self, item: usize, home: u32) -> String {
        let codes = &self.visited.expected[item][home as usize];
        self.worded(item, codes)
    }

    /// Codes with their labels; a count with nothing; nothing as 无.
    fn worded(&self, item: usize, codes: &str) -> String {
        let name = &self.visited.frame.items[item].name;
        let indicator = self.definitions.indicators.iter().find(|indicator| indicator.name == *name);
        let list = indicator.and_then(|indicator| self.definitions.codes.get(indicator.figure_codes.as_ref()?));
        let Some(list) = list else { return codes.to_owned() };
        let word = |code: &str| {
            let label = list.codes.iter().find(|known| known.code == code).map_or("", |known| known.label.as_str());
            format!("{code} {label}")
        };
        if codes.is_empty() { "无".to_owned() } else { codes.split('、').map(word).collect::<Vec<_>>().join("；") }
    }

    fn school(&self, place: u32) -> &str {
        self.visited.frame.schools.get(place as usize).map_or("", String::as_str)
    }

    fn village(&self, place: u32) -> &str {
        self.visited.frame.villages.get(place as usize).map_or("", String::as_str)
    }

    /// What is wrong with a household, in the titles of its rules.
    fn reasons(&self, home: u32) -> String {
        let frame = &self.visited.frame;
        let mut titles: Vec<&str> =
            frame.causes(home as usize).iter().map(|cause| frame.groups[cause.group as usize].title.as_str()).collect();
        titles.dedup();
        titles.join("、")
    }
}

/// A share for people: two digits, never a round 100 or 0 that is not exact.
fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 99.99 && share < 1.0 {
        "99.9%以上".to_owned()
    } else if value < 0.01 && share > 0.0 {
        "不到0.01%".to_owned()
    } else if (0.095..99.95).contains(&value) {
        format!("{value:.1}%")
    } else {
        format!("{value:.2}%")
    }
}

/// Writes every output below `folder`, which exists.
///
/// # Errors
/// When a file cannot be made or written.
pub fn write_simulation(run: &Simulated<'_>, folder: &Path) -> Result<()> {
    let wording = Wording::load(&run.definitions.sources)?;
    let charts = folder.join("charts");
    std::fs::create_dir_all(&charts).context("建不了 charts 文件夹")?;
    let drawn = charts::write_simulation(run, &wording, &charts).context("画图时出错")?;
    page::write(run, &wording, &drawn, &folder.join("模拟普查.html")).context("写「模拟普查.html」时出错")?;
    book::write(run, &wording, &folder.join(super::output::REHEARSAL)).context("写「模拟普查.xlsx」时出错")?;
    json::write(run, &folder.join("simulation.json")).context("写「simulation.json」时出错")
}
