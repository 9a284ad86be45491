//! Bugs made on purpose, to show that the tests would find them.
//!
//! `mutant!("name")` stands where a safeguard could be missing. It is the word `false` in every build but one: compiled
//! with `--cfg mutants`, it says whether `set` has switched that bug on in this thread. `tests/deep/mutants.rs` runs
//! the simulation against each of them.

#[cfg(mutants)]
use std::cell::Cell;

#[cfg(mutants)]
thread_local! {
    static ON: Cell<&'static str> = const { Cell::new("") };
}

/// Switches one bug on in this thread, or with `""` none.
#[cfg(mutants)]
pub fn set(name: &'static str) {
    ON.set(name);
}

/// Whether this bug is switched on.
#[cfg(mutants)]
pub fn is_on(name: &'static str) -> bool {
    ON.get() == name
}

#[cfg(mutants)]
macro_rules! mutant {
    ($name:literal) => {
        // The tag is what a search of a normal build must not find.
        crate::mutants::is_on(concat!("mutant:", $name))
    };
}

#[cfg(not(mutants))]
macro_rules! mutant {
    ($name:literal) => {
        false
    };
}
