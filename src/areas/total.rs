//! The results of areas, added up: every figure whole; of the rows behind them the first of each kind, as many as settings say.

use crate::definitions::{Definitions, Rule};
use crate::evaluate::{Evaluated, Figure, Findings, Outcome, RuleResult};
use crate::link::{LikelyPair, LinkCounts, Notes, Settled, Verdict};
use crate::pipeline::Checked;
use crate::read::{FileRecord, Grid, GridBuilder, Input, Sheet};
use crate::readiness::{Counts, Readiness, School, grade};
use crate::report::{Run, Whole};
use crate::standardise::{SheetReport, place_of};
use anyhow::Result;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What no area claims.
pub const REST: &str = "其余";

/// What all areas came to.
#[derive(Debug)]
pub struct Total {
    pub input: Input,
    pub sheets: Vec<SheetReport>,
    links: LinkCounts,
    questions: Vec<String>,
    settled: Vec<Settled>,
    notes: Notes,
    pairs: Vec<LikelyPair>,
    verdicts: Vec<Verdict>,
    pub evaluated: Evaluated,
    pub readiness: Readiness,
}

impl Total {
    /// Adds a question for people.
    pub fn ask(&mut self, question: String) {
        self.questions.push(question);
    }

    /// What the reports look at. `whole` says where all findings are.
    #[must_use]
    pub fn run<'a>(&'a self, definitions: &'a Definitions, show_identities: bool, whole: &'a Whole) -> Run<'a> {
        Run {
            definitions,
            input: &self.input,
            sheets: &self.sheets,
            links: self.links,
            questions: &self.questions,
            settled: &self.settled,
            notes: &self.notes,
            pairs: &self.pairs,
            verdicts: &self.verdicts,
            evaluated: &self.evaluated,
            readiness: &self.readiness,
            show_identities,
            packages: false,
            whole: Some(whole),
        }
    }
}

/// A sum in the making.
pub(super) struct Adding {
    files: Vec<FileRecord>,
    areas: usize,
    /// Rows that are kept of each rule, figure and list.
    most: usize,
    sheets: Vec<(Sheet, SheetReport)>,
    /// Rows that reports show, by sheet and row from 0.
    cited: BTreeMap<(usize, u32), Vec<(u32, String)>>,
    links: LinkCounts,
    questions: BTreeSet<String>,
    settled: Vec<Settled>,
    notes: Notes,
    pairs: Vec<LikelyPair>,
    verdicts: Vec<Verdict>,
    results: Vec<Option<RuleResult>>,
    /// By rule: areas in which it did not run.
    idle: Vec<usize>,
    figures: Vec<Figure>,
    asked: BTreeMap<String, Result<DataFrame, String>>,
    counts: Counts,
    /// Each area as one.
    by_area: Vec<School>,
}

impl Adding {
    pub(super) fn new(files: &[FileRecord], areas: usize, definitions: &Definitions) -> Self {
        let files: Vec<FileRecord> = files
            .iter()
            .map(|file| FileRecord { path: file.path.clone(), sha256: file.sha256.clone(), note: file.note.clone() })
            .collect();
        Self {
            files,
            areas,
            most: usize::try_from(definitions.settings.integer("listed-rows")).unwrap_or_default(),
            sheets: Vec::new(),
            cited: BTreeMap::new(),
            links: LinkCounts::default(),
            questions: BTreeSet::new(),
            settled: Vec::new(),
            notes: Notes::new(),
            pairs: Vec::new(),
            verdicts: Vec::new(),
            results: vec![None; definitions.rules.len()],
            idle: vec![0; definitions.rules.len()],
            figures: Vec::new(),
            asked: BTreeMap::new(),
            counts: Counts::default(),
            by_area: Vec::new(),
        }
    }

