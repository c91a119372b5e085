//! Invented places: a township with its villages and schools, and the schools outside that its pupils go to.

use super::names::AREA;
use crate::definitions::PopulationModel;

/// Places of a school in [`Place::schools`].
pub const PRIMARIES: [usize; 3] = [0, 1, 2];
pub const JUNIOR: usize = 3;
pub const KINDERGARTEN: usize = 4;
/// The first of the schools outside, in the order of the stages.
const OUTSIDE: usize = 5;
/// The stages, from kindergarten up.
const STAGES: [&str; 7] = ["学前", "小学", "初中", "普高", "中职", "高职", "本科"];
/// Which primary school answers for each of the eight villages.
const ANSWERABLE: [usize; 8] = [0, 0, 1, 1, 0, 2, 2, 0];

/// Characters of which names of places are made.
const FIRST: [char; 32] = [
    '安', '柏', '长', '春', '东', '丰', '高', '谷', '海', '和', '红', '湖', '金', '兰', '梨', '柳', '龙', '梅', '南',
    '泉', '沙', '双', '松', '桃', '天', '望', '文', '西', '新', '杨', '云', '竹',
];
const SECOND: [char; 32] = [
    '坝', '坡', '川', '店', '渡', '沟', '关', '河', '湖', '集', '江', '桥', '岭', '林', '坪', '铺', '泉', '山', '滩',
    '潭', '塘', '湾', '坞', '溪', '崖', '源', '塬', '庄', '寨', '洲', '口', '台',
];
/// Stands before a name that comes again.
const AGAIN: [&str; 8] = ["", "上", "下", "前", "后", "新", "老", "大"];
/// Townships that share an area prefix: each has its own part of the numbers of a day.
const PER_AREA: usize = 200;
/// Numbers of one day and sex in a part.
const PER_DAY: u32 = 2;

/// One township.
#[derive(Debug, Clone)]
pub struct Place {
    pub province: String,
    pub city: String,
    pub county: String,
    pub township: String,
    pub villages: Vec<String>,
    pub schools: Vec<String>,
    /// The first six digits of the people's numbers.
    pub area: String,
    /// Which of the townships of its area it is.
    pub number: usize,
    /// The numbers of a day and sex that are its people's: the first, and how many.
    pub numbers: (u32, u32),
}

impl Place {
    /// The township of the sample, which has an area to itself.
    #[must_use]
    pub fn alone() -> Self {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            province: "陕西省".to_owned(),
            city: "虚构市".to_owned(),
            county: "渭新区".to_owned(),
            township: "永宁镇".to_owned(),
            villages: named(&["东坡村", "西坡村", "柳林村", "石桥村", "清泉村", "南塬村", "北沟村", "杏花村"]),
            schools: [
                named(&["永宁镇中心小学", "柳林小学", "南塬小学", "永宁初级中学", "永宁镇中心幼儿园"]),
                outside("渭新区"),
            ]
            .concat(),
            area: AREA.to_owned(),
            number: 0,
            numbers: (5, 475),
        }
    }

    /// The nth of many townships, of which `per_county` make a county. Within a county no two townships, villages or schools have one name.
    #[must_use]
    pub fn nth(index: usize, per_county: usize, model: &PopulationModel) -> Self {
        let per_county = per_county.max(1);
        let (county, in_county) = (index / per_county, index % per_county);
        let province = county / model.counties_per_province.max(1);
        // Steps without a common factor go once through all pairs before one comes again, with another word before it.
        let pair = |number: usize| {
            let (again, number) = (number / 1024, number * 437 % 1024);
            format!("{}{}{}", AGAIN[again % AGAIN.len()], FIRST[number / 32], SECOND[number % 32])
        };
        let town = pair(in_county + county * 29 % 300 + 600);
        let county_name = if county == 0 { "渭新区".to_owned() } else { format!("{}县", pair(county + 300)) };
        let villages: Vec<String> =
            (0..8).map(|village| format!("{}村", pair(in_county * 8 + village + county * 11 % 900))).collect();
        let school_of = |village: usize| format!("{}小学", villages[village].trim_end_matches('村'));
        let mut schools = vec![
            format!("{town}镇中心小学"),
            format!("{town}镇{}", school_of(2)),
            format!("{town}镇{}", school_of(5)),
            format!("{town}初级中学"),
            format!("{town}镇中心幼儿园"),
        ];
        schools.extend(outside(&county_name));
        let (area, number) = (index / PER_AREA, index % PER_AREA);
        Self {
            province: if province == 0 { "陕西省".to_owned() } else { format!("虚构{province}省") },
            city: if county < 10 { "虚构市".to_owned() } else { format!("虚构{}市", county / 10 + 1) },
            county: county_name,
            township: format!("{town}镇"),
            villages,
            schools,
            // No province has the digits 69, so that nobody has such a number either.
            area: if area == 0 { AREA.to_owned() } else { format!("69{:04}", area) },
            number,
            numbers: (5 + PER_DAY * u32::try_from(number).unwrap_or_default(), PER_DAY),
        }
    }

    /// The primary school that answers for a village.
    #[must_use]
    pub fn primary_of(&self, village: usize) -> &str {
        &self.schools[ANSWERABLE[village % ANSWERABLE.len()]]
    }

    /// The school for a stage, here or outside.
    #[must_use]
    pub fn school(&self, stage: &str, village: usize, away: bool) -> &str {
        let school = match stage {
            "学前" if !away => KINDERGARTEN,
            "小学" if !away => ANSWERABLE[village % ANSWERABLE.len()],
            "初中" if !away => JUNIOR,
            _ => match STAGES.iter().position(|known| *known == stage) {
                Some(place) => OUTSIDE + place,
                None => return "",
            },
        };
        &self.schools[school]
    }
}

fn outside(county: &str) -> Vec<String> {
    let root = county.trim_end_matches(['区', '县']);
    vec![
        format!("{county}实验幼儿园"),
        format!("{county}实验小学"),
        format!("{county}第二初级中学"),
        format!("{county}高级中学"),
        format!("{county}职教中心"),
        format!("{root}职业技术学院"),
        format!("{root}大学"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn within_a_county_every_name_stands_once_and_numbers_never_meet() {
        let model = PopulationModel { counties_per_province: 38, ..PopulationModel::default() };
        let places: Vec<Place> = (0..300).map(|index| Place::nth(index, 300, &model)).collect();
        let distinct = |names: Vec<&String>| (names.iter().collect::<BTreeSet<_>>().len(), names.len());
        let (villages, all) = distinct(places.iter().flat_map(|place| &place.villages).collect());
        assert_eq!((villages, all), (2400, 2400));
        let (schools, all) = distinct(places.iter().flat_map(|place| &place.schools[..OUTSIDE]).collect());
        assert_eq!((schools, all), (1500, 1500));
        let parts: BTreeSet<(&String, u32)> = places.iter().map(|place| (&place.area, place.numbers.0)).collect();
        assert_eq!(parts.len(), 300, "每个乡镇的号码各是各的");
        assert!(places.iter().all(|place| place.numbers.0 + place.numbers.1 <= 480));
    }
}
