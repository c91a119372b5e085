//! Whether an input is of several areas, told from its rows as they were read, before anything is understood whole.

use super::row::RowReader;
use super::spread::head;
use crate::definitions::{Definitions, Project};
use crate::read::Input;
use crate::standardise::{Recogniser, side_by_side};
use polars::prelude::{PlHashMap, PolarsResult};
use std::collections::BTreeMap;

/// Whether two areas or more have enough rows (`area-rows`) to be areas.
///
/// # Errors
/// When polars cannot build a frame.
pub fn several(input: &Input, definitions: &Definitions, project: &Project) -> PolarsResult<bool> {
    let recogniser = Recogniser::new(definitions);
    let field = definitions.settings.text("area-field");
    let counted = side_by_side(input.sheets.len(), |number| -> PolarsResult<BTreeMap<String, usize>> {
        let sheet = &input.sheets[number];
        let reader = RowReader::new(&recogniser.report(&head(sheet), project)?, definitions, &field);
        let mut rows: PlHashMap<std::borrow::Cow<'_, str>, usize> = PlHashMap::default();
        let below = (0..sheet.grid.len())
            .filter(|index| reader.header.is_some_and(|header| sheet.grid.row_number(*index) > header));
        // A row that does not say, as below a merged cell, stands among those before it.
        let mut before = None;
        for index in below {
            before = reader.area(&sheet.grid, index).or(before);
            if let Some(name) = &before {
                *rows.entry(name.clone()).or_default() += 1;
            }
        }
        Ok(rows.into_iter().map(|(name, rows)| (name.into_owned(), rows)).collect())
    });
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for counted in counted {
        counted?.into_iter().for_each(|(name, count)| *rows.entry(name).or_default() += count);
    }
    let least = usize::try_from(definitions.settings.integer("area-rows")).unwrap_or(usize::MAX);
    Ok(rows.values().filter(|rows| **rows >= least.max(1)).count() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::limits;
    use crate::read::{find_files, read_all};

    #[test]
    fn areas_are_told_from_the_rows_as_they_were_read() {
        let folder = tempfile::tempdir().unwrap();
        // Said once, as in a merged cell.
        let rows = |county: &str, from: usize| -> String {
            let said = |number| if number == from { county } else { "" };
            (from..from + 3)
                .map(|number| format!("{},永宁村,610398000{number},户主,张三{number},\n", said(number)))
                .collect()
        };
        let text = format!("县,行政村,户编号,与户主关系,姓名,证件号码\n{}{}", rows("甲县", 1), rows(" 乙县", 4));
        std::fs::write(folder.path().join("登记.csv"), text).unwrap();
        let inputs = [folder.path().to_path_buf()];
        for (least, expected) in [("1", true), ("3", true), ("4", false)] {
            let mut project = Project::default();
            project.settle(&[("area-rows".to_owned(), least.to_owned())]);
            let definitions = Definitions::load(None, &project).unwrap();
            let input = read_all(&find_files(&inputs, None), limits(&definitions), &|_| {});
            assert_eq!(several(&input, &definitions, &project).unwrap(), expected, "{least}");
        }
    }
}