    /// Adds one area's check.
    pub(super) fn add(&mut self, name: &str, checked: Checked, definitions: &Definitions) -> Result<()> {
        let Checked { input, sheets, linked, evaluated, counts, readiness } = checked;
        self.counts.add(counts);
        if self.areas > 1 {
            let shown = if name.is_empty() { REST } else { name };
            self.by_area.push(School { name: shown.to_owned(), ..readiness.township });
        }
        let links = linked.counts;
        self.links.certain += links.certain;
        self.links.probable += links.probable;
        self.links.possible += links.possible;
        self.links.unlinked += links.unlinked;
        let of_area = |text: String| if name.is_empty() { text } else { format!("{name}：{text}") };
        self.questions.extend(linked.questions.into_iter().map(of_area));
        self.settled.extend(linked.settled);
        self.notes.extend(linked.notes);
        if self.verdicts.is_empty() {
            self.verdicts = linked.verdicts;
        }
        let mut pairs = linked.pairs;
        pairs.truncate(self.most.saturating_sub(self.pairs.len()));
        for pair in &pairs {
            self.cite(pair.left_at, &input);
            self.cite(pair.right_at, &input);
        }
        self.pairs.extend(pairs);
        for (number, result) in evaluated.findings.results.into_iter().enumerate() {
            self.rule(number, result, &definitions.rules[number], &input)?;
        }
        for (place, mut figure) in evaluated.figures.into_iter().enumerate() {
            if self.areas > 1 {
                figure.name_area(if name.is_empty() { REST } else { name });
            }
            self.figure(place, figure)?;
        }
        for (view, frame) in evaluated.asked {
            self.ask(view, frame)?;
        }
        self.sheets(input, sheets);
        Ok(())
    }

    fn rule(&mut self, number: usize, result: RuleResult, rule: &Rule, input: &Input) -> Result<()> {
        let found = match result.outcome {
            Outcome::Ran(found) => found,
            Outcome::NotRun(reason) => {
                self.idle[number] += 1;
                self.results[number].get_or_insert_with(|| RuleResult::not_run(reason));
                return Ok(());
            }
        };
        let (before, settled, mut kept) = match self.results[number].take() {
            Some(RuleResult { outcome: Outcome::Ran(before), settled, frame }) => (before, settled, frame),
            _ => (0, 0, DataFrame::empty()),
        };
        let rows = first(&result.frame, self.most.saturating_sub(kept.height()))?;
        for name in ["at", rule.other.as_str()] {
            let Ok(places) = rows.column(name) else { continue };
            if let Ok(places) = places.i64() {
                places.iter().flatten().for_each(|at| self.cite(at, input));
            }
        }
        stack(&mut kept, rows)?;
        let outcome = Outcome::Ran(before + found);
        self.results[number] = Some(RuleResult { outcome, frame: kept, settled: settled + result.settled });
        Ok(())
    }

    fn figure(&mut self, place: usize, mut figure: Figure) -> PolarsResult<()> {
        if self.figures.len() == place {
            if let Ok(people) = &mut figure.people {
                *people = first(people, self.most)?;
            }
            self.figures.push(figure);
            return Ok(());
        }
        let own = &mut self.figures[place];
        match (&mut own.people, &mut figure.people) {
            (Ok(own), Ok(people)) => stack(own, first(people, self.most.saturating_sub(own.height()))?)?,
            (own @ Err(_), Ok(people)) => *own = Ok(first(people, self.most)?),
            (_, Err(_)) => {}
        }
        own.add(figure);
        Ok(())
    }

    fn ask(&mut self, view: String, frame: Result<DataFrame, String>) -> PolarsResult<()> {
        match (self.asked.get_mut(&view), frame) {
            (Some(Ok(own)), Ok(frame)) => stack(own, first(&frame, usize::MAX)?)?,
            (Some(own @ Err(_)), Ok(frame)) => *own = Ok(first(&frame, usize::MAX)?),
            (Some(_), Err(_)) => {}
            (None, frame) => {
                let frame =
                    frame.map(|frame| first(&frame, usize::MAX)).map_or_else(|why| Ok(Err(why)), |own| own.map(Ok))?;
                self.asked.insert(view, frame);
            }
        }
        Ok(())
    }

    /// Keeps the row that a finding points at.
    fn cite(&mut self, at: i64, input: &Input) {
        let (sheet, row) = place_of(at);
        let (Some(row), Some(source)) = (row.checked_sub(1), input.sheets.get(sheet)) else { return };
        let Some(index) = source.grid.index_of(row) else { return };
        self.cited
            .entry((sheet, row))
            .or_insert_with(|| source.grid.row(index).map(|(column, text)| (column, text.to_owned())).collect());
    }

