//! `zicha simulate`: the census visit and its audit before they happen, on papers, on an invented population, or as a bare plan.

use super::generate::error_model;
use super::progress::Shown;
use super::{Exit, existing, project_of};
use crate::definitions::{Definitions, Project};
use crate::pipeline::{self, Checked, Progress};
use crate::read::find_files;
use crate::report::simulation::{Simulated, contract, simulation_screen, write_simulation};
use crate::report::{self, Output};
use crate::simulate::audit::{Design, Streams, exact, plan, plan_trials, share};
use crate::simulate::households::{VIEWS, Visited, visited};
use crate::simulate::invented::{Invention, invent_visited};
use crate::simulate::outcome::{Question, sampler, simulate as run_simulation};
use crate::simulate::rehearsal;
use crate::simulate::{Region, Scale};
use anyhow::{Result, bail};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Whom the enumerators visit.
#[derive(Debug, Clone)]
pub enum Audited {
    /// The households of papers, as a check finds them.
    Papers(Vec<PathBuf>),
    /// An invented population, without papers.
    Invented { scale: Scale, persons: Option<usize>, townships: Option<usize>, errors: String },
}

/// What is to be simulated, and how.
#[derive(Debug, Clone)]
pub struct SimulateRequest {
    pub audited: Audited,
    pub output: PathBuf,
    pub definitions: Option<PathBuf>,
    pub settings: Vec<(String, String)>,
    pub audits: u64,
    pub design: Design,
    pub seed: u64,
    pub show_identities: bool,
    pub quiet: bool,
    pub json: bool,
}

/// Simulates, writes the outputs, prints the screen (or the contract as JSON).
///
/// # Errors
/// When the program cannot run: inputs that do not exist or have no households, an output folder that cannot be written, definitions with problems.
pub fn simulate(request: &SimulateRequest) -> Result<Exit> {
    audits(request.audits)?;
    let inputs: &[PathBuf] = match &request.audited {
        Audited::Papers(inputs) => inputs,
        Audited::Invented { .. } => &[],
    };
    existing(inputs)?;
    let mut project = project_of(inputs)?;
    project.settle(&request.settings);
    let definitions = Definitions::load(request.definitions.as_deref(), &project)?;
    let output = report::prepare(&request.output)?;
    let question = Question::new(&definitions.settings, request.seed, request.audits, request.design);
    if let Audited::Invented { scale, persons, townships, errors } = &request.audited {
        let model = &definitions.population;
        let persons = persons.unwrap_or_else(|| scale.persons(model)).max(1);
        let one = if *scale == Scale::Township { 1 } else { Region::townships(persons, model) };
        let townships = townships.unwrap_or(one).clamp(1, persons);
        let per_county = scale.per_county(townships, model);
        let invention = Invention { persons, townships, per_county, errors: error_model(model, errors)? };
        let progress = Shown::new(0, request.quiet || request.json);
        progress.stage("虚构人口");
        let visited = invent_visited(&definitions, &invention, request.seed);
        return finish(request, &definitions, &question, &visited, None, output, &progress);
    }
    let files = find_files(inputs, Some(&request.output));
    if files.is_empty() {
        bail!("里面没有文件可查。请把登记表、学籍、台账等表格放进去再运行。");
    }
    let progress = Shown::new(files.len(), request.quiet || request.json);
    let written = super::written(&request.output, &definitions)?;
    let written: Vec<&Path> = written.iter().map(PathBuf::as_path).collect();
    let checked = pipeline::check_and_look(&files, &definitions, &project, &written, &VIEWS, &progress)?;
    let Some(register) = checked.linked.tables.get("register") else {
        bail!(
            "里面没有建档立卡登记表，没法按户模拟。请给材料所在的文件夹（不是自查结果），里面要有国办导出的人员信息。"
        );
    };
    let visited = visited(&definitions, &checked.evaluated, register)?;
    finish(request, &definitions, &question, &visited, Some(&checked), output, &progress)
}

/// Trials are kept while the work is planned; a million of them are off by a twentieth of a point at most.
const MOST_AUDITS: u64 = 1_000_000;

fn audits(audits: u64) -> Result<()> {
    match audits {
        0 => bail!("模拟次数（--audits）至少是 1。"),
        MOST_AUDITS.. => bail!("模拟次数（--audits）请少于 {MOST_AUDITS}：再多，结果也只差不到万分之五。"),
        _ => Ok(()),
    }
}

fn finish(
    request: &SimulateRequest,
    definitions: &Definitions,
    question: &Question,
    visited: &Visited,
    checked: Option<&Checked>,
    output: Output,
    progress: &Shown,
) -> Result<Exit> {
    progress.stage("模拟入户和抽查");
    let simulation = run_simulation(&visited.frame, question);
    let walk = rehearsal::draw(visited, &sampler(&visited.frame, question), &Streams::new(request.seed));
    let table = checked.and_then(|checked| checked.linked.tables.get("rehearsal"));
    let rehearsed = rehearsal::read_back(table, visited, question.design, question.certainty)?;
    let answers = match table {
        Some(table) => rehearsal::answers(table)?,
        None => BTreeMap::new(),
    };
    progress.stage("写报告");
    let run = Simulated {
        definitions,
        visited,
        simulation: &simulation,
        rehearsal: &walk,
        answers: &answers,
        rehearsed: rehearsed.as_ref(),
        invented: checked.is_none(),
        show_identities: request.show_identities,
    };
    std::fs::create_dir_all(output.folder())?;
    write_simulation(&run, &output.folder())?;
    output.commit()?;
    progress.done();
    if request.json {
        println!("{}", serde_json::to_string_pretty(&contract(&run))?);
    } else if !request.quiet {
        print!("{}", simulation_screen(&run, &request.output)?);
    }
    Ok(Exit::Clean)
}

