//! Aid policies (`indicators/policies/aid/*.toml`): which stage has which item, from which term, for whom, how much.
//!
//! A region is a path such as `陕西/宝鸡`: the national file comes first, then each part's file, which says only what differs.

use super::codes::{Attribute, CodeList};
use super::library::Library;
use super::problem::{Problem, Problems};
use super::settings::Settings;
use super::toml_file::parse;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

const FOLDER: &str = "indicators/policies/aid";
/// The policies that hold everywhere.
const NATION: &str = "全国";

/// One policy as its files say it; a regional file leaves out what does not differ.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawBenefit {
    aid: Option<String>,
    title: Option<String>,
    stages: Option<Vec<String>>,
    who: Option<Vec<Who>>,
    boarding: Option<String>,
    grade_from: Option<i64>,
    grade_to: Option<i64>,
    from: Option<i64>,
    to: Option<i64>,
    amount: Option<Vec<f64>>,
    per: Option<Per>,
    at_most: Option<bool>,
    universal: Option<bool>,
    certain: Option<bool>,
    due: Option<bool>,
    applied: Option<bool>,
    carried: Option<bool>,
    paid_by: Option<String>,
    source: Option<String>,
    assumption: Option<bool>,
    #[serde(default)]
    withdrawn: bool,
}

/// Whom a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Who {
    #[serde(rename = "全体")]
    All,
    #[serde(rename = "登记户")]
    Registered,
    /// Households that left poverty in 2016 or later, or have not.
    #[serde(rename = "16脱贫以来")]
    Recent,
    #[serde(rename = "残疾")]
    Disabled,
    #[serde(rename = "低保")]
    LowIncome,
}

impl Who {
    /// As the files write it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "全体",
            Self::Registered => "登记户",
            Self::Recent => "16脱贫以来",
            Self::Disabled => "残疾",
            Self::LowIncome => "低保",
        }
    }
}

/// What an amount is for; a school year has two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Per {
    #[default]
    #[serde(rename = "学年")]
    Year,
    #[serde(rename = "学期")]
    Term,
    #[serde(rename = "天")]
    Day,
}

impl Per {
    /// As the files write it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Year => "学年",
            Self::Term => "学期",
            Self::Day => "天",
        }
    }
}

/// One policy in force for a region.
#[derive(Debug, Clone)]
pub struct Benefit {
    /// Its name in the files.
    pub id: String,
    /// A code of `aid_item`.
    pub aid: String,
    /// The A18 code that the item stands for.
    pub item: String,
    pub title: String,
    pub stages: Vec<String>,
    /// Any of them.
    pub who: Vec<Who>,
    /// A code of `boarding`, or empty for both.
    pub boarding: String,
    /// Grades within the stage; 0 for no limit.
    pub grade_from: i64,
    pub grade_to: i64,
    /// First and last term: start year × 10 + 1 or 2.
    pub term_from: i64,
    pub term_to: i64,
    /// Yuan; several where schools or pupils are graded.
    pub amounts: Vec<f64>,
    pub per: Per,
    /// The amount is a ceiling.
    pub at_most: bool,
    /// Given to everybody of the stage: selecting it is never overstating.
    pub universal: bool,
    /// Follows from being enrolled, so that A18 figures count it without a payment.
    pub certain: bool,
    /// Must be paid each term without being applied for.
    pub due: bool,
    /// Given only on application; never judged without the list that could prove it.
    pub applied: bool,
    /// Presumed of those who have gone on to a higher stage or left school.
    pub carried: bool,
    pub paid_by: String,
    /// The file that said it last.
    pub region: String,
    pub source: String,
    pub assumption: bool,
}

/// The policies in force for the region of the settings, in the order of the files.
pub fn load(
    library: &Library,
    settings: &Settings,
    codes: &IndexMap<String, CodeList>,
    problems: &mut Problems,
) -> Vec<Benefit> {
    let mut merged: IndexMap<String, (RawBenefit, String, String)> = IndexMap::new();
    for (path, region) in files(library, &settings.text("region")) {
        let Some(parsed) = parse::<IndexMap<String, RawBenefit>>(library, &path, problems) else { continue };
        for (id, raw) in parsed.value {
            match merged.get_mut(&id) {
                Some((known, from, file)) => {
                    over(known, raw);
                    from.clone_from(&region);
                    file.clone_from(&path);
                }
                None => {
                    merged.insert(id, (raw, region.clone(), path.clone()));
                }
            }
        }
    }
    let mut benefits = Vec::new();
    for (id, (raw, region, path)) in merged {
        if raw.withdrawn {
            continue;
        }
        match complete(id, raw, region, codes) {
            Ok(benefit) => benefits.push(benefit),
            Err(message) => {
                problems.add(
                    Problem::new(&path, &message).hint("每个键的意思见 indicators/policies/aid/全国.toml 的开头。"),
                );
            }
        }
    }
    benefits
}

/// The files of a region, the widest first: path and region.
fn files(library: &Library, region: &str) -> Vec<(String, String)> {
    let known = library.list(FOLDER, ".toml");
    let mut names = vec![NATION.to_owned()];
    let mut whole = String::new();
    for part in region.split('/').filter(|part| !part.is_empty() && *part != NATION) {
        whole = if whole.is_empty() { part.to_owned() } else { format!("{whole}/{part}") };
        names.push(whole.clone());
    }
    names
        .into_iter()
        .map(|name| (format!("{FOLDER}/{name}.toml"), name))
        .filter(|(path, _)| known.contains(path))
        .collect()
}

