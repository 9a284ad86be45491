//! One submission.
