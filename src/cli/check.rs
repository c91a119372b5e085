//! The words of `zicha check` and `zicha merge`.

use super::{FailLevel, setting};
use crate::commands::{CheckRequest, FailOn, MergeRequest, memory_size};
use crate::definitions::Severity;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// 要查的文件夹或文件
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// 结果放在哪个文件夹
    #[arg(short, long, default_value = "自查结果")]
    output: PathBuf,
    /// 另给每所学校一个工作簿（学校包），只有本校的问题，填好交回可读回合并
    #[arg(long)]
    packages: bool,
    /// 另存合并用的数据：几部分分开查，再用 zicha merge 合起来
    #[arg(long)]
    part: bool,
    #[command(flatten)]
    how: How,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// 各部分的结果文件夹
    #[arg(required = true)]
    parts: Vec<PathBuf>,
    /// 合成的结果放在哪个文件夹
    #[arg(short, long, default_value = "合并结果")]
    output: PathBuf,
    #[command(flatten)]
    how: How,
}

/// What both ask for.
#[derive(Debug, Args)]
struct How {
    /// 自己的定义文件夹（indicators、datasets、reports），逐个文件盖过内置的
    #[arg(long)]
    definitions: Option<PathBuf>,
    /// 改一项设定，例如 --set reference-date=2020-08-31；可写多次
    #[arg(long = "set", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// 在流转的报告里也显示姓名和证件号码
    #[arg(long)]
    show_identities: bool,
    /// 最多用多少内存，例如 4GiB；放不下的先按地区放到磁盘上
    #[arg(long, value_parser = memory_size)]
    memory: Option<u64>,
    /// 从哪一级问题起退出码为 1
    #[arg(long, value_enum, default_value = "error")]
    fail_on: FailLevel,
    /// 不显示进度和结果
    #[arg(short, long)]
    quiet: bool,
    /// 显示每一步用了多少时间、多少内存
    #[arg(long)]
    timings: bool,
    /// 在屏幕上输出 summary.json 的内容
    #[arg(long)]
    json: bool,
}

impl How {
    fn request(self, inputs: Vec<PathBuf>, output: PathBuf) -> CheckRequest {
        CheckRequest {
            inputs,
            output,
            definitions: self.definitions,
            settings: self.settings,
            show_identities: self.show_identities,
            packages: false,
            part: false,
            memory: self.memory,
            fail_on: match self.fail_on {
                FailLevel::Error => FailOn::At(Severity::Error),
                FailLevel::Warning => FailOn::At(Severity::Warning),
                FailLevel::Info => FailOn::At(Severity::Info),
                FailLevel::Never => FailOn::Never,
            },
            quiet: self.quiet,
            timings: self.timings,
            json: self.json,
        }
    }
}

impl From<CheckArgs> for CheckRequest {
    fn from(args: CheckArgs) -> Self {
        Self { packages: args.packages, part: args.part, ..args.how.request(args.inputs, args.output) }
    }
}

impl From<MergeArgs> for MergeRequest {
    fn from(args: MergeArgs) -> Self {
        Self { parts: args.parts, check: args.how.request(Vec::new(), args.output) }
    }
}
