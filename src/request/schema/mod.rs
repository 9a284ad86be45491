//! The shape of `params`, as data: what stands where, of which type and within which bounds.
//!
//! One file per subject holds tables of [`Object`]s; the walk reads a request along them. The room holds no logic and
//! knows nothing of models or of what two fields mean together: a [`Mark`] on a field hands its value to the rules.
//! Start with `top.rs`. Constraints are those of the API's own schema (May 2026) and of newer pages (to 2026-11-21).
//!
//! **Invariant:** no shape leads back to itself, so the walk's stack is as deep as the tables are.

mod blocks;
mod citations;
mod echoes;
mod kinds;
mod mcp;
mod messages;
mod server_tools;
mod tools;
mod toolsets;
mod top;

pub(super) use kinds::{Field, Format, Gate, List, Mark, Object, Place, Shape, Tagged, Text, Value, Variant};
pub(super) use top::PARAMS;
