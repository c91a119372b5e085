//! Names: simplified characters, sounds, shapes; how alike two names are.
//!
//! Sounds come from the `pinyin` crate, with every reading of a character; shapes from the outlines of the embedded font;
//! simplified characters from OpenCC's table. Each character is worked out once.

use crate::definitions::Library;
use crate::standardise::text::person_name;
use ab_glyph::{Font, FontRef, PxScale, ScaleFont};
use indexmap::IndexMap;
use pinyin::ToPinyinMulti;
use std::sync::{OnceLock, RwLock};

const TABLE: &str = "datasets/characters/simplified.txt";
const FONT: &str = "reports/fonts/NotoSansCJKsc-Regular-GBK.otf";
/// Side of the grid on which shapes are compared.
const GRID: usize = 24;
/// How alike two names are; the order is that of the levels in `indicators/policies/linking.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameLevel {
    Same,
    Sound,
    Similar,
    Moved,
    One,
    Surname,
    Other,
}

/// A name taken apart.
#[derive(Debug, Clone, Default)]
pub struct Name {
    pub chars: Vec<char>,
    /// A number for each character's first sound, for blocking.
    pub sounds: Vec<u16>,
    letters: Vec<Letter>,
}

/// The readings of a character as numbers: as they are, and without what dialects confuse (zh and z, l and n, in and ing). 0 fills the rest.
#[derive(Debug, Clone, Copy, Default)]
struct Letter {
    exact: [u16; READINGS],
    near: [u16; READINGS],
}

/// Most characters have one reading, hardly any more than this many.
const READINGS: usize = 5;

/// What is known of characters.
pub struct Characters {
    /// Cosine of two shapes from which characters count as look-alikes.
    look_alike: f32,
    simplified: IndexMap<char, char>,
    font: Vec<u8>,
    letters: RwLock<IndexMap<char, Letter>>,
    shapes: RwLock<IndexMap<char, OnceLock<Option<Vec<f32>>>>>,
}

impl std::fmt::Debug for Characters {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Characters").field("simplified", &self.simplified.len()).finish_non_exhaustive()
    }
}

impl Characters {
    /// Reads the table and the font; without them names are compared by their characters and sounds alone.
    #[must_use]
    pub fn new(library: &Library, look_alike: f32) -> Self {
        let table = library.text(TABLE).unwrap_or_default();
        let pairs = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut letters = line.chars();
            Some((letters.next()?, letters.next()?))
        });
        Self {
            look_alike,
            simplified: pairs.collect(),
            font: library.bytes(FONT).map(std::borrow::Cow::into_owned).unwrap_or_default(),
            letters: RwLock::default(),
            shapes: RwLock::default(),
        }
    }

    /// Takes a name apart; blanks and the kinds of middle dot do not count.
    #[must_use]
    pub fn name(&self, text: &str) -> Name {
        let chars: Vec<char> =
            person_name(text).chars().map(|letter| self.simplified.get(&letter).copied().unwrap_or(letter)).collect();
        let letters: Vec<Letter> = chars.iter().map(|letter| self.letter(*letter)).collect();
        // The least reading stands for the character; one without any stands for itself.
        let sounds = chars
            .iter()
            .zip(&letters)
            .map(|(letter, known)| match known.exact.iter().filter(|sound| **sound != 0).min() {
                Some(sound) => *sound,
                None => u16::try_from(u32::from(*letter) % 65_521).unwrap_or_default(),
            })
            .collect();
        Name { chars, sounds, letters }
    }

    /// The readings of a character, worked out once.
    fn letter(&self, letter: char) -> Letter {
        if let Some(known) = self.letters.read().ok().and_then(|letters| letters.get(&letter).copied()) {
            return known;
        }
        let mut read = Letter::default();
        for (place, sound) in readings(letter).into_iter().take(READINGS).enumerate() {
            read.exact[place] = number(sound);
            read.near[place] = number(&without_dialect(sound));
        }
        if let Ok(mut letters) = self.letters.write() {
            letters.insert(letter, read);
        }
        read
    }

    /// How alike two names are.
    #[must_use]
    pub fn compare(&self, a: &Name, b: &Name) -> NameLevel {
        if a.chars == b.chars {
            return NameLevel::Same;
        }
        if a.chars.len() == b.chars.len() {
            let odd = || (0..a.chars.len()).filter(|place| a.chars[*place] != b.chars[*place]);
            if odd().all(|place| shares(&a.letters[place].exact, &b.letters[place].exact)) {
                return NameLevel::Sound;
            }
            let (place, more) = (odd().next().unwrap_or_default(), odd().nth(1).is_some());
            if !more
                && (shares(&a.letters[place].near, &b.letters[place].near)
                    || self.same_shape(a.chars[place], b.chars[place]))
            {
                return NameLevel::Similar;
            }
        }
        if moved(&a.chars, &b.chars) {
            return NameLevel::Moved;
        }
        let same_surname = a.chars.first() == b.chars.first();
        let differ = a.chars.iter().zip(&b.chars).filter(|(a, b)| a != b).count();
        match (a.chars.len() == b.chars.len(), differ) {
            (true, 1) if a.chars.len() > 2 || !same_surname => NameLevel::One,
            _ if same_surname => NameLevel::Surname,
            _ => NameLevel::Other,
        }
    }

    fn same_shape(&self, a: char, b: char) -> bool {
        self.draw(a);
        self.draw(b);
        let Ok(shapes) = self.shapes.read() else { return false };
        let shape = |letter| shapes.get(&letter).and_then(OnceLock::get).and_then(Option::as_ref);
        match (shape(a), shape(b)) {
            (Some(a), Some(b)) => a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>() >= self.look_alike,
            _ => false,
        }
    }

    /// Draws a character on the grid, once.
    fn draw(&self, letter: char) {
        if self.shapes.read().is_ok_and(|shapes| shapes.get(&letter).is_some_and(|cell| cell.get().is_some())) {
            return;
        }
        let shape = self.shape(letter);
        if let Ok(mut shapes) = self.shapes.write() {
            shapes.entry(letter).or_default().set(shape).ok();
        }
    }

    /// The character's ink on the grid, blurred a little, of length one.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positions on a grid of a few dozen"
    )]
    fn shape(&self, letter: char) -> Option<Vec<f32>> {
        let font = FontRef::try_from_slice(&self.font).ok()?;
        let scaled = font.as_scaled(PxScale::from((GRID - 4) as f32));
        let id = font.glyph_id(letter);
        if id.0 == 0 {
            return None;
        }
        let baseline = 1.0 + scaled.ascent();
        let outline = font.outline_glyph(id.with_scale_and_position(scaled.scale(), ab_glyph::point(2.0, baseline)))?;
        let bounds = outline.px_bounds();
        let mut ink = vec![0.0_f32; GRID * GRID];
        outline.draw(|x, y, cover| {
            let (x, y) = (bounds.min.x as i32 + x as i32, bounds.min.y as i32 + y as i32);
            if (0..GRID as i32).contains(&x) && (0..GRID as i32).contains(&y) {
                ink[y as usize * GRID + x as usize] += cover;
            }
        });
        let at = |x: i32, y: i32| {
            let inside = (0..GRID as i32).contains(&x) && (0..GRID as i32).contains(&y);
            if inside { ink[y as usize * GRID + x as usize] } else { 0.0 }
        };
        let mut soft: Vec<f32> = (0..(GRID * GRID) as i32)
            .map(|cell| {
                let (x, y) = (cell % GRID as i32, cell / GRID as i32);
                at(x, y) + 0.35 * (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1))
            })
            .collect();
        let length = soft.iter().map(|ink| ink * ink).sum::<f32>().sqrt();
        if length <= 0.0 {
            return None;
        }
        soft.iter_mut().for_each(|ink| *ink /= length);
        Some(soft)
    }
}

