//! How much memory a run takes, and how much it may take (`--memory`).

use crate::definitions::Definitions;
use crate::read::FoundFile;
use anyhow::{Result, bail};

/// Bytes that the program takes whatever it reads: definitions, fonts, engine.
const BASE: u64 = 200 << 20;
/// Bytes that a check takes for each byte of cells, measured (`benches/README.md`).
const PER_BYTE: u64 = 30;
/// Bytes for each certain key while areas are compared.
const PER_KEY: u64 = 24;
/// How many times a packed file is larger when unpacked.
const PACKED: u64 = 8;

/// The bound of a run; none where nothing was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes.
    pub most: Option<u64>,
}

impl Memory {
    /// Whether all files may be held at once.
    #[must_use]
    pub fn holds_whole(self, files: &[FoundFile], definitions: &Definitions) -> bool {
        let bytes: u64 = files.iter().map(weight).sum();
        let setting = u64::try_from(definitions.settings.integer("whole-mib")).unwrap_or_default() << 20;
        bytes <= setting && self.most.is_none_or(|most| need(bytes) <= most)
    }

    /// How many areas may be in memory at a time; the largest decides.
    ///
    /// # Errors
    /// When not even the largest area alone fits, or the keys do not.
    pub fn at_a_time(self, areas: &[(String, u64)], keys: u64) -> Result<usize> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let Some(most) = self.most else { return Ok(threads) };
        let (name, largest) = areas.iter().max_by_key(|(_, bytes)| *bytes).cloned().unwrap_or_default();
        let several = areas.len() > 1;
        if several && BASE + keys * PER_KEY > most {
            bail!(
                "比较 {keys} 个号码约要 {}，超过 --memory 给的 {}。请给更多内存，或分几部分用 --part 查了再合并。",
                size(BASE + keys * PER_KEY),
                size(most)
            );
        }
        if need(largest) > most {
            let what = if name.is_empty() { "这些材料".to_owned() } else { format!("「{name}」的材料") };
            let else_do = if several { "" } else { "，或在每张表里加上县一列，好分县来查" };
            bail!(
                "{what}放在一起查约要 {}，超过 --memory 给的 {}。请给更多内存{else_do}。",
                size(need(largest)),
                size(most)
            );
        }
        let room = (most - BASE) / (largest * PER_BYTE).max(1);
        Ok(threads.min(usize::try_from(room).unwrap_or(usize::MAX)).max(1))
    }
}

/// Bytes that a check of so many bytes of cells takes.
fn need(bytes: u64) -> u64 {
    BASE + bytes * PER_BYTE
}

/// A file's bytes, as if unpacked.
fn weight(file: &FoundFile) -> u64 {
    let bytes = std::fs::metadata(&file.full).map_or(0, |found| found.len());
    let ending = file.path.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    if matches!(ending.as_str(), "csv" | "tsv" | "txt" | "html" | "htm") { bytes } else { bytes * PACKED }
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    if bytes >= 1 << 30 {
        format!("{}.{} GiB", bytes >> 30, ((bytes % (1 << 30)) * 10) >> 30)
    } else {
        format!("{} MiB", bytes >> 20)
    }
}

/// Reads `4GiB`, `512MiB`, `4G`, `800M`.
///
/// # Errors
/// A sentence that says how to write it.
pub fn parse(text: &str) -> Result<u64, String> {
    let wrong = || format!("「{text}」不是内存大小。请写成 4GiB 或 512MiB。");
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let shift = match text[digits..].trim().to_lowercase().as_str() {
        "g" | "gb" | "gib" => 30,
        "m" | "mb" | "mib" => 20,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(1 << shift)
        .filter(|bytes| *bytes > BASE)
        .ok_or_else(|| format!("--memory 至少要 {}，程序自己就要这么多。", size(BASE + (1 << 20))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(parse("4GiB"), Ok(4 << 30));
        assert_eq!(parse("512m"), Ok(512 << 20));
        assert!(parse("4").is_err() && parse("四G").is_err() && parse("1M").is_err() && parse("99999999999G").is_err());
        assert_eq!(size(3 << 29), "1.5 GiB");
    }

    #[test]
    fn the_largest_area_decides() {
        let areas = [("甲县".to_owned(), 10 << 20), ("乙县".to_owned(), 40 << 20)];
        let memory = |mib: u64| Memory { most: Some(mib << 20) };
        assert_eq!(memory(1500).at_a_time(&areas, 1).unwrap(), 1);
        let refused = memory(1300).at_a_time(&areas, 1).unwrap_err().to_string();
        assert!(refused.contains("乙县") && refused.contains("--memory"), "{refused}");
        assert!(memory(1500).at_a_time(&areas, 1 << 30).unwrap_err().to_string().contains("号码"));
        assert!(memory(100_000).at_a_time(&areas, 1).unwrap() >= 1);
    }
}
