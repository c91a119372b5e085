//! The words of the command line → requests.

use crate::commands::{self, CheckRequest, Exit, FailOn, GenerateRequest, LinkRequest};
use crate::definitions::Severity;
use crate::simulate::{Generation, Township};
use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};
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
    Check {
        /// 要查的文件夹或文件
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// 结果放在哪个文件夹
        #[arg(short, long, default_value = "自查结果")]
        output: PathBuf,
        /// 自己的定义文件夹（indicators、datasets、reports），逐个文件盖过内置的
        #[arg(long)]
        definitions: Option<PathBuf>,
        /// 改一项设定，例如 --set reference-date=2020-08-31；可写多次
        #[arg(long = "set", value_parser = setting)]
        settings: Vec<(String, String)>,
        /// 在流转的报告里也显示姓名和证件号码
        #[arg(long)]
        show_identities: bool,
        /// 从哪一级问题起退出码为 1
        #[arg(long, value_enum, default_value = "error")]
        fail_on: FailLevel,
        /// 不显示进度和结果
        #[arg(short, long)]
        quiet: bool,
        /// 在屏幕上输出 summary.json 的内容
        #[arg(long)]
        json: bool,
    },
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
    /// 虚构一个乡镇的表格，用来练习和检验
    Generate {
        /// 放在哪个空文件夹
        #[arg(short, long)]
        output: PathBuf,
        /// 随机种子：同样的种子得到同样的文件
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// 登记人口大约多少人
        #[arg(long, default_value_t = 1200)]
        persons: usize,
        /// 不埋问题
        #[arg(long)]
        clean: bool,
        /// 登记表用新代码还是旧代码（2014—2017年）
        #[arg(long, value_enum, default_value = "new")]
        register: RegisterCodes,
    },
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
    match Cli::parse().command {
        Command::Check { inputs, output, definitions, settings, show_identities, fail_on, quiet, json } => {
            let fail_on = match fail_on {
                FailLevel::Error => FailOn::At(Severity::Error),
                FailLevel::Warning => FailOn::At(Severity::Warning),
                FailLevel::Info => FailOn::At(Severity::Info),
                FailLevel::Never => FailOn::Never,
            };
            commands::check(&CheckRequest {
                inputs,
                output,
                definitions,
                settings,
                show_identities,
                fail_on,
                quiet,
                json,
            })
        }
        Command::Inspect { inputs, definitions } => commands::inspect(&inputs, definitions.as_deref()),
        Command::Explain { rule, date, region, definitions } if rule.as_deref() == Some("policies") => {
            commands::explain_policies(date.as_deref(), region.as_deref(), definitions.as_deref())
        }
        Command::Explain { rule, definitions, .. } => commands::explain(rule.as_deref(), definitions.as_deref()),
        Command::Link { left, right, output, definitions } => {
            commands::link(&LinkRequest { left, right, output, definitions })
        }
        Command::Generate { output, seed, persons, clean, register } => {
            let generation = match register {
                RegisterCodes::Old => Generation::Old,
                RegisterCodes::New => Generation::New,
            };
            commands::generate(&GenerateRequest { output, township: Township { seed, persons, clean, generation } })
        }
    }
}
