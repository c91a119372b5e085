//! Sheets → the ten tables: which table each is, which column means what, and every cell in one spelling.
//!
//! In: [`Input`](crate::read::Input). Out: [`Standardised`]: a frame a table, where every cell came from, and what could not be understood.
//! Left out: who is who (`link`).

mod choices;
mod codes;
mod columns;
pub mod date;
pub mod grammar;
mod headers;
mod hints;
mod history;
pub mod id_number;
mod memo;
mod rows;
mod sheets;
pub mod text;
mod threads;

pub use headers::ColumnUse;
pub use hints::Filled;
pub use history::decode as decode_history;
pub use sheets::{Event, Recogniser, SheetReport, Standardised, location, place_of, standardise};
pub use threads::{in_order, side_by_side};
