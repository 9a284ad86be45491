//! One request before it leaves.
