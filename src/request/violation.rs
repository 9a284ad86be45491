//! What is wrong with requests, known before anything is sent.

use super::codes::ViolationCode;

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

/// What would put it right, where a machine can tell: done to the value at the violation's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Take it out.
    Remove,
    /// Put this JSON there.
    Set(String),
    /// Call the key this.
    Rename(String),
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
    /// What would put it right, where a machine can tell.
    pub fix: Option<Fix>,
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
            fix: None,
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

/// Violations of a plan or a request: the first of each code are kept, all are counted.
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
        if self.tally(violation.code, violation.severity) {
            self.kept.push(violation);
        }
    }

    /// Counts one more of `code`, and answers whether it would be kept: to save the making of those that are not.
    pub fn tally(&mut self, code: ViolationCode, severity: Severity) -> bool {
        self.errors += u64::from(severity == Severity::Error);
        self.add(code, 1) <= self.keep as u64
    }

    /// Counts all of `others` and forgets them there; those kept there pass through `place` and are kept here if they
    /// are among the first of their code.
    pub fn take(&mut self, others: &mut Self, mut place: impl FnMut(Violation) -> Violation) {
        let kept_errors = |severity| u64::from(severity == Severity::Error);
        for violation in others.kept.drain(..) {
            others.errors = others.errors.saturating_sub(kept_errors(violation.severity));
            if let Some((_, left)) = others.counts.iter_mut().find(|(code, _)| *code == violation.code) {
                *left = left.saturating_sub(1);
            }
            self.push(place(violation));
        }
        for (code, left) in others.counts.drain(..).filter(|&(_, left)| left > 0) {
            self.add(code, left);
        }
        self.errors += core::mem::take(&mut others.errors);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.counts.clear();
        self.errors = 0;
    }

    fn add(&mut self, code: ViolationCode, more: u64) -> u64 {
        if let Some((_, count)) = self.counts.iter_mut().find(|(counted, _)| *counted == code) {
            *count += more;
            return *count;
        }
        self.counts.push((code, more));
        more
    }

    /// Keeps what was tallied before.
    pub(super) fn keep(&mut self, violation: Violation) -> Option<&mut Violation> {
        self.kept.push(violation);
        self.kept.last_mut()
    }

    /// Those kept, in the order they were found.
    pub fn kept(&self) -> &[Violation] {
        &self.kept
    }

    pub(super) fn kept_mut(&mut self) -> &mut [Violation] {
        &mut self.kept
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

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
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
    fn what_one_request_has_is_added_to_what_all_have() {
        let mut all = Violations::keeping(3);
        for _ in 0..2 {
            let mut one = Violations::keeping(2);
            for _ in 0..5 {
                one.push(Violation::error(ViolationCode::ParamsType, "no"));
            }
            one.push(Violation::warning(ViolationCode::TemplateEmpty, "empty"));
            all.take(&mut one, |violation| Violation { line: Some(7), ..violation });
            assert!(one.is_empty() && one.errors() == 0 && one.kept().is_empty());
        }
        assert_eq!((all.errors(), all.total()), (10, 12));
        assert_eq!(
            all.kept().len(),
            4,
            "two of each: what was counted without being kept took the third place"
        );
        assert!(all.kept().iter().all(|violation| violation.line == Some(7)));
    }
}
