//! Defects planted in a clean township, each with the place where it must be found. Every victim is used once, so that defects do not hide each other.

mod absences;
mod aid;
mod identities;
mod inputs;
mod levels;
mod papers;

use super::facts::Facts;
use super::people::{Person, Population};
use super::place::PRIMARIES;
use super::sheet::{Draft, Line};
use super::tables::mark;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// One defect: the rule that must find it, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    pub rule: &'static str,
    pub file: String,
    pub sheet: String,
    /// As the spreadsheet shows it; none for a whole file or sheet.
    pub row: Option<usize>,
}

impl Truth {
    /// The row of `truth.csv`.
    pub fn record(&self) -> [String; 4] {
        let row = self.row.map(|row| row.to_string()).unwrap_or_default();
        [self.rule.to_owned(), self.file.clone(), self.sheet.clone(), row]
    }
}

/// Which row of which table a defect stands in; rows get their numbers when all defects are planted.
enum Spot {
    Row { table: &'static str, mark: u64 },
    Header { file: String, sheet: String },
    Whole { file: String, sheet: String },
}

struct Planter<'p> {
    population: &'p Population,
    drafts: Vec<Draft>,
    order: Vec<usize>,
    used: BTreeSet<usize>,
    spots: Vec<(&'static str, Spot)>,
    namesakes: BTreeMap<(String, i32), usize>,
    fresh: u64,
    facts: Facts,
    /// Households whose heads were tampered with.
    headless: BTreeSet<usize>,
    /// Only people whose village this school answers for are touched.
    only: Option<&'p str>,
}

/// Plants defects of every kind, as often as the error model says; returns the drafts, where the defects are, and the census figures that the papers now give.
///
/// `whole` papers also get what can be wrong with files and forms as a whole.
pub fn plant(
    population: &Population,
    drafts: Vec<Draft>,
    seed: u64,
    (rounds, bad_rounds): (usize, usize),
    whole: bool,
) -> (Vec<Draft>, Vec<Truth>, Facts) {
    let mut order: Vec<usize> = (0..population.people.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed ^ 0x00de_fec7));
    let mut namesakes = BTreeMap::new();
    for person in &population.people {
        *namesakes.entry((person.name.clone(), person.birth)).or_insert(0) += 1;
    }
    let mut planter = Planter { order, namesakes, fresh: 1 << 40, ..Planter::new(population, drafts) };
    for _ in 0..rounds {
        planter.round();
    }
    // The first school, which has most villages, is the bad one.
    planter.only = Some(&population.place.schools[PRIMARIES[0]]);
    for _ in 0..bad_rounds {
        planter.round();
    }
    planter.only = None;
    if whole {
        planter.inputs();
    }
    planter.waiting();
    planter.signatures();
    planter.archives();
    planter.hand_in();
    planter.reported();
    planter.finish()
}

/// Fills in what the schools report of papers without defects.
pub fn hand_in(population: &Population, drafts: Vec<Draft>) -> (Vec<Draft>, Facts) {
    let mut planter = Planter::new(population, drafts);
    planter.hand_in();
    (planter.drafts, planter.facts)
}

impl<'p> Planter<'p> {
    fn new(population: &'p Population, drafts: Vec<Draft>) -> Self {
        Self {
            population,
            drafts,
            order: Vec::new(),
            used: BTreeSet::new(),
            spots: Vec::new(),
            namesakes: BTreeMap::new(),
            fresh: 0,
            facts: Facts::new(population),
            headless: BTreeSet::new(),
            only: None,
        }
    }
}

impl Planter<'_> {
    /// One defect of every kind that a person's papers can have.
    fn round(&mut self) {
        self.absences();
        self.identities();
        self.levels();
        self.answers();
        self.payments();
    }

    /// The next person that fits and has not been touched; names must be unique with the birth date, so that a broken number can be repaired.
    fn pick(&mut self, fits: impl Fn(&Person) -> bool) -> Option<usize> {
        let people = &self.population.people;
        let found = self.order.iter().copied().find(|index| {
            let person = &people[*index];
            !self.used.contains(index)
                && fits(person)
                && self.only.is_none_or(|school| self.population.primary_of(person) == school)
                && self.namesakes.get(&(person.name.clone(), person.birth)) == Some(&1)
        })?;
        self.used.insert(found);
        Some(found)
    }

    fn draft(&mut self, table: &str, mark: u64) -> Option<&mut Draft> {
        self.drafts.iter_mut().find(|draft| draft.table == table && draft.lines.iter().any(|line| line.mark == mark))
    }

    fn set(&mut self, table: &'static str, mark: u64, headers: &[&str], text: &str) {
        if let Some(draft) = self.draft(table, mark)
            && let Some(header) = headers.iter().find(|header| draft.column(header).is_some())
        {
            draft.set(mark, header, text);
        }
    }

    fn note(&mut self, rule: &'static str, table: &'static str, mark: u64) {
        self.spots.push((rule, Spot::Row { table, mark }));
    }

    /// Sets a cell of a person's row and notes the defect there.
    fn defect(&mut self, rule: &'static str, table: &'static str, person: usize, headers: &[&str], text: &str) {
        self.set(table, mark(person), headers, text);
        self.note(rule, table, mark(person));
    }

    /// Takes every row of a person out of some tables.
    fn remove(&mut self, person: usize, tables: &[&str]) {
        if tables.contains(&"aid") {
            self.facts.aid.remove(&person);
        }
        for draft in self.drafts.iter_mut().filter(|draft| tables.contains(&draft.table)) {
            // Payments have marks of their own, a hundred a person.
            let marked = |line: &Line| if draft.table == "aid" { line.mark / 100 } else { line.mark };
            draft.lines.retain(|line| marked(line) != mark(person));
        }
    }

    fn append(&mut self, table: &'static str, cells: &[(&str, String)]) -> u64 {
        self.fresh += 1;
        let fresh = self.fresh;
        if let Some(draft) = self.drafts.iter_mut().find(|draft| draft.table == table) {
            let cells = draft
                .headers
                .iter()
                .map(|header| {
                    cells.iter().find(|(name, _)| name == header).map(|(_, text)| text.clone()).unwrap_or_default()
                })
                .collect();
            draft.lines.push(Line { cells, mark: fresh });
        }
        fresh
    }

    fn finish(self) -> (Vec<Draft>, Vec<Truth>, Facts) {
        let drafts = self.drafts;
        let mut truths: Vec<Truth> = self
            .spots
            .into_iter()
            .filter_map(|(rule, spot)| match spot {
                Spot::Row { table, mark } => {
                    let draft = drafts.iter().find(|draft| draft.table == table && draft.row_of(mark).is_some())?;
                    Some(Truth {
                        rule,
                        file: draft.file.clone(),
                        sheet: draft.sheet_name().to_owned(),
                        row: draft.row_of(mark),
                    })
                }
                Spot::Header { file, sheet } => {
                    let row = drafts.iter().find(|draft| draft.file == file).map(Draft::header_row);
                    Some(Truth { rule, file, sheet, row })
                }
                Spot::Whole { file, sheet } => Some(Truth { rule, file, sheet, row: None }),
            })
            .collect();
        truths.sort();
        (drafts, truths, self.facts)
    }
}
