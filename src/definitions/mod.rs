//! What is checked and what is read, as data: TOML and SQL files turned into valid types.
//!
//! In: the files embedded in the program, overlaid file by file by `--definitions DIR` and by the settings of `zicha.toml`.
//! Out: [`Definitions`], in which every name is resolved and every SQL text has been planned against the tables' schemas.
//! Left out: reading data and running anything.

mod codes;
mod form;
mod indicator;
mod library;
mod linking;
mod policy;
mod population;
mod problem;
mod project;
mod rule;
mod schema;
mod settings;
mod table;
mod toml_file;
mod validate;
mod view;
mod words;

pub use codes::{Attribute, Code, CodeList, GradePattern, TermPattern, YearKind};
pub use form::{AidCell, Form, FormColumn, Input, Spread};
pub use indicator::{Answered, Indicator, Scope};
pub use library::Library;
pub use linking::{FIELDS, LinkField, LinkLevel, Linking};
pub use policy::{Benefit, Per, PolicyText, Who, term_name};
pub use population::{ErrorModel, HouseholdKind, PopulationModel, Published};
pub use problem::{Problem, Problems};
pub use project::{Project, SheetSetting};
pub use rule::{Example, Need, Rule, Severity, placeholders};
pub use schema::{
    answerable_schema, empty_frame, event_schema, field_columns, history_schema, link_columns, resolutions_schema,
    sheet_fields_schema, table_schema,
};
pub use settings::{Setting, SettingValue, Settings, month_length};
pub use table::{Field, Kind, Period, Table};
pub use validate::{FINDING_COLUMNS, form_predicate, plan_context, predicate};
pub use view::View;
pub use words::Words;

use indexmap::IndexMap;
use std::path::Path;

/// Everything that decides what a run does, valid and resolved.
#[derive(Debug)]
pub struct Definitions {
    /// Where the definition files are read from.
    pub sources: Library,
    pub tables: IndexMap<String, Table>,
    pub codes: IndexMap<String, CodeList>,
    pub words: Words,
    pub grades: Vec<GradePattern>,
    pub terms: Vec<TermPattern>,
    pub settings: Settings,
    pub benefits: Vec<Benefit>,
    pub linking: Linking,
    pub population: PopulationModel,
    /// The table by which `zicha link` reads any list of persons.
    pub any_person: Option<Table>,
    pub views: IndexMap<String, View>,
    pub indicators: Vec<Indicator>,
    pub rules: Vec<Rule>,
    pub forms: Vec<Form>,
}

impl Definitions {
    /// Loads the embedded definitions, overlaid by `overlay` (a folder with `indicators/`, `datasets/` or `reports/`) and by the settings of a `zicha.toml`.
    ///
    /// # Errors
    /// Every problem of every file, each with file, line, column and a hint.
    pub fn load(overlay: Option<&Path>, project: &Project) -> Result<Self, Problems> {
        let library = Library::open(overlay)?;
        let mut problems = Problems::default();
        let codes = codes::load(&library, &mut problems);
        let words = words::load(&library, &mut problems);
        let (grades, terms) = codes::load_patterns(&library, &mut problems);
        let tables = table::load(&library, &codes, &mut problems);
        let any_person = table::load_any_person(&library, &codes, &mut problems);
        let settings = settings::load(&library, project, &mut problems);
        let benefits = policy::load(&library, &settings, &codes, &mut problems);
        let linking = linking::load(&library, &mut problems);
        let population = population::load(&library, &mut problems);
        let views = view::load(&library, &mut problems);
        let indicators = indicator::load(&library, &mut problems);
        let rules = rule::load(&library, &mut problems);
        let forms = form::load(&library, &codes, &mut problems);
        problems.into_result()?;
        let definitions = Self {
            sources: library,
            tables,
            codes,
            words,
            grades,
            terms,
            settings,
            benefits,
            linking,
            population,
            any_person,
            views,
            indicators,
            rules,
            forms,
        };
        // What is built in was checked when the program was (tests run with debug assertions): only what a user changes can be wrong.
        if overlay.is_some() || !project.settings.is_empty() || cfg!(debug_assertions) {
            let mut problems = Problems::default();
            validate::check(&definitions, &mut problems);
            problems.into_result()?;
        }
        Ok(definitions)
    }

    /// The same definitions for any two lists of persons: one table that every sheet is read as.
    #[must_use]
    pub fn for_persons(mut self) -> Self {
        self.tables = self.any_person.iter().map(|table| (table.name.clone(), table.clone())).collect();
        self
    }

    /// The table that a name stands for; names come from validated definitions.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The rules of one indicator, in order of their ids.
    pub fn rules_of<'a>(&'a self, indicator: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.rules.iter().filter(move |rule| rule.indicator == indicator)
    }
}
