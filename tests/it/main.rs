//! The native integration tests: one binary, one module per subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "a test fails by panicking, in its helpers too"
)]

mod check_any;
mod check_cuts;
mod check_memory;
mod check_time;
mod codegen;
mod codegen_errors;
mod cost;
mod diagram;
mod emulator;
mod every_code;
mod failure_model;
mod fuzz;
mod index;
mod job;
mod journal;
mod json;
mod jsonl;
mod jsonl_corpus;
mod jsonl_fields;
mod jsonl_rows;
mod jsonl_shapes;
mod layering;
mod params;
mod pictures;
mod plan;
mod plan_check;
mod plan_dedupe;
mod plan_ids;
mod plan_intake;
mod rows;
mod sim;
