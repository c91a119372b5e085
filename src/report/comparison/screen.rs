//! What the terminal shows of a comparison: one screen.

use super::{Comparison, Fate};
use std::fmt::Write;
use std::path::Path;

const MOST: usize = 8;

/// The screen's text.
///
/// # Errors
/// Never in practice: writing into a text does not fail.
pub fn comparison_screen(comparison: &Comparison, folder: &Path) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let names: Vec<&str> = comparison.results.iter().map(|result| result.name.as_str()).collect();
    writeln!(out, "比较了 {}", names.join(" → "))?;
    for warning in &comparison.warnings {
        writeln!(out, "注意：{warning}")?;
    }
    let count = |fate: Fate| comparison.total.get(&fate).copied().unwrap_or_default();
    let shown = Fate::ALL.into_iter().filter(|fate| *fate != Fate::Unknown || count(*fate) > 0);
    let parts: Vec<String> = shown.map(|fate| format!("{} {}", fate.label(), count(fate))).collect();
    writeln!(out, "{}", parts.join("，"))?;
    if let (Some(first), Some(last)) = (comparison.results.first(), comparison.results.last()) {
        writeln!(out, "全镇就绪度 {:.1} → {:.1}", first.township, last.township)?;
        for (school, fates) in comparison.schools.iter().take(MOST) {
            let of = |fate: Fate| fates.get(&fate).copied().unwrap_or_default();
            let score = |scores: &indexmap::IndexMap<String, f64>| {
                scores.get(school).map_or_else(|| "—".to_owned(), |score| format!("{score:.1}"))
            };
            writeln!(
                out,
                "  {school}　{} → {}　改好 {}，还在 {}，新出现 {}",
                score(&first.schools),
                score(&last.schools),
                of(Fate::Mended),
                of(Fate::Open),
                of(Fate::New) + of(Fate::Reopened)
            )?;
        }
    }
    writeln!(out, "结果在 {}：先看《整改进展.html》", folder.display())?;
    Ok(out)
}
