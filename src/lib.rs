//! zicha (自查): before the census enumerators come, where a township's papers and the poverty register disagree.
//!
//! Modules in the order in which data flows; each imports only those before it (`tests/` holds this).

pub mod areas;
pub mod cli;
pub mod commands;
pub mod definitions;
pub mod evaluate;
pub mod link;
pub mod pipeline;
pub mod read;
pub mod readiness;
pub mod report;
pub mod simulate;
pub mod standardise;
