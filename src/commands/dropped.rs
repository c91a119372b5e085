//! zicha without a command line: a folder dragged onto the program, or the program started by itself.

use super::{CheckRequest, Exit, FailOn, check};
use crate::definitions::Severity;
use anyhow::Result;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

/// What the program says when it is started by itself.
const HOW: &str = "zicha 自查：普查入户前，看学校的材料和建档立卡登记哪里对不上。
怎么用：把登记表、学籍、台账等表格放进一个文件夹，再把这个文件夹拖到本程序的图标上。
结果写在那个文件夹旁边，名字后面加“-自查结果”，查完自动打开。
只读您的文件，不改数据，不联网。命令行的用法见 zicha --help。";

/// Whether the words after the program's name are only paths that exist, as a desktop passes what is dropped.
#[must_use]
pub fn only_paths(words: &[std::ffi::OsString], commands: &[&str]) -> bool {
    let known = |word: &std::ffi::OsString| {
        let text = word.to_string_lossy();
        // A folder that is called like a command is still the command.
        !text.starts_with('-') && !commands.contains(&text.as_ref()) && Path::new(word).exists()
    };
    !words.is_empty() && words.iter().all(known)
}

/// Says how to use the program.
pub fn started_alone() -> Exit {
    println!("{HOW}");
    wait();
    Exit::Clean
}

/// Checks what was dropped, writes the result beside it and opens the page.
///
/// # Errors
/// As [`check`].
pub fn dropped(paths: Vec<PathBuf>) -> Result<Exit> {
    let output = beside(&paths[0]);
    let page = output.join(crate::report::PAGE);
    let checked = check(&CheckRequest {
        inputs: paths,
        output,
        definitions: None,
        settings: Vec::new(),
        show_identities: false,
        packages: false,
        part: false,
        memory: None,
        fail_on: FailOn::At(Severity::Error),
        quiet: false,
        timings: false,
        json: false,
    });
    match &checked {
        Ok(_) => {
            if let Err(error) = open::that_detached(&page) {
                println!("浏览器没有打开（{error}）。请自己打开「{}」。", page.display());
            }
        }
        Err(error) => eprintln!("没有运行成：{error:#}"),
    }
    wait();
    // What went wrong has been said before the window closes.
    Ok(checked.unwrap_or(Exit::Failed))
}

/// Where the result of a dropped folder or file goes: `材料` → `材料-自查结果`.
fn beside(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let name = if whole.is_dir() { whole.file_name() } else { whole.file_stem() };
    let mut name = name.unwrap_or_default().to_os_string();
    name.push("-自查结果");
    whole.with_file_name(name)
}

/// On Windows the window of a dragged-on program closes with it; it stays until a key is pressed.
fn wait() {
    if cfg!(windows) && std::io::stdin().is_terminal() {
        println!("按回车键关闭。");
        std::io::stdin().read_exact(&mut [0]).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_existing_paths_count_as_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("我的 材料");
        std::fs::create_dir(&here).unwrap();
        let words = |words: &[&Path]| words.iter().map(|word| word.as_os_str().to_owned()).collect::<Vec<_>>();
        assert!(only_paths(&words(&[&here]), &["check"]));
        assert!(!only_paths(&words(&[&here, Path::new("-q")]), &["check"]));
        assert!(!only_paths(&words(&[Path::new("check"), &here]), &["check"]));
        assert!(!only_paths(&words(&[&here.join("没有")]), &["check"]) && !only_paths(&[], &[]));
        assert_eq!(beside(&here), folder.path().join("我的 材料-自查结果"));
    }
}