/// What a regional file says takes the place of what is known.
fn over(known: &mut RawBenefit, raw: RawBenefit) {
    macro_rules! take {
        ($($field:ident),*) => { $( if raw.$field.is_some() { known.$field = raw.$field; } )* };
    }
    take!(
        aid, title, stages, who, boarding, grade_from, grade_to, from, to, amount, per, at_most, universal, certain,
        due, applied, carried, paid_by, source, assumption
    );
    known.withdrawn = raw.withdrawn;
}

fn complete(
    id: String,
    raw: RawBenefit,
    region: String,
    codes: &IndexMap<String, CodeList>,
) -> Result<Benefit, String> {
    let missing = |key: &str| format!("资助政策「{id}」没有写 {key}。");
    let aid = raw.aid.ok_or_else(|| missing("aid"))?;
    let known = |list: &str, code: &str| codes.get(list)?.codes.iter().find(|known| known.code == code);
    let item = known("aid_item", &aid)
        .and_then(|code| code.attributes.iter().find(|(name, _)| name == "a18"))
        .and_then(|(_, value)| match value {
            Attribute::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        })
        .ok_or_else(|| format!("资助政策「{id}」的 aid「{aid}」不是资助项目代码，或不计入 A18。"))?;
    let stages = raw.stages.ok_or_else(|| missing("stages"))?;
    if let Some(stage) = stages.iter().find(|stage| known("stage", stage).is_none()) {
        return Err(format!("资助政策「{id}」的学段「{stage}」不在学段代码里。"));
    }
    let boarding = raw.boarding.unwrap_or_default();
    if !boarding.is_empty() && known("boarding", &boarding).is_none() {
        return Err(format!("资助政策「{id}」的 boarding「{boarding}」不在就读方式代码里。"));
    }
    Ok(Benefit {
        title: raw.title.ok_or_else(|| missing("title"))?,
        who: raw.who.ok_or_else(|| missing("who"))?,
        term_from: raw.from.ok_or_else(|| missing("from"))?,
        term_to: raw.to.ok_or_else(|| missing("to"))?,
        amounts: raw.amount.ok_or_else(|| missing("amount"))?,
        source: raw.source.ok_or_else(|| missing("source"))?,
        assumption: raw.assumption.ok_or_else(|| missing("assumption"))?,
        paid_by: raw.paid_by.ok_or_else(|| missing("paid-by"))?,
        grade_from: raw.grade_from.unwrap_or_default(),
        grade_to: raw.grade_to.unwrap_or_default(),
        per: raw.per.unwrap_or_default(),
        at_most: raw.at_most.unwrap_or_default(),
        universal: raw.universal.unwrap_or_default(),
        certain: raw.certain.unwrap_or_default(),
        due: raw.due.unwrap_or_default(),
        applied: raw.applied.unwrap_or_default(),
        carried: raw.carried.unwrap_or_default(),
        id,
        aid,
        item,
        stages,
        boarding,
        region,
    })
}

/// A policy in the words of people.
#[derive(Debug, Clone, Serialize)]
pub struct PolicyText {
    pub stages: String,
    pub who: String,
    pub amount: String,
    pub terms: String,
    pub how: String,
}

impl PolicyText {
    #[must_use]
    pub fn new(benefit: &Benefit) -> Self {
        let grades = match (benefit.grade_from, benefit.grade_to) {
            (0, 0) => String::new(),
            (from, 0) => format!("（{from}年级起）"),
            (from, to) => format!("（{}—{to}年级）", from.max(1)),
        };
        let boarding = if benefit.boarding.is_empty() { String::new() } else { format!("，{}", benefit.boarding) };
        let who: Vec<&str> = benefit.who.iter().map(|who| who.label()).collect();
        let amounts: Vec<String> = benefit.amounts.iter().map(f64::to_string).collect();
        let amount = match amounts.as_slice() {
            [] => "—".to_owned(),
            list => format!("{}{}/{}", if benefit.at_most { "最高" } else { "" }, list.join("、"), benefit.per.label()),
        };
        let mut how = Vec::new();
        for (flag, words) in [
            (benefit.universal, "普遍享受"),
            (benefit.applied, "申请才有"),
            (benefit.due, "应逐学期发放"),
            (benefit.certain, "凭在读即计入A18"),
        ] {
            if flag {
                how.push(words);
            }
        }
        let until =
            if benefit.term_to / 10 > 2900 { "起".to_owned() } else { format!("至{}", term_name(benefit.term_to)) };
        Self {
            stages: format!("{}{grades}{boarding}", benefit.stages.join("、")),
            who: who.join("、"),
            amount,
            terms: format!("{}{until}", term_name(benefit.term_from)),
            how: how.join("，"),
        }
    }
}

/// `2019—2020学年第二学期` for 20192.
#[must_use]
pub fn term_name(term: i64) -> String {
    let year = term / 10;
    format!("{year}—{}学年第{}学期", year + 1, if term % 10 == 1 { "一" } else { "二" })
}
