//! Many requests become parts.
//!
//! The [`Planner`] takes requests as bytes, one by one, has each checked, gives it the next number and puts it into
//! the open part; a part is closed when the next request would take it past the limits. What stays is a [`Plan`]: the
//! parts, every id once, and where each request's bytes stand in the source, so that bodies can be made again at any
//! time without having been held. The [`Intake`] does this for whole sources, of requests or of rows. The room knows no
//! files and no network; whoever reads the source hands in bytes.
//!
//! **Invariant:** every placed request is in exactly one part, in the order it came, and no part's body, commas and
//! all, passes a limit. Start with [`Intake`] and [`Planner`].

mod chunks;
mod digest;
mod id_values;
mod ids;
mod intake;
mod made_ids;
mod pack;
mod part;
mod planned;
mod planner;
mod riders;
mod spans;
mod twins;

pub use chunks::Chunks;
pub use digest::Digest;
pub use id_values::{IdValue, IdValues};
pub use ids::{IdTable, Pushed};
pub use intake::{Intake, Numbering};
pub use made_ids::{LONGEST_MADE_ID, Nonce, made};
pub use pack::pack;
pub use part::{Ids, Part, Placement, PlanOptions, Validate};
pub use planned::{Plan, Run};
pub use planner::{Origin, Planner, Rejected, RowSpan};
pub use riders::Riders;
pub use spans::{Place, Places, Span, Spans};
pub use twins::{TwinKey, Twins};
