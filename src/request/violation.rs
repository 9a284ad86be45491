//! What is wrong with requests, known before anything is sent.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// The stable name of a violation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ViolationCode { $($(#[$doc])* $name,)* }

        impl ViolationCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as callers see it, for example `id/duplicate`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The bytes are not UTF-8.
    Encoding = "data/encoding";
    /// A row has more or fewer cells than the header.
    Ragged = "data/ragged";
    /// There is not one request in the source.
    SourceEmpty = "source/empty";
    /// The bytes are not JSON.
    JsonSyntax = "json/syntax";
    /// A value that JSON cannot hold: a `BigInt`, a cycle, `NaN`.
    JsonValue = "json/value";
    /// An object has the same key twice.
    JsonDuplicateKey = "json/duplicate-key";
    /// The request is no object.
    RequestType = "request/type";
    /// The request has a key beside `custom_id` and `params`.
    RequestUnknownKey = "request/unknown-key";
    /// The request has no `custom_id`.
    IdMissing = "id/missing";
    /// The `custom_id` is not one the API takes.
    IdInvalid = "id/invalid";
    /// The `custom_id` is used by another request too.
    IdDuplicate = "id/duplicate";
    /// A parameter that every request needs is absent or empty.
    ParamsRequired = "params/required";
    /// A parameter has the wrong type.
    ParamsType = "params/type";
    /// `max_tokens` is below 1 or above what the model allows.
    ParamsMaxTokens = "params/max-tokens";
    /// `stream: true` does not exist in batches.
    ParamsStream = "params/stream";
    /// `speed` does not exist in batches.
    ParamsSpeed = "params/speed";
    /// The model is not one we know.
    ParamsModel = "params/unknown-model";
    /// One request alone is larger than a body may be.
    SizeChunk = "size/chunk";
    /// A template names a column that the table does not have.
    TemplateUnknownColumn = "template/unknown-column";
    /// A column that a template uses is empty in this row.
    TemplateEmpty = "template/empty";
}

/// Whether a violation stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The API would refuse it; a strict plan is refused.
    Error,
    /// It may be meant; nothing is refused.
    Warning,
}

impl Severity {
    /// The word callers see.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its stable name.
    pub code: ViolationCode,
    /// Whether it stands in the way.
    pub severity: Severity,
    /// Line in the source, from 1, where the source has lines.
    pub line: Option<u64>,
    /// Position in the source, from 0, where the source is a list.
    pub index: Option<u64>,
    /// The request's id, where it has one that is a string.
    pub custom_id: Option<String>,
    /// JSON Pointer into the request; a missing key is named; empty for the whole.
    pub path: String,
    /// What is wrong: one sentence, lower case, no trailing dot.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Byte in the source, from 0.
    pub offset: Option<u64>,
}

impl Violation {
    /// An error with this code and sentence; place, path and hint are fields to fill.
    pub fn error(code: ViolationCode, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            line: None,
            index: None,
            custom_id: None,
            path: String::new(),
            message: message.into(),
            hint: None,
            offset: None,
        }
    }

    /// A warning with this code and sentence.
    pub fn warning(code: ViolationCode, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }
}

/// How many violations of one code are kept when nobody asks for another number.
pub const KEPT_PER_CODE: usize = 100;

/// Violations of a plan: the first of each code are kept, all are counted.
#[derive(Clone, Debug)]
pub struct Violations {
    kept: Vec<Violation>,
    counts: Vec<(ViolationCode, u64)>,
    errors: u64,
    keep: usize,
}

impl Default for Violations {
    fn default() -> Self {
        Self::keeping(KEPT_PER_CODE)
    }
}

impl Violations {
    /// A collection that keeps the first `keep` of each code.
    pub const fn keeping(keep: usize) -> Self {
        Self { kept: Vec::new(), counts: Vec::new(), errors: 0, keep }
    }

    /// Counts `violation`, and keeps it if it is among the first of its code.
    pub fn push(&mut self, violation: Violation) {
        self.errors += u64::from(violation.severity == Severity::Error);
        let code = violation.code;
        let known = self.counts.iter_mut().find(|(counted, _)| *counted == code);
        let count = if let Some((_, count)) = known {
            *count += 1;
            *count
        } else {
            self.counts.push((code, 1));
            1
        };
        if count <= self.keep as u64 {
            self.kept.push(violation);
        }
    }

    /// Those kept, in the order they were found.
    pub fn kept(&self) -> &[Violation] {
        &self.kept
    }

    /// How many of each code were found, in the order the codes first appeared.
    pub fn counts(&self) -> &[(ViolationCode, u64)] {
        &self.counts
    }

    /// How many of `code` were found.
    pub fn count(&self, code: ViolationCode) -> u64 {
        self.counts.iter().find(|(counted, _)| *counted == code).map_or(0, |&(_, count)| count)
    }

    /// How many stand in the way.
    pub const fn errors(&self) -> u64 {
        self.errors
    }

    /// How many were found at all.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|&(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_code_are_kept_and_all_are_counted() {
        let mut violations = Violations::keeping(2);
        for _ in 0..5 {
            violations.push(Violation::error(ViolationCode::IdInvalid, "no"));
        }
        violations.push(Violation::warning(ViolationCode::TemplateEmpty, "empty"));
        assert_eq!((violations.kept().len(), violations.total(), violations.errors()), (3, 6, 5));
        assert_eq!(violations.count(ViolationCode::IdInvalid), 5);
        assert_eq!(violations.count(ViolationCode::SizeChunk), 0);
    }

    #[test]
    fn every_code_is_unique_and_has_a_family() {
        let names: std::collections::BTreeSet<_> =
            ViolationCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), ViolationCode::ALL.len());
        assert!(names.iter().all(|name| name.contains('/')));
    }
}
