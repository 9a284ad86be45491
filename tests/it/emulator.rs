//! The model of the API, bullet by bullet of the reference's section 1.10.

mod batches;
mod ceiling;
mod checks;
mod faults;
mod media;
mod params;
mod results;
mod siblings;
mod tools;
