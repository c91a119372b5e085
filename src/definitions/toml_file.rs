//! Reading one TOML file into its raw type, with errors at their line and column.

use super::library::Library;
use super::problem::{Problem, Problems};
use serde::de::DeserializeOwned;

/// A parsed file beside its text, so that later checks can point at a place in it.
pub struct Parsed<T> {
    pub value: T,
    pub text: String,
}

/// Reads and parses `path`; problems are added and `None` returned.
pub fn parse<T: DeserializeOwned>(library: &Library, path: &str, problems: &mut Problems) -> Option<Parsed<T>> {
    let text = match library.text(path) {
        Ok(text) => text,
        Err(problem) => {
            problems.add(problem);
            return None;
        }
    };
    match toml::from_str(&text) {
        Ok(value) => Some(Parsed { value, text }),
        Err(error) => {
            problems.add(describe(path, &text, &error));
            None
        }
    }
}

/// Turns a TOML error into a problem with its place.
pub fn describe(path: &str, text: &str, error: &toml::de::Error) -> Problem {
    let problem = Problem::new(path, &format!("写法不对：{}。", error.message()))
        .hint("对照同一文件夹里别的文件；键名写错、少引号、少必需的键都会这样。");
    match error.span() {
        Some(span) => problem.at(text, span.start),
        None => problem,
    }
}

/// The last part of a path, without its ending: `datasets/codes/a5.toml` is `a5`.
pub fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
