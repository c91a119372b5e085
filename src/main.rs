//! The program: parses, runs, prints the error, sets the exit code.

use std::process::ExitCode;
use zicha::commands::Exit;

/// Tables are many small allocations; this allocator takes about a tenth off a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match zicha::cli::run() {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            eprintln!("没有运行成：{error:#}");
            ExitCode::from(Exit::Failed as u8)
        }
    }
}
