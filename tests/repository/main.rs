//! What the repository says of itself: its pages, its links, its structure.

#[path = "../support/mod.rs"]
mod support;

mod documents;
mod pages;
mod structure;
