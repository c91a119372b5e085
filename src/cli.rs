//! The words of the command line → requests.

mod check;
mod simulate;

use crate::commands::{self, CompareRequest, Exit, GenerateRequest, LinkRequest};
use crate::simulate::{FileKind, Generation, Scale};
use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// zicha 自查：普查入户前，看学校的材料和建档立卡登记哪里对不上。
#[derive(Debug, Parser)]
#[command(name = "zicha", version, about, long_about = None, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 核对文件夹里的表格，写出报告、台账、汇总和图
    Check(Box<check::CheckArgs>),
    /// 把分开查的几部分（zicha check --part 的结果）合成一份，与一起查的一样
    Merge(Box<check::MergeArgs>),
    /// 看每张表被认作什么、每列是什么意思
    Inspect {
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        #[arg(long)]
        definitions: Option<PathBuf>,
    },
    /// 看一条规则的说明；不写名字则列出全部规则；写 policies 则列出资助政策
    Explain {
        rule: Option<String>,
        /// 资助政策看哪一天（默认是基准日）
        #[arg(long)]
        date: Option<String>,
        /// 资助政策看哪个地区，例如 陕西/宝鸡
        #[arg(long)]
        region: Option<String>,
        #[arg(long)]
        definitions: Option<PathBuf>,
    },
    /// 看两份名单里哪些行是同一个人（号码写错、缺号、名字写错也认）
    Link {
        /// 第一份名单：文件或文件夹
        left: PathBuf,
        /// 第二份名单
        right: PathBuf,
        /// 结果写到哪个 CSV 文件
        #[arg(short, long, default_value = "认人结果.csv")]
        output: PathBuf,
        #[arg(long)]
        definitions: Option<PathBuf>,
    },
    /// 从材料填出通知要的表：四张统计表、区外就读资助表，各校一份
    Forms {
        /// 材料所在的文件夹或文件
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// 填好的表放在哪个文件夹
        #[arg(short, long, default_value = "填好的表")]
        output: PathBuf,
        #[arg(long)]
        definitions: Option<PathBuf>,
        /// 改一项设定，例如 --set reference-date=2020-08-31；可写多次
        #[arg(long = "set", value_parser = setting)]
        settings: Vec<(String, String)>,
        /// 一口清等工作用的材料上也显示完整的证件号码
        #[arg(long)]
        show_identities: bool,
        /// 自查结果的文件夹：台账里填的去向认定也算
        #[arg(long)]
        result: Option<PathBuf>,
        /// 不显示进度和结果
        #[arg(short, long)]
        quiet: bool,
    },
    /// 写出空表：有下拉、有输入检查，填好放进材料文件夹就读得回
    Template {
        /// 空表放在哪个文件夹
        #[arg(short, long, default_value = "空表")]
        output: PathBuf,
        /// 填报单位写哪所学校
        #[arg(long)]
        school: Option<String>,
        #[arg(long)]
        definitions: Option<PathBuf>,
    },
    /// 写出关联好的表（Parquet）和各视图、各规则的 SQL，供别的引擎运行
    Export {
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// 放在哪个文件夹
        #[arg(short, long, default_value = "导出")]
        output: PathBuf,
        #[arg(long)]
        definitions: Option<PathBuf>,
        #[arg(short, long)]
        quiet: bool,
    },
    /// 比较几次自查的结果：改好了多少，还有什么，新出现什么
    Compare {
        /// 结果文件夹，旧的在前
        #[arg(required = true, num_args = 2..)]
        results: Vec<PathBuf>,
        /// 比较的结果放在哪个文件夹
        #[arg(short, long, default_value = "整改进展")]
        output: PathBuf,
        #[arg(long)]
        definitions: Option<PathBuf>,
        /// 不显示结果
        #[arg(short, long)]
        quiet: bool,
    },
    /// 虚构乡镇、县、省或全国的表格，用来练习和检验
    Generate {
        /// 放在哪个空文件夹
        #[arg(short, long)]
        output: PathBuf,
        /// 多大：乡镇、县、省、全国
        #[arg(long, value_enum, default_value = "township")]
        scale: ScaleName,
        /// 随机种子：同样的种子得到同样的文件
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// 登记人口大约多少人（默认按 --scale）
        #[arg(long)]
        persons: Option<usize>,
        /// 分成多少个乡镇（默认按人数）
        #[arg(long)]
        townships: Option<usize>,
        /// 出错的样子：clean 没有问题、typical 一般、careless 马虎、one-bad-school 一所学校特别差
        #[arg(long, default_value = "typical")]
        error_model: String,
        /// 不埋问题，同 --error-model clean
        #[arg(long, conflicts_with = "error_model")]
        clean: bool,
        /// 文件的样子：xlsx 办公室的各种表，csv、parquet 一类表一个大文件（默认省、全国用 parquet，其余用 xlsx）
        #[arg(long, value_enum)]
        format: Option<FormatName>,
        /// 登记表用新代码还是旧代码（2014—2017年）
        #[arg(long, value_enum, default_value = "new")]
        register: RegisterCodes,
        /// 资助台账写最近多少个学期（2014年春季以来共13个）
        #[arg(long, default_value_t = 13, value_parser = clap::value_parser!(u8).range(1..=13))]
        terms: u8,
        #[arg(long)]
        definitions: Option<PathBuf>,
    },
    /// 模拟普查入户和事后抽查：过得了吗，先改什么
    Simulate(Box<simulate::SimulateArgs>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScaleName {
    Township,
    County,
    Province,
    Nation,
}

impl From<ScaleName> for Scale {
    fn from(name: ScaleName) -> Self {
        match name {
            ScaleName::Township => Self::Township,
            ScaleName::County => Self::County,
            ScaleName::Province => Self::Province,
            ScaleName::Nation => Self::Nation,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatName {
    Xlsx,
    Csv,
    Parquet,
}

impl From<FormatName> for FileKind {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Xlsx => Self::Papers,
            FormatName::Csv => Self::Csv,
            FormatName::Parquet => Self::Parquet,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailLevel {
    Error,
    Warning,
    Info,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RegisterCodes {
    Old,
    New,
}

fn setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "要写成 名字=值".to_owned())
}

/// Parses the command line and runs the command.
///
/// # Errors
/// When the command could not run.
pub fn run() -> Result<Exit> {
    let words: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    if words.is_empty() {
        return Ok(commands::started_alone());
    }
    let command = Cli::command();
    let known: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    if commands::only_paths(&words, &known) {
        return commands::dropped(words.into_iter().map(PathBuf::from).collect());
    }
    match Cli::parse().command {
        Command::Check(args) => commands::check(&(*args).into()),
        Command::Merge(args) => commands::merge(&(*args).into()),
        Command::Inspect { inputs, definitions } => commands::inspect(&inputs, definitions.as_deref()),
        Command::Explain { rule, date, region, definitions } if rule.as_deref() == Some("policies") => {
            commands::explain_policies(date.as_deref(), region.as_deref(), definitions.as_deref())
        }
        Command::Explain { rule, definitions, .. } => commands::explain(rule.as_deref(), definitions.as_deref()),
        Command::Link { left, right, output, definitions } => {
            commands::link(&LinkRequest { left, right, output, definitions })
        }
        Command::Compare { results, output, definitions, quiet } => {
            commands::compare(&CompareRequest { results, output, definitions, quiet })
        }
        Command::Forms { inputs, output, definitions, settings, show_identities, result, quiet } => {
            commands::fill_forms(&commands::FormsRequest {
                inputs,
                output,
                definitions,
                settings,
                show_identities,
                result,
                quiet,
            })
        }
        Command::Export { inputs, output, definitions, quiet } => {
            commands::export(&inputs, &output, definitions.as_deref(), quiet)
        }
        Command::Template { output, school, definitions } => {
            commands::template(&output, school.as_deref(), definitions.as_deref())
        }
        Command::Generate {
            output,
            scale,
            seed,
            persons,
            townships,
            error_model,
            clean,
            format,
            register,
            terms,
            definitions,
        } => {
            let generation = match register {
                RegisterCodes::Old => Generation::Old,
                RegisterCodes::New => Generation::New,
            };
            commands::generate(&GenerateRequest {
                output,
                scale: scale.into(),
                seed,
                persons,
                townships,
                errors: if clean { "clean".to_owned() } else { error_model },
                generation,
                terms: usize::from(terms),
                kind: format.map(Into::into),
                definitions,
            })
        }
        Command::Simulate(arguments) => simulate::run(*arguments),
    }
}
