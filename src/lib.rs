pub mod definitions;
pub mod read;
pub mod standardise;
pub mod link;
pub mod evaluate;
pub mod readiness;
