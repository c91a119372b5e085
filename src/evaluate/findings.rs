//! What the rules found, as rows of their views: compact until a report asks for the text.

use crate::definitions::{Definitions, Rule, Severity};
use polars::prelude::*;

/// What became of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran; how many it found.
    Ran(usize),
    /// It did not run, because of this.
    NotRun(String),
}

/// One rule's outcome, with the view's rows that it found.
#[derive(Debug, Clone)]
pub struct RuleResult {
    pub outcome: Outcome,
    /// The view's rows; of very many only the first, when several areas are added up.
    pub frame: DataFrame,
    /// How many of those found a person has settled in the ledger.
    pub settled: usize,
}

impl RuleResult {
    /// A rule that ran, with the rows that it found.
    #[must_use]
    pub fn ran(frame: DataFrame, rule: &Rule) -> Self {
        let flags = frame.column("settled").ok().filter(|_| rule.resolution.is_some());
        let settled = flags.and_then(|flags| flags.bool().ok()?.sum()).unwrap_or_default() as usize;
        Self { outcome: Outcome::Ran(frame.height()), frame, settled }
    }

    /// How many it found; more than rows where only the first were kept.
    #[must_use]
    pub fn found(&self) -> usize {
        match self.outcome {
            Outcome::Ran(found) => found,
            Outcome::NotRun(_) => 0,
        }
    }

    /// A rule that did not run.
    #[must_use]
    pub fn not_run(reason: String) -> Self {
        Self { outcome: Outcome::NotRun(reason), frame: DataFrame::empty(), settled: 0 }
    }
}

/// All findings. `order` names them by rule and row, in the order of every output.
#[derive(Debug)]
pub struct Findings {
    /// In the order of the definitions' rules.
    pub results: Vec<RuleResult>,
    pub order: Vec<(u32, u32)>,
}

impl Findings {
    /// Orders the findings: by indicator, rule, then place.
    pub fn new(results: Vec<RuleResult>, definitions: &Definitions) -> PolarsResult<Self> {
        let order = Self::rules_in_order(definitions)
            .into_iter()
            .flat_map(|rule| (0..results[rule as usize].frame.height()).map(move |row| (rule, row)))
            .map(|(rule, row)| (rule, u32::try_from(row).unwrap_or(u32::MAX)))
            .collect();
        Ok(Self { results, order })
    }

    /// Rules in the order of every output: by indicator, then id.
    #[must_use]
    pub fn rules_in_order(definitions: &Definitions) -> Vec<u32> {
        let rank = |name: &str| {
            definitions.indicators.iter().position(|indicator| indicator.name == name).unwrap_or(usize::MAX)
        };
        let mut rules: Vec<u32> = (0_u32..).take(definitions.rules.len()).collect();
        rules.sort_by_key(|index| {
            let rule = &definitions.rules[*index as usize];
            (rank(&rule.indicator), &rule.id)
        });
        rules
    }

    /// How many are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Whether a person has settled the finding in the ledger, and nothing contradicts it.
    #[must_use]
    pub fn settled(&self, finding: (u32, u32)) -> bool {
        let column = || self.results.get(finding.0 as usize)?.frame.column("settled").ok();
        column().and_then(|flags| flags.bool().ok()?.get(finding.1 as usize)).unwrap_or(false)
    }

    /// The rule's severity; what is settled is only told.
    #[must_use]
    pub fn severity(&self, finding: (u32, u32), rule: &Rule) -> Severity {
        if rule.resolution.is_some() && self.settled(finding) { Severity::Info } else { rule.severity }
    }

    /// A text value of a finding's view row; `None` when the view has no such column or the cell is empty.
    #[must_use]
    pub fn text(&self, finding: (u32, u32), column: &str) -> Option<String> {
        let frame = &self.results.get(finding.0 as usize)?.frame;
        let value = frame.column(column).ok()?.get(finding.1 as usize).ok()?;
        match value {
            AnyValue::Null => None,
            AnyValue::String(text) => Some(text.to_owned()),
            AnyValue::StringOwned(text) => Some(text.to_string()),
            AnyValue::Date(days) => {
                let (year, month, day) = crate::standardise::date::civil(days);
                Some(format!("{year:04}-{month:02}-{day:02}"))
            }
            AnyValue::Boolean(flag) => Some(if flag { "是" } else { "否" }.to_owned()),
            AnyValue::Float64(number) => Some(format!("{number}")),
            other => Some(other.to_string()),
        }
    }

    /// A whole number of a finding's view row.
    #[must_use]
    pub fn number(&self, finding: (u32, u32), column: &str) -> Option<i64> {
        let frame = &self.results.get(finding.0 as usize)?.frame;
        frame.column(column).ok()?.i64().ok()?.get(finding.1 as usize)
    }
}
