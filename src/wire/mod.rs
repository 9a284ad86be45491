//! What the API says, word for word.
