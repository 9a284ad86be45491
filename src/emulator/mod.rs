//! The model of the API, a second and independent program.
