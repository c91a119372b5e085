//! All integration tests, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod architecture;
mod areas;
mod audit;
mod cases;
mod compare;
mod dates;
mod definitions;
mod forms;
mod link;
mod outputs;
mod population;
mod program;
mod shapes;
mod simulate;
mod support;
mod township;
