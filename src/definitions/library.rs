//! Where definition files come from: embedded in the program, or a user's folder that overrides them file by file.

use super::problem::{Problem, Problems};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[derive(RustEmbed)]
#[folder = "indicators/"]
#[exclude = "README.md"]
struct Indicators;

#[derive(RustEmbed)]
#[folder = "datasets/"]
#[include = "*.toml"]
#[include = "codes/*.toml"]
#[include = "link/*.toml"]
#[include = "characters/*.txt"]
#[exclude = "sample*"]
struct Datasets;

#[derive(RustEmbed)]
#[folder = "reports/"]
#[exclude = "gallery/*"]
#[exclude = "README.md"]
struct Reports;

const FOLDERS: [&str; 3] = ["indicators", "datasets", "reports"];

/// The definition files: names are paths such as `indicators/A5/reason-missing.toml`, always with `/`.
#[derive(Debug, Clone)]
pub struct Library {
    overlay: Option<PathBuf>,
    overlaid: BTreeSet<String>,
}

impl Library {
    /// Opens the embedded files, with an optional folder over them.
    ///
    /// # Errors
    /// When the folder does not exist or holds none of the three folders that could override anything.
    pub fn open(overlay: Option<&Path>) -> Result<Self, Problems> {
        let mut overlaid = BTreeSet::new();
        if let Some(folder) = overlay {
            for name in FOLDERS {
                for entry in walkdir::WalkDir::new(folder.join(name)).into_iter().filter_map(Result::ok) {
                    if entry.file_type().is_file()
                        && let Ok(relative) = entry.path().strip_prefix(folder)
                    {
                        overlaid.insert(relative.to_string_lossy().replace('\\', "/"));
                    }
                }
            }
            if overlaid.is_empty() {
                return Err(Problem::new(
                    &folder.display().to_string(),
                    "定义文件夹里没有 indicators、datasets 或 reports 下的文件。",
                )
                .hint("文件夹里应有这三个子文件夹中的至少一个，见 CONTRIBUTING.md。")
                .into());
            }
        }
        Ok(Self { overlay: overlay.map(Path::to_path_buf), overlaid })
    }

    /// Paths under `folder` that end in `ending`, sorted.
    #[must_use]
    pub fn list(&self, folder: &str, ending: &str) -> Vec<String> {
        let embedded = Indicators::iter()
            .map(|name| format!("indicators/{name}"))
            .chain(Datasets::iter().map(|name| format!("datasets/{name}")))
            .chain(Reports::iter().map(|name| format!("reports/{name}")));
        let names: BTreeSet<String> = embedded.chain(self.overlaid.iter().cloned()).collect();
        let prefix = format!("{folder}/");
        names.into_iter().filter(|name| name.starts_with(&prefix) && name.ends_with(ending)).collect()
    }

    /// The bytes of one file, or a problem when it does not exist.
    ///
    /// # Errors
    /// When neither the overlay nor the program holds the file.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>, Problem> {
        if let Some(folder) = &self.overlay
            && self.overlaid.contains(path)
        {
            return std::fs::read(folder.join(path))
                .map(Cow::Owned)
                .map_err(|error| Problem::new(path, &format!("定义文件读不出来：{error}。")));
        }
        let (folder, name) = path.split_once('/').unwrap_or(("", path));
        let file = match folder {
            "indicators" => Indicators::get(name),
            "datasets" => Datasets::get(name),
            "reports" => Reports::get(name),
            _ => None,
        };
        file.map(|found| found.data).ok_or_else(|| Problem::new(path, "没有这个定义文件。"))
    }

    /// The built-in text of a file that the user's folder overrides; none for files of only one of the two.
    #[must_use]
    pub fn overridden(&self, path: &str) -> Option<String> {
        if !self.overlaid.contains(path) {
            return None;
        }
        let embedded = Self { overlay: None, overlaid: BTreeSet::new() };
        embedded.text(path).ok()
    }

    /// The text of one file; UTF-8 is required.
    ///
    /// # Errors
    /// As [`Library::bytes`], or when the file is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, Problem> {
        String::from_utf8(self.bytes(path)?.into_owned())
            .map_err(|_| Problem::new(path, "定义文件不是 UTF-8 编码。").hint("用 UTF-8 另存后再用。"))
    }
}
