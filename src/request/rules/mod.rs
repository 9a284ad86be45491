//! What no single field can tell: rules over several of them, over models, versions and betas.
//!
//! A rule is a method of the walk. Some hear of values as they pass; [`judge`](super::walk::Walk::judge) hears at the
//! end, with everything in the notes. What a rule knows of a model it looks up in the one table of models.
//!
//! **Invariant:** an error is what the API refuses for certain; whatever it may accept is a warning.

mod cache;
mod json_schema;
mod media;
mod model;
mod schema_refs;
mod size;
mod thinking;
mod tools;
mod turns;

pub(super) use media::{Looks, looks_of_data};
pub(super) use model::surely_allowed;
pub(super) use size::fits_every_context;
pub(super) use turns::{Role, Turns};

use super::walk::Walk;

impl Walk<'_, '_> {
    /// The whole request has been read.
    pub(super) fn judge(&mut self) {
        self.end_of_answers();
        self.order_of_breakpoints();
        self.automatic_breakpoint();
        self.tool_choice();
        self.names_of_tools();
        self.servers();
        self.schema_limits();
        self.exclusions();
        let model = self.buffers.notes.params.known;
        self.sampling(model);
        self.thinking(model);
        self.prefill(model);
        self.images(model);
        self.documents(model);
        self.context(model);
        if let Some(model) = model {
            self.limits_of(model);
        }
    }
}