/// A bare plan: a population with so many defective units, a sample, and how many defective ones it may hold.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    pub population: Option<u64>,
    pub defective: Option<u64>,
    pub sample: Option<u64>,
    pub accept: Option<u64>,
    /// Qualities and risks that win over the settings, as names and values.
    pub settings: Vec<(String, String)>,
    pub definitions: Option<PathBuf>,
    pub audits: u64,
    pub seed: u64,
    pub json: bool,
}

#[derive(Serialize)]
struct PlanAnswer {
    pass_probability: f64,
    standard_error: f64,
    exact: f64,
}

#[derive(Serialize)]
struct PlanFound {
    sample: u64,
    accept: u64,
    /// The chances to fail a lot of the good quality and to pass one of the bad.
    producer_risk: f64,
    consumer_risk: f64,
}

/// Without papers: the chance that a plan passes, or, where no defective number is given, the smallest plan for the qualities and risks of the settings.
///
/// # Errors
/// When the numbers do not fit each other, or no plan does what is wanted.
pub fn simulate_plan(request: &PlanRequest) -> Result<Exit> {
    let mut project = Project::default();
    project.settle(&request.settings);
    let definitions = Definitions::load(request.definitions.as_deref(), &project)?;
    match (request.population, request.defective) {
        (Some(population), Some(defective)) => pass(request, &definitions, population, defective),
        (None, Some(_)) => bail!("给了 --defective，还要给 --population（一共多少户）。"),
        (population, None) => smallest(request, &definitions, population),
    }
}

fn pass(request: &PlanRequest, definitions: &Definitions, population: u64, defective: u64) -> Result<Exit> {
    let sample = match request.sample {
        Some(sample) => sample,
        None => u64::try_from(definitions.settings.integer("audit-sample"))?,
    };
    let accept = request.accept.unwrap_or_else(|| {
        let sample = usize::try_from(sample).unwrap_or(usize::MAX);
        u64::from(crate::simulate::audit::PassRule::accept(definitions.settings.float("audit-tolerance"), sample))
    });
    if defective > population {
        bail!("有差错的户（--defective {defective}）不能多于总户数（--population {population}）。");
    }
    if sample > population {
        bail!("抽的户（--sample {sample}）不能多于总户数（--population {population}）。");
    }
    audits(request.audits)?;
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let streams = Streams::new(request.seed);
    let passed = plan_trials(count(population), count(defective), count(sample), accept, request.audits, &streams);
    let (pass_probability, standard_error) = share(passed, request.audits);
    let exact = exact::hypergeometric(population, defective, sample, accept);
    if request.json {
        println!("{}", serde_json::to_string(&PlanAnswer { pass_probability, standard_error, exact })?);
    } else {
        println!("共 {population} 户，{defective} 户有差错，抽 {sample} 户，容许 {accept} 户：");
        println!(
            "通过的可能：模拟 {:.2}%（±{:.2}），精确算 {:.2}%",
            pass_probability * 100.0,
            standard_error * 196.0,
            exact * 100.0
        );
    }
    Ok(Exit::Clean)
}

fn smallest(request: &PlanRequest, definitions: &Definitions, population: Option<u64>) -> Result<Exit> {
    let wanted = Question::new(&definitions.settings, request.seed, request.audits, Design::Simple).wanted;
    let Some(found) = plan::smallest(&wanted, population) else {
        bail!(
            "没有一种抽法能让差错率 {} 的通过、{} 的不通过，风险又不超过 {} 和 {}。请把两种质量拉开，或放宽风险。",
            wanted.acceptable,
            wanted.unacceptable,
            wanted.producer,
            wanted.consumer
        );
    };
    let producer_risk = 1.0 - found.passes(wanted.acceptable, population);
    let consumer_risk = found.passes(wanted.unacceptable, population);
    if request.json {
        println!(
            "{}",
            serde_json::to_string(&PlanFound {
                sample: found.sample,
                accept: found.accept,
                producer_risk,
                consumer_risk
            })?
        );
    } else {
        let of = population.map_or_else(String::new, |population| format!("共 {population} 户，"));
        println!("{of}最少抽 {} 户，容许 {} 户有差错。", found.sample, found.accept);
        println!(
            "差错率 {}% 的被判不通过的风险 {:.2}%，差错率 {}% 的被判通过的风险 {:.2}%。",
            wanted.acceptable * 100.0,
            producer_risk * 100.0,
            wanted.unacceptable * 100.0,
            consumer_risk * 100.0
        );
    }
    Ok(Exit::Clean)
}
