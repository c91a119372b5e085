pub mod definitions;