    /// Keeps what is known of the sheets, and their headers.
    fn sheets(&mut self, input: Input, reports: Vec<SheetReport>) {
        for (number, (mut sheet, report)) in input.sheets.into_iter().zip(reports).enumerate() {
            let known = report.table.is_some() || !sheet.grid.is_empty() || sheet.unreadable.is_some();
            if let Some((own, first)) = self.sheets.get_mut(number) {
                let rows = first.rows + report.rows;
                if first.table.is_none() && known {
                    own.unreadable = sheet.unreadable.take();
                    *first = report.clone();
                }
                first.rows = rows;
            } else {
                let (file, name) = (sheet.file.clone(), sheet.name.clone());
                let bare = Sheet {
                    file,
                    name,
                    hidden: sheet.hidden,
                    grid: Grid::default(),
                    unreadable: sheet.unreadable.take(),
                };
                self.sheets.push((bare, report.clone()));
            }
            if report.table.is_none() {
                continue;
            }
            for index in 0..sheet.grid.len() {
                let row = sheet.grid.row_number(index);
                if row > report.header_rows.1 {
                    break;
                }
                self.cited
                    .entry((number, row))
                    .or_insert_with(|| sheet.grid.row(index).map(|(column, text)| (column, text.to_owned())).collect());
            }
        }
    }

    /// The sum.
    pub(super) fn finish(self, definitions: &Definitions) -> Result<Total> {
        let results: Vec<RuleResult> = self
            .results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| RuleResult::not_run(String::new())))
            .collect();
        let mut questions: Vec<String> = self.questions.into_iter().take(self.most).collect();
        for ((rule, idle), result) in definitions.rules.iter().zip(&self.idle).zip(&results) {
            if *idle > 0 && matches!(result.outcome, Outcome::Ran(_)) {
                questions
                    .push(format!("{} 个地区里有 {idle} 个没有核对「{}」，因为缺少要用的表。", self.areas, rule.title));
            }
        }
        let mut grids: Vec<GridBuilder> = self.sheets.iter().map(|_| GridBuilder::new(u32::MAX)).collect();
        for ((sheet, row), cells) in &self.cited {
            cells.iter().for_each(|(column, text)| grids[*sheet].push(*row, *column, text));
        }
        let (mut sheets, mut reports) = (Vec::new(), Vec::new());
        for ((sheet, report), grid) in self.sheets.into_iter().zip(grids) {
            sheets.push(Sheet { grid: grid.finish(), ..sheet });
            reports.push(report);
        }
        let placed: BTreeSet<(String, String, String)> = self
            .settled
            .iter()
            .filter(|settled| settled.person.is_some())
            .map(|settled| (settled.rule.clone(), settled.name.clone(), settled.household_id.clone()))
            .collect();
        let mut settled: Vec<Settled> = Vec::new();
        for one in self.settled {
            let key = (one.rule.clone(), one.name.clone(), one.household_id.clone());
            if (one.person.is_some() || !placed.contains(&key)) && !settled.contains(&one) {
                settled.push(one);
            }
        }
        let mut readiness = grade(&self.counts, definitions);
        if self.areas > 1 {
            "全部地区".clone_into(&mut readiness.township.name);
            readiness.set_areas(self.by_area);
        }
        Ok(Total {
            input: Input { files: self.files, sheets },
            sheets: reports,
            links: self.links,
            questions,
            settled,
            notes: self.notes,
            pairs: self.pairs,
            verdicts: self.verdicts,
            evaluated: Evaluated {
                findings: Findings::new(results, definitions)?,
                figures: self.figures,
                units: BTreeMap::new(),
                asked: self.asked,
            },
            readiness,
        })
    }
}

/// The first rows, as a copy of their own: rows that the engine gives share the texts of the whole area.
fn first(frame: &DataFrame, most: usize) -> PolarsResult<DataFrame> {
    let frame = frame.head(Some(most));
    let own = |column: &Column| -> PolarsResult<Column> {
        let copied = match column.dtype() {
            DataType::String => column.str()?.iter().collect::<StringChunked>().into_column(),
            DataType::Int64 => column.i64()?.iter().collect::<Int64Chunked>().into_column(),
            DataType::Boolean => column.bool()?.iter().collect::<BooleanChunked>().into_column(),
            _ => column.clone(),
        };
        Ok(copied.with_name(column.name().clone()))
    };
    DataFrame::new(frame.height(), frame.columns().iter().map(own).collect::<PolarsResult<_>>()?)
}

/// Puts rows under others of the same columns.
fn stack(own: &mut DataFrame, rows: DataFrame) -> PolarsResult<()> {
    if own.width() == 0 {
        *own = rows;
    } else if rows.height() > 0 {
        own.vstack_mut(&rows)?;
    }
    Ok(())
}
