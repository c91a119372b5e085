//! Inputs of several areas (counties), or too large to hold whole: rows are laid out by area on disk, and each area is checked apart.
//!
//! In: files, or parts that earlier runs kept. Out: [`Total`], which reports look at as they look at one area's check.
//!
//! An area is what its rows say it is (the field that the setting `area-field` names). Within an area everything is
//! compared as in a check of that area alone. A person with rows in several areas is looked at in each of them with all
//! of their rows; what is found is told where the row lies that it points at, so that nothing is told twice.

mod corpus;
mod guests;
mod latest;
mod row;
mod run;
mod settle;
mod several;
mod spread;
mod store;
mod total;

pub use corpus::Corpus;
pub use guests::Areas;
pub use run::{AreaChecks, check_areas};
pub use settle::{Settled, settle};
pub use several::several;
pub use spread::spread;
pub use store::Store;
pub use total::{REST, Total};
