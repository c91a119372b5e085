//! The audit after the census: samples, verdicts, closed forms and what to mend first.
//!
//! `exact` and `plan` are formulas, `draw` and `trials` simulate, `interval` says what one audit may conclude, `work` orders the corrections.

mod draw;
pub mod exact;
mod interval;
pub mod plan;
mod trials;
pub mod work;

pub use draw::{Design, Purpose, Sampler, Segment, Streams, allocate};
pub use interval::{Estimate, Part, estimate, quantile, rate};
pub use trials::{AT_THE_DOOR, Audit, Bite, PassRule, plan as plan_trials, schools, share, township};
