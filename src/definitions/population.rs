//! The model of an invented population (`indicators/policies/population.toml`), and the published figures that it is held against.

use super::library::Library;
use super::problem::{Problem, Problems};
use super::toml_file::parse;
use serde::Deserialize;

const PATH: &str = "indicators/policies/population.toml";

/// The model.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PopulationModel {
    pub title: String,
    pub source: String,
    pub assumption: bool,
    pub persons_per_township: usize,
    pub townships_per_county: usize,
    pub counties_per_province: usize,
    pub township_persons: usize,
    pub county_persons: usize,
    pub province_persons: usize,
    pub nation_persons: usize,
    /// Unregistered persons for each registered one.
    pub unregistered: f64,
    /// Registered persons who share one round of defects.
    pub persons_per_round: usize,
    pub published: Vec<Published>,
    pub household: Vec<HouseholdKind>,
    pub study: StudyShares,
    pub absence: AbsenceShares,
    pub aid: AidShares,
    pub errors: Vec<ErrorModel>,
}

/// A published figure, and how far an invented population may be from it, in its unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub name: String,
    pub title: String,
    pub value: f64,
    pub within: f64,
    pub source: String,
    /// That it holds for registered households is ours.
    pub assumption: bool,
}

/// One kind of household; ages in years, both ends included.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdKind {
    pub name: String,
    pub share: f64,
    pub head: [i32; 2],
    pub spouse: f64,
    /// Weights of 0, 1, 2 … children.
    pub children: Vec<f64>,
    /// The head's age at the first child.
    pub first: [i32; 2],
    pub gap: [i32; 2],
    /// From this age on half of the children have a household of their own.
    pub leave: i32,
    /// Weights of 0, 1, 2 parents.
    pub parents: Vec<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyShares {
    pub kindergarten: f64,
    pub senior: f64,
    pub vocational: f64,
    pub university: f64,
    pub college: f64,
    pub onward: f64,
    pub outside: f64,
    pub boarding: f64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AbsenceShares {
    pub home_teaching: f64,
    pub leave: f64,
    pub body: f64,
    pub deferred: f64,
    pub graduated: f64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AidShares {
    pub early_grant: f64,
    pub grant: f64,
    pub loan: f64,
    pub rain: f64,
}

/// How carelessly papers are kept: rounds of defects for every [`PopulationModel::persons_per_round`] persons.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ErrorModel {
    pub name: String,
    pub title: String,
    pub rounds: f64,
    /// Further rounds at one school.
    pub bad_rounds: f64,
}

impl PopulationModel {
    /// An error model by its name.
    #[must_use]
    pub fn errors(&self, name: &str) -> Option<&ErrorModel> {
        self.errors.iter().find(|model| model.name == name)
    }
}

/// Loads the file; shares must be shares, and every kind of household must be possible.
pub fn load(library: &Library, problems: &mut Problems) -> PopulationModel {
    let Some(parsed) = parse::<PopulationModel>(library, PATH, problems) else { return PopulationModel::default() };
    let model = parsed.value;
    let mut complain = |message: String| problems.add(Problem::new(PATH, &message));
    let (study, absence, aid) = (&model.study, &model.absence, &model.aid);
    let shares = [
        study.kindergarten,
        study.senior + study.vocational,
        study.university + study.college,
        study.onward,
        study.outside,
        study.boarding,
        absence.home_teaching + absence.leave + absence.body,
        absence.deferred,
        absence.graduated,
        aid.early_grant,
        aid.grant,
        aid.loan,
        aid.rain,
    ];
    if shares.iter().any(|share| !(0.0..=1.0).contains(share)) {
        complain("上学、不在校、资助的比例（和要相加的几项之和）应在 0 和 1 之间。".to_owned());
    }
    if model.persons_per_township == 0 || model.persons_per_round == 0 || model.townships_per_county == 0 {
        complain("每个乡镇、每一轮问题的人数和每县的乡镇数应大于 0。".to_owned());
    }
    for kind in &model.household {
        let ranges = [kind.head, kind.first, kind.gap];
        let weights =
            |weights: &[f64]| weights.iter().all(|weight| *weight >= 0.0) && weights.iter().sum::<f64>() > 0.0;
        let fits = ranges.iter().all(|range| range[0] <= range[1])
            && kind.gap[0] >= 1
            && (0.0..=1.0).contains(&kind.spouse)
            && kind.share >= 0.0
            && weights(&kind.children)
            && weights(&kind.parents);
        if !fits {
            complain(format!("户的类型「{}」写得不对：年龄先小后大，间隔至少1岁，权重不能全为0。", kind.name));
        }
    }
    if model.household.iter().map(|kind| kind.share).sum::<f64>() <= 0.0 {
        complain("至少要有一种户的 share 大于 0。".to_owned());
    }
    model
}
