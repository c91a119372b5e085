//! `zicha explain`: a rule's page, made from its file; without a name, the index (also `indicators/README.md`).

use super::Exit;
use crate::definitions::{Benefit, Definitions, PolicyText, Project, Rule, Severity, term_name};
use anyhow::{Result, bail};
use std::fmt::Write;
use std::path::Path;

/// Prints one rule's page, or the index.
///
/// # Errors
/// When there is no such rule, or definitions have problems.
pub fn explain(rule: Option<&str>, overlay: Option<&Path>) -> Result<Exit> {
    let definitions = Definitions::load(overlay, &Project::default())?;
    let Some(name) = rule else {
        print!("{}", index_page(&definitions)?);
        return Ok(Exit::Clean);
    };
    let found = definitions.rules.iter().find(|rule| rule.id == name);
    let Some(rule) = found else {
        let short = name.rsplit('/').next().unwrap_or(name);
        let near: Vec<&str> =
            definitions.rules.iter().filter(|rule| rule.id.contains(short)).map(|rule| rule.id.as_str()).collect();
        let hint = if near.is_empty() {
            "不带名字运行 zicha explain 可看全部规则。".to_owned()
        } else {
            format!("是不是：{}？", near.join("、"))
        };
        bail!("没有「{name}」这条规则。{hint}");
    };
    print!("{}", rule_page(rule, &definitions)?);
    Ok(Exit::Clean)
}

/// Prints the aid policies in force for a region in the term of a date.
///
/// # Errors
/// When definitions or the date have problems.
pub fn explain_policies(date: Option<&str>, region: Option<&str>, overlay: Option<&Path>) -> Result<Exit> {
    let mut project = Project { origin: "--date 或 --region".to_owned(), ..Project::default() };
    for (name, value) in [("reference-date", date), ("region", region)] {
        if let Some(value) = value {
            project.settings.insert(name.to_owned(), toml::Value::String(value.to_owned()));
        }
    }
    let definitions = Definitions::load(overlay, &project)?;
    print!("{}", policies_page(&definitions)?);
    Ok(Exit::Clean)
}

/// The policies in force at the reference date, as Markdown.
fn policies_page(definitions: &Definitions) -> Result<String> {
    let settings = &definitions.settings;
    let (term, region) = (settings.current_term(), settings.text("region"));
    let mut out = String::new();
    let mut files: Vec<&str> = Vec::new();
    for benefit in &definitions.benefits {
        if !files.contains(&benefit.region.as_str()) {
            files.push(&benefit.region);
        }
    }
    writeln!(out, "# 资助政策：{region}，{}\n", term_name(term))?;
    writeln!(
        out,
        "基准日 {}。取自 {}；「假定」是没有查到出处、由本程序假定的，可在 indicators/policies/aid/ 里改。\n",
        settings.text("reference-date"),
        files.join("、")
    )?;
    if !files.contains(&region.as_str()) {
        writeln!(out, "「{region}」没有自己的政策文件，用的是上一级的。\n")?;
    }
    writeln!(
        out,
        "| A18 | 政策 | 学段 | 谁 | 标准（元） | 起止学期 | 怎样享受 | 谁发 | 文件 | 出处 |\n|---|---|---|---|---|---|---|---|---|---|"
    )?;
    let mut rows: Vec<&Benefit> =
        definitions.benefits.iter().filter(|benefit| benefit.term_from <= term && term <= benefit.term_to).collect();
    rows.sort_by(|a, b| a.item.cmp(&b.item));
    for benefit in rows {
        let text = PolicyText::new(benefit);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {}{} |",
            benefit.item,
            benefit.title,
            text.stages,
            text.who,
            text.amount,
            text.terms,
            text.how,
            benefit.paid_by,
            benefit.region,
            benefit.source,
            if benefit.assumption { "（假定）" } else { "" }
        )?;
    }
    Ok(out)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "错误",
        Severity::Warning => "提醒",
        Severity::Info => "说明",
    }
}

fn rule_page(rule: &Rule, definitions: &Definitions) -> Result<String> {
    let mut out = String::new();
    writeln!(out, "{}　{}\n", rule.id, rule.title)?;
    writeln!(out, "程度：{}{}", severity(rule.severity), if rule.red_line { "，红线（碰到即未就绪）" } else { "" })?;
    writeln!(out, "说的是：{}", rule.message)?;
    writeln!(out, "查什么：{}", rule.check)?;
    writeln!(out, "依据：{}{}", rule.source, if rule.assumption { "（含本程序的假定）" } else { "" })?;
    let view = definitions.views.get(&rule.view).map_or("", |view| view.title.as_str());
    writeln!(out, "看的表：{}　{view}", rule.view)?;
    writeln!(out, "条件：\n  {}", rule.when.trim().replace('\n', "\n  "))?;
    for (name, limit) in &rule.limits {
        writeln!(out, "界限：{name} = {limit}")?;
    }
    for example in &rule.examples {
        let row: Vec<String> = example.row.iter().map(|(name, value)| format!("{name}={value}")).collect();
        writeln!(
            out,
            "例子：{}　{}",
            if example.fires { "报告　" } else { "不报告" },
            if row.is_empty() { "（全空）".to_owned() } else { row.join("，") }
        )?;
    }
    writeln!(out, "文件：{}", rule.path)?;
    Ok(out)
}

/// All rules by indicator, as Markdown.
///
/// # Errors
/// Never in practice; writing to a text is fallible by type.
pub fn index_page(definitions: &Definitions) -> Result<String> {
    let mut out = String::from(
        "# 指标和规则\n\n由规则文件生成：`ZICHA_UPDATE=1 cargo test` 重写本页。一条规则一个文件，路径就是它的名字；`zicha explain 名字` 看全文。\n",
    );
    for indicator in &definitions.indicators {
        let rules: Vec<&Rule> = definitions.rules_of(&indicator.name).collect();
        writeln!(out, "\n## {}\n\n{}\n", indicator.title, indicator.description)?;
        if rules.is_empty() {
            writeln!(out, "还没有规则。")?;
            continue;
        }
        writeln!(out, "| 规则 | 程度 | 问题 | 查什么 | 依据 |\n|---|---|---|---|---|")?;
        for rule in rules {
            let red = if rule.red_line { "，红线" } else { "" };
            let assumption = if rule.assumption { "（含本程序的假定）" } else { "" };
            writeln!(
                out,
                "| `{}` | {}{red} | {} | {} | {}{assumption} |",
                rule.id,
                severity(rule.severity),
                rule.title,
                rule.check,
                rule.source
            )?;
        }
    }
    Ok(out)
}
