//! HTML tables that are named `.xls`, as many systems export them: one sheet a table.

use super::grid::{GridBuilder, Merge};
use super::{Content, Limits, Sheet};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;

/// Reads every outermost table of a page.
pub(super) fn read(path: &str, text: &str, limits: Limits) -> Content {
    let page = Html::parse_document(text);
    let (Ok(tables), Ok(rows)) = (Selector::parse("table"), Selector::parse("tr")) else {
        return Content::Unreadable("网页里没有表格。".to_owned());
    };
    let mut sheets = Vec::new();
    for table in page
        .select(&tables)
        .filter(|table| !table.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "table"))
    {
        let name = if sheets.is_empty() { String::new() } else { format!("表{}", sheets.len() + 1) };
        sheets.push(Sheet { file: path.to_owned(), name, grid: grid(&table, &rows, limits), ..Sheet::default() });
    }
    if sheets.is_empty() { Content::Unreadable("网页里没有表格。".to_owned()) } else { Content::Sheets(sheets) }
}

/// Lays out a table's cells, `rowspan` and `colspan` as merged regions.
fn grid(table: &ElementRef<'_>, rows: &Selector, limits: Limits) -> super::Grid {
    let mut builder = GridBuilder::new(limits.max_columns);
    // Column → the last row that a cell from above still covers.
    let mut covered: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, element) in (0_u32..).zip(table.select(rows)) {
        let mut column = 0;
        for cell in element.child_elements().filter(|child| matches!(child.value().name(), "td" | "th")) {
            while covered.get(&column).is_some_and(|last| *last >= row) {
                column += 1;
            }
            let span = |name: &str| {
                cell.attr(name).and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(1).clamp(1, 1000)
            };
            let (height, width) = (span("rowspan"), span("colspan"));
            let text: String = cell.text().collect();
            builder.push(row, column, text.trim_matches([' ', '\n', '\r', '\t', '\u{a0}']));
            if height > 1 || width > 1 {
                builder.merge(Merge {
                    first_row: row,
                    last_row: row + height - 1,
                    first_column: column,
                    last_column: column + width - 1,
                });
            }
            for at in column..column + width {
                covered.insert(at, row + height - 1);
            }
            column += width;
        }
    }
    builder.finish()
}
