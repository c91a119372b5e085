//! The program: parses, runs, prints the error, sets the exit code.

use std::process::ExitCode;
use zicha::commands::Exit;

/// Tables are many small allocations; this allocator takes about a tenth off a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whoever reads what is printed may stop early (`| head`): that is no fault to report.
fn quiet_about_closed_pipes() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let closed = |text: &String| text.starts_with("failed printing to stdout");
        if panic.payload().downcast_ref::<String>().is_some_and(closed) {
            std::process::exit(i32::from(Exit::Clean as u8));
        }
        usual(panic);
    }));
}

fn main() -> ExitCode {
    quiet_about_closed_pipes();
    match zicha::cli::run() {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            eprintln!("没有运行成：{error:#}");
            ExitCode::from(Exit::Failed as u8)
        }
    }
}
