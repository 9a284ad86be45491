//! The native integration tests: one binary, one module per subject.