/// All readings of a character, without tones.
fn readings(letter: char) -> Vec<&'static str> {
    letter.to_pinyin_multi().map_or_else(Vec::new, |readings| readings.into_iter().map(|sound| sound.plain()).collect())
}

/// A number for a sound, never 0.
fn number(sound: &str) -> u16 {
    let folded = sound.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(131).wrapping_add(u32::from(byte)));
    u16::try_from(folded % 65_521).unwrap_or_default().max(1)
}

fn shares(a: &[u16; READINGS], b: &[u16; READINGS]) -> bool {
    a.iter().any(|sound| *sound != 0 && b.contains(sound))
}

/// A sound without what dialects confuse.
fn without_dialect(sound: &str) -> String {
    let sound = sound.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n");
    match sound.strip_prefix('l') {
        Some(rest) => format!("n{rest}"),
        None => sound,
    }
}

/// The same characters in another order, one left out, or a part of a name with `·`.
fn moved(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 2 {
        return false;
    }
    if short.len() == long.len() {
        let sorted = |chars: &[char]| {
            let mut chars = chars.to_vec();
            chars.sort_unstable();
            chars
        };
        return sorted(short) == sorted(long);
    }
    let dotted = long.contains(&'·') && (long.starts_with(short) || long.ends_with(short));
    let mut rest = long.iter();
    let inside = short.iter().all(|letter| rest.any(|other| other == letter));
    dotted || (long.len() == short.len() + 1 && inside && short.first() == long.first())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Library;

    #[test]
    fn names_are_compared_as_people_confuse_them() {
        let characters = Characters::new(&Library::open(None).unwrap_or_else(|_| unreachable!()), 0.905);
        let level = |a: &str, b: &str| characters.compare(&characters.name(a), &characters.name(b));
        assert_eq!(level("张 小明", "张小明"), NameLevel::Same);
        assert_eq!(level("張國強", "张国强"), NameLevel::Same);
        assert_eq!(level("章小明", "张晓铭"), NameLevel::Sound);
        // 曾 reads zeng and ceng; 单 reads dan and shan.
        assert_eq!(level("曾丽", "增丽"), NameLevel::Sound);
        assert_eq!(level("单玉", "善玉"), NameLevel::Sound);
        assert_eq!(level("刘末", "刘未"), NameLevel::Similar);
        assert_eq!(level("王晴", "王睛"), NameLevel::Similar);
        assert_eq!(level("陈世昊", "陈世吴"), NameLevel::Similar);
        assert_eq!(level("李林", "李宁"), NameLevel::Similar);
        assert_eq!(level("小明张", "张小明"), NameLevel::Moved);
        assert_eq!(level("欧阳晟睿", "欧阳睿"), NameLevel::Moved);
        assert_eq!(level("阿依古丽·买买提", "阿依古丽"), NameLevel::Moved);
        assert_eq!(level("张小明", "张大明"), NameLevel::One);
        assert_eq!(level("张伟", "张强"), NameLevel::Surname);
        assert_eq!(level("张伟", "李强"), NameLevel::Other);
    }
}
