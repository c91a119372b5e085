//! One name a school: as the district table, `zicha.toml` or a shared school code says; look-alikes become questions.

use crate::definitions::{Definitions, Project, answerable_schema, empty_frame};
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Replaces every school name by the one it is known under; returns questions about names that look alike.
pub fn unify(
    tables: &mut BTreeMap<String, DataFrame>,
    definitions: &Definitions,
    project: &Project,
) -> PolarsResult<Vec<String>> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (name, others) in &project.schools {
        for other in others {
            names.insert(other.clone(), name.clone());
        }
    }
    let district = official(tables, &mut names)?;
    by_code(tables, &district, &mut names)?;
    let mut local = BTreeSet::new();
    for (name, frame) in tables.iter_mut() {
        for column in super::school_columns(definitions, name) {
            let texts = frame.column(&column)?.str()?.clone();
            // One school has many rows.
            let mut known: PlHashMap<&str, &str> = PlHashMap::default();
            for text in texts.iter().flatten() {
                known.entry(text).or_insert_with(|| names.get(text).map_or(text, String::as_str));
            }
            if definitions.table(name).is_some_and(|table| table.local_school) {
                local.extend(known.values().map(|name| (*name).to_owned()));
            }
            if known.iter().any(|(text, name)| text != name) {
                let renamed: StringChunked =
                    texts.iter().map(|text| text.map(|text| known.get(text).copied().unwrap_or(text))).collect();
                frame.with_column(renamed.with_name(column.as_str().into()).into_column())?;
            }
        }
    }
    Ok(questions(&local, &district))
}

/// The district table's schools, and the aliases that it gives them.
fn official(
    tables: &BTreeMap<String, DataFrame>,
    names: &mut BTreeMap<String, String>,
) -> PolarsResult<BTreeSet<String>> {
    let mut schools = BTreeSet::new();
    let Some(district) = tables.get("district") else { return Ok(schools) };
    for (school, alias) in district.column("school")?.str()?.iter().zip(district.column("school_alias")?.str()?.iter())
    {
        let Some(school) = school else { continue };
        schools.insert(school.to_owned());
        for other in alias
            .unwrap_or_default()
            .split(['、', ',', '，', ';', '；', '/'])
            .map(str::trim)
            .filter(|other| !other.is_empty())
        {
            names.entry(other.to_owned()).or_insert_with(|| school.to_owned());
        }
    }
    Ok(schools)
}

/// Schools that share a 学校标识码 are one: under the district table's name, else the first by order.
fn by_code(
    tables: &BTreeMap<String, DataFrame>,
    district: &BTreeSet<String>,
    names: &mut BTreeMap<String, String>,
) -> PolarsResult<()> {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for frame in tables.values().filter(|frame| frame.column("school_code").is_ok()) {
        let both = frame.column("school_code")?.str()?.iter().zip(frame.column("school")?.str()?.iter());
        let mut seen: PlHashSet<(&str, &str)> = PlHashSet::default();
        for (code, school) in both.filter_map(|(code, school)| code.zip(school)) {
            if seen.insert((code, school)) {
                owners.entry(code.to_owned()).or_default().insert(school.to_owned());
            }
        }
    }
    for schools in owners.values().filter(|schools| schools.len() > 1) {
        let Some(name) = schools.iter().find(|school| district.contains(*school)).or_else(|| schools.first()) else {
            continue;
        };
        for other in schools.iter().filter(|other| *other != name) {
            names.entry(other.clone()).or_insert_with(|| name.clone());
        }
    }
    Ok(())
}

/// Pairs of names that differ only in the place before them.
fn questions(local: &BTreeSet<String>, district: &BTreeSet<String>) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in local {
        let short: String = name
            .rsplit(['省', '市', '县', '区'])
            .next()
            .unwrap_or(name)
            .chars()
            .filter(|letter| !matches!(letter, '镇' | '乡' | '村'))
            .collect();
        groups.entry(short).or_default().push(name);
    }
    groups
        .values()
        .filter(|names| names.len() > 1 && !names.iter().all(|name| district.contains(*name)))
        .map(|names| {
            let list: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            format!(
                "「{}」是不是同一所学校？是的话，在 zicha.toml 的 [schools] 里写明，或在学区划分表里填学校别名。",
                list.join("」和「")
            )
        })
        .collect()
}

/// Which school answers for a village: its primary school where it has several.
pub fn answerable(district: Option<&DataFrame>, definitions: &Definitions) -> PolarsResult<DataFrame> {
    let Some(district) = district else { return Ok(empty_frame(&answerable_schema())) };
    let primary = definitions
        .codes
        .get("stage")
        .and_then(|list| list.codes.iter().find(|code| code.code == "小学"))
        .and_then(|code| code.pattern.clone());
    let kindergarten = definitions
        .codes
        .get("stage")
        .and_then(|list| list.codes.iter().find(|code| code.code == "学前"))
        .and_then(|code| code.pattern.clone());
    let fits =
        |pattern: &Option<regex::Regex>, text: &str| pattern.as_ref().is_some_and(|pattern| pattern.is_match(text));
    let mut chosen: BTreeMap<String, (u8, String)> = BTreeMap::new();
    for (villages, school) in district.column("village")?.str()?.iter().zip(district.column("school")?.str()?.iter()) {
        let (Some(villages), Some(school)) = (villages, school) else { continue };
        let rank = if fits(&primary, school) {
            0
        } else if fits(&kindergarten, school) {
            2
        } else {
            1
        };
        for village in villages.split('、') {
            let better = chosen.get(village).is_none_or(|(known, _)| rank < *known);
            if better {
                chosen.insert(village.to_owned(), (rank, school.to_owned()));
            }
        }
    }
    let villages: Vec<&str> = chosen.keys().map(String::as_str).collect();
    let schools: Vec<&str> = chosen.values().map(|(_, school)| school.as_str()).collect();
    DataFrame::new(
        villages.len(),
        vec![Column::new("village".into(), &villages), Column::new("school".into(), &schools)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alike_schools_become_a_question() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(
            questions(&set(&["永宁镇中心小学", "永宁中心小学", "柳林小学"]), &set(&["永宁镇中心小学"])).len(),
            1
        );
        assert!(questions(&set(&["永宁镇中心小学", "柳林小学"]), &set(&[])).is_empty());
    }
}
