//! Invented people and their papers, and the census before it happens.
//!
//! First a population: [`place`] and [`people`] invented from the model, papers in the shapes of real files ([`township`]) or large tables ([`bulk`]), planted [`defects`] and the truth about them. The same seed gives the same bytes.
//! Then the census before it happens: [`visit`] says how households answer, [`audit`] draws, meets and judges them many times over, [`outcome`] puts together what that tells.

pub mod audit;
mod bulk;
mod columns;
mod defects;
mod facts;
pub mod frame;
pub mod households;
mod invent;
pub mod invented;
mod names;
pub mod outcome;
mod people;
mod place;
pub mod rehearsal;
mod sheet;
mod tables;
mod township;
pub mod visit;

pub use bulk::{FileKind, Region, Scale, write_region};
pub use columns::{Columns, ColumnsFile};
pub use defects::Truth;
pub use people::Generation;
pub use township::{Township, Written, write_township};
