//! The words of `zicha simulate` → requests.

use super::{ScaleName, setting};
use crate::commands::{self, Audited, Exit, PlanRequest, SimulateRequest};
use crate::simulate::audit::Design;
use anyhow::Result;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct SimulateArgs {
    /// 要查的文件夹或文件，同 check
    #[arg(required_unless_present_any = ["plan", "scale"], conflicts_with_all = ["plan", "scale"])]
    inputs: Vec<PathBuf>,
    /// 结果放在哪个文件夹
    #[arg(short, long, default_value = "模拟结果")]
    output: PathBuf,
    /// 模拟多少次抽查
    #[arg(long, default_value_t = 10_000)]
    audits: u64,
    /// 抽查多少户（默认见设定 audit-sample）
    #[arg(long)]
    sample: Option<u64>,
    /// 怎么抽：simple 简单随机、stratified 按学校分层、two-stage 先抽村、pps 按村的大小抽、lqas 每校一批
    #[arg(long, value_enum, default_value = "simple")]
    design: DesignName,
    /// 容许的差错率（默认见设定 audit-tolerance）
    #[arg(long, value_parser = share)]
    tolerance: Option<f64>,
    /// 随机种子：同样的种子得到同样的结果
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 更正计划排到多少处为止（默认见设定 audit-corrections）
    #[arg(long)]
    corrections: Option<u64>,
    /// 不用材料，虚构一个乡镇、县、省、全国来模拟
    #[arg(long, value_enum, conflicts_with = "plan")]
    scale: Option<ScaleName>,
    /// 虚构多少人
    #[arg(long, requires = "scale")]
    persons: Option<usize>,
    /// 虚构多少个乡镇
    #[arg(long, requires = "scale")]
    townships: Option<usize>,
    /// 虚构时出错的样子
    #[arg(long, requires = "scale", default_value = "typical")]
    error_model: String,
    /// 只算抽样方案，不用材料：给 --population、--defective，算通过的可能；不给 --defective，算最小的方案
    #[arg(long)]
    plan: bool,
    /// 一共多少户
    #[arg(long, requires = "plan")]
    population: Option<u64>,
    /// 其中有差错的多少户
    #[arg(long, requires = "plan")]
    defective: Option<u64>,
    /// 容许多少户有差错
    #[arg(long, requires = "plan")]
    accept: Option<u64>,
    /// 要让它通过的差错率（默认见设定 audit-acceptable）
    #[arg(long, requires = "plan", value_parser = share)]
    aql: Option<f64>,
    /// 要查出来的差错率（默认见设定 audit-unacceptable）
    #[arg(long, requires = "plan", value_parser = share)]
    ltpd: Option<f64>,
    /// 误判的风险（默认见设定 audit-producer-risk）
    #[arg(long, requires = "plan", value_parser = share)]
    producer_risk: Option<f64>,
    /// 漏判的风险（默认见设定 audit-consumer-risk）
    #[arg(long, requires = "plan", value_parser = share)]
    consumer_risk: Option<f64>,
    /// 在屏幕上输出 simulation.json 的内容（或方案的结果）
    #[arg(long)]
    json: bool,
    /// 自己的定义文件夹
    #[arg(long)]
    definitions: Option<PathBuf>,
    /// 改一项设定，例如 --set visit-absent=0.2；可写多次
    #[arg(long = "set", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// 在页面上也显示姓名
    #[arg(long)]
    show_identities: bool,
    /// 不显示进度和结果
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DesignName {
    Simple,
    Stratified,
    TwoStage,
    Pps,
    Lqas,
}

impl From<DesignName> for Design {
    fn from(name: DesignName) -> Self {
        match name {
            DesignName::Simple => Self::Simple,
            DesignName::Stratified => Self::Stratified,
            DesignName::TwoStage => Self::TwoStage,
            DesignName::Pps => Self::Pps,
            DesignName::Lqas => Self::Lqas,
        }
    }
}

/// A share from 0 to 1; a percentage may be written with its sign.
fn share(text: &str) -> Result<f64, String> {
    let (number, scale) = text.strip_suffix(['%', '％']).map_or((text, 1.0), |number| (number, 100.0));
    match number.trim().parse::<f64>() {
        Ok(value) if (0.0..=scale).contains(&value) => Ok(value / scale),
        _ => Err("要写成 0 到 1 之间的数，例如 0.02（或 2%）".to_owned()),
    }
}

/// What was said by an option of its own is a setting like any other, and wins over `--set`.
pub(super) fn run(arguments: SimulateArgs) -> Result<Exit> {
    let mut settings = arguments.settings;
    let shares = [
        ("audit-tolerance", arguments.tolerance),
        ("audit-acceptable", arguments.aql),
        ("audit-unacceptable", arguments.ltpd),
        ("audit-producer-risk", arguments.producer_risk),
        ("audit-consumer-risk", arguments.consumer_risk),
    ];
    settings.extend(shares.into_iter().filter_map(|(name, share)| Some((name.to_owned(), format!("{:?}", share?)))));
    if arguments.plan {
        return commands::simulate_plan(&PlanRequest {
            population: arguments.population,
            defective: arguments.defective,
            sample: arguments.sample,
            accept: arguments.accept,
            settings,
            definitions: arguments.definitions,
            audits: arguments.audits,
            seed: arguments.seed,
            json: arguments.json,
        });
    }
    let counts = [("audit-sample", arguments.sample), ("audit-corrections", arguments.corrections)];
    settings.extend(counts.into_iter().filter_map(|(name, count)| Some((name.to_owned(), count?.to_string()))));
    let audited = match arguments.scale {
        Some(scale) => Audited::Invented {
            scale: scale.into(),
            persons: arguments.persons,
            townships: arguments.townships,
            errors: arguments.error_model,
        },
        None => Audited::Papers(arguments.inputs),
    };
    commands::simulate(&SimulateRequest {
        audited,
        output: arguments.output,
        definitions: arguments.definitions,
        settings,
        audits: arguments.audits,
        design: arguments.design.into(),
        seed: arguments.seed,
        show_identities: arguments.show_identities,
        quiet: arguments.quiet,
        json: arguments.json,
    })
}
