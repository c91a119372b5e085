//! Views (`indicators/views/*.sql`): the tables that rules look at. The comment at the head says what a view is and needs.

use super::library::Library;
use super::problem::Problems;
use super::rule::Need;
use super::toml_file::stem;
use indexmap::IndexMap;

/// One view.
#[derive(Debug, Clone)]
pub struct View {
    pub name: String,
    pub path: String,
    /// From the first comment line.
    pub title: String,
    pub sql: String,
    /// Computed once and used by other views (`-- keep`).
    pub keep: bool,
    /// Tables without which it says nothing (`-- needs: register absence|roll`).
    pub needs: Vec<Need>,
}

/// Loads every view, kept ones first and in an order in which each finds what it uses.
pub fn load(library: &Library, problems: &mut Problems) -> IndexMap<String, View> {
    let mut views: Vec<View> = Vec::new();
    for path in library.list("indicators/views", ".sql") {
        match library.text(&path) {
            Ok(sql) => views.push(parse(&path, sql)),
            Err(problem) => problems.add(problem),
        }
    }
    let mut ordered: IndexMap<String, View> = IndexMap::new();
    while !views.is_empty() {
        let ready = views.iter().position(|view| {
            !views.iter().any(|other| other.name != view.name && other.keep && mentions(&view.sql, &other.name))
        });
        // A circle has no first member; SQL planning then names the missing view.
        let view = views.remove(ready.unwrap_or(0));
        ordered.insert(view.name.clone(), view);
    }
    ordered.sort_by(|_, a, _, b| b.keep.cmp(&a.keep));
    ordered
}

fn parse(path: &str, sql: String) -> View {
    let comments: Vec<&str> = sql.lines().map_while(|line| line.strip_prefix("--")).map(str::trim).collect();
    let needs = comments
        .iter()
        .find_map(|line| line.strip_prefix("needs:"))
        .map(|list| list.split_whitespace().map(Need::parse).collect())
        .unwrap_or_default();
    View {
        name: stem(path),
        path: path.to_owned(),
        title: comments.first().copied().unwrap_or_default().to_owned(),
        keep: comments.contains(&"keep"),
        needs,
        sql,
    }
}

/// Whether an SQL text names a table after FROM or JOIN.
fn mentions(sql: &str, table: &str) -> bool {
    let words: Vec<&str> = sql.split(|letter: char| letter.is_whitespace() || letter == '(' || letter == ')').collect();
    words.windows(2).any(|pair| (pair[0] == "FROM" || pair[0] == "JOIN") && pair[1] == table)
}
