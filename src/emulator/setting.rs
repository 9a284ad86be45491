//! Faults as JSON says them: `{"reset": 0.1, "status": {"code": 529, "calls": [1, 3]}}`.
//!
//! A fault is switched by a share of the calls, by a list of calls, by `true`, or by an object with its numbers and
//! `rate` or `calls`; several objects make several rules.

use super::fault::{Ending, Fault, Hits, RetryAfter, StatusFault, When};
use super::value::Value;

/// Reads the faults of one endpoint.
///
/// # Errors
/// One sentence that names what is not understood.
pub(super) fn read(json: &str) -> Result<Vec<(Fault, Hits)>, String> {
    let settings: Value<'_> = serde_json::from_str(json).map_err(|why| format!("faults: {why}"))?;
    if !matches!(settings, Value::Map(_)) {
        return Err("faults: an object with the names of faults is needed".to_owned());
    }
    let mut faults = Vec::new();
    for (name, setting) in settings.entries() {
        let many = setting.items().filter(|items| items.iter().any(|item| matches!(item, Value::Map(_))));
        for setting in many.unwrap_or_else(|| std::slice::from_ref(setting)) {
            if !matches!(setting, Value::Null | Value::Bool(false)) {
                faults.push(Setting { name, setting }.read()?);
            }
        }
    }
    Ok(faults)
}

struct Setting<'a> {
    name: &'a str,
    setting: &'a Value<'a>,
}

impl Setting<'_> {
    fn read(&self) -> Result<(Fault, Hits), String> {
        let (fault, fields): (Fault, &[&str]) = match self.name {
            "status" => (
                Fault::Status(self.status()?),
                &["code", "when", "retryAfter", "shouldRetry", "html", "errorCode", "message"],
            ),
            "reset" => (Fault::Reset(self.when()?), &["when"]),
            "html" => (Fault::Html(self.when()?), &["when"]),
            "stall" => {
                (Fault::Stall { ms: self.number("ms", 600_000)?, when: self.when()? }, &["ms", "when"])
            }
            "slow" => (Fault::Slow { ms: self.number("ms", 1_000)? }, &["ms"]),
            "cutReply" => (Fault::CutReply(self.ending()?), &["ending", "ms"]),
            "cutAtLine" => (Fault::CutAtLine(self.ending()?), &["ending", "ms"]),
            "cutMidLine" => (Fault::CutMidLine(self.ending()?), &["ending", "ms"]),
            "slowBody" => {
                let (bytes, every_ms) = (self.short("bytes", 64)?.max(1), self.number("everyMs", 100)?);
                (Fault::SlowBody { bytes, every_ms }, &["bytes", "everyMs"])
            }
            "blankLines" => (Fault::BlankLines, &[]),
            "crlf" => (Fault::Crlf, &[]),
            "badLine" => (Fault::BadLine(self.short("lines", 1)?), &["lines"]),
            "duplicateId" => (Fault::DuplicateId(self.short("lines", 1)?), &["lines"]),
            "unknownId" => (Fault::UnknownId(self.short("lines", 1)?), &["lines"]),
            "missingId" => (Fault::MissingId(self.short("lines", 1)?), &["lines"]),
            "unknownType" => (Fault::UnknownType(self.short("lines", 1)?), &["lines"]),
            "hugeLine" => (Fault::HugeLine(self.short("bytes", 1 << 20)?), &["bytes"]),
            "lateCommit" => (Fault::LateCommit(self.number("ms", 5_000)?), &["ms"]),
            "listLag" => (Fault::ListLag(self.number("ms", 5_000)?), &["ms"]),
            "notFoundAfterCreate" => (Fault::NotFoundAfterCreate(self.number("ms", 5_000)?), &["ms"]),
            name => return Err(format!("faults: there is no fault `{name}`")),
        };
        for (field, _) in self.setting.entries() {
            let field = field.as_ref();
            if !fields.contains(&field) && field != "rate" && field != "calls" {
                return Err(format!("faults.{}: there is no `{field}`", self.name));
            }
        }
        Ok((fault, self.hits()?))
    }

    fn hits(&self) -> Result<Hits, String> {
        match (self.setting, self.field("rate"), self.field("calls")) {
            (Value::Bool(true), ..) | (Value::Map(_), None, None) => Ok(Hits::Rate(1.0)),
            (Value::Number(rate), ..) | (_, Some(Value::Number(rate)), None)
                if (0.0..=1.0).contains(rate) =>
            {
                Ok(Hits::Rate(*rate))
            }
            (Value::List(calls), ..) | (_, None, Some(Value::List(calls))) => {
                let calls: Option<Vec<u64>> =
                    calls.iter().map(|call| call.whole().filter(|call| *call > 0)).collect();
                calls.map(Hits::Calls).ok_or_else(|| self.wrong("calls", "a list of call numbers, from 1"))
            }
            _ => Err(self.wrong("rate", "a number from 0 to 1, or `calls`, but not both")),
        }
    }

    fn status(&self) -> Result<StatusFault, String> {
        let code = self.field("code").and_then(Value::whole).filter(|code| (200..600).contains(code));
        let code = code.ok_or_else(|| self.wrong("code", "a status from 200 to 599"))? as u16;
        Ok(StatusFault {
            code,
            when: self.when()?,
            retry_after: self.retry_after()?,
            should_retry: self.flag("shouldRetry")?,
            html: self.flag("html")?.unwrap_or(code == 502),
            error_code: self.text("errorCode")?,
            message: self.text("message")?,
        })
    }

    fn retry_after(&self) -> Result<RetryAfter, String> {
        let wrong =
            || self.wrong("retryAfter", "{ ms }, { seconds } or { date } with a number that is not negative");
        let Some(form) = self.field("retryAfter") else { return Ok(RetryAfter::Absent) };
        let [(unit, number)] = form.entries() else { return Err(wrong()) };
        let number = number.number().filter(|number| *number >= 0.0).ok_or_else(wrong)?;
        let in_ms = |ms: f64| super::dice::whole(ms.round());
        match unit.as_ref() {
            "ms" => Ok(RetryAfter::Ms(in_ms(number))),
            "seconds" => Ok(RetryAfter::Seconds(in_ms(number * 1_000.0))),
            "date" => Ok(RetryAfter::Date(in_ms(number * 1_000.0))),
            _ => Err(wrong()),
        }
    }

    fn when(&self) -> Result<When, String> {
        match self.field("when").map(Value::text) {
            None | Some(Some("before")) => Ok(When::Before),
            Some(Some("after")) => Ok(When::After),
            Some(_) => Err(self.wrong("when", "\"before\" or \"after\"")),
        }
    }

    fn ending(&self) -> Result<Ending, String> {
        match self.field("ending").map(Value::text) {
            None | Some(Some("clean")) => Ok(Ending::Clean),
            Some(Some("reset")) => Ok(Ending::Reset),
            Some(Some("stall")) => Ok(Ending::Stall(self.number("ms", 600_000)?)),
            Some(_) => Err(self.wrong("ending", "\"clean\", \"reset\" or \"stall\"")),
        }
    }

    fn number(&self, field: &str, usual: u64) -> Result<u64, String> {
        let Some(value) = self.field(field) else { return Ok(usual) };
        value.whole().ok_or_else(|| self.wrong(field, "a whole number that is not negative"))
    }

    fn short(&self, field: &str, usual: u32) -> Result<u32, String> {
        u32::try_from(self.number(field, u64::from(usual))?)
            .map_err(|_| self.wrong(field, "a number below 2^32"))
    }

    fn flag(&self, field: &str) -> Result<Option<bool>, String> {
        match self.field(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(field, "true or false")),
        }
    }

    fn text(&self, field: &str) -> Result<Option<String>, String> {
        match self.field(field) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone().into_owned())),
            Some(_) => Err(self.wrong(field, "a text")),
        }
    }

    fn field(&self, field: &str) -> Option<&Value<'_>> {
        self.setting.get(field).filter(|value| **value != Value::Null)
    }

    fn wrong(&self, field: &str, needed: &str) -> String {
        format!("faults.{}.{field}: {needed} is needed", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_switch_is_read() {
        let table = [
            (r#"{"reset":0.5}"#, Hits::Rate(0.5)),
            (r#"{"reset":true}"#, Hits::Rate(1.0)),
            (r#"{"reset":{}}"#, Hits::Rate(1.0)),
            (r#"{"reset":[1,4]}"#, Hits::Calls(vec![1, 4])),
            (r#"{"reset":{"rate":0.1}}"#, Hits::Rate(0.1)),
            (r#"{"reset":{"calls":[2]}}"#, Hits::Calls(vec![2])),
        ];
        for (json, hits) in table {
            assert_eq!(read(json), Ok(vec![(Fault::Reset(When::Before), hits)]), "{json}");
        }
        assert_eq!(
            read(r#"{"reset":false,"crlf":null,"status":[]}"#),
            Err("faults.status.code: a status from 200 to 599 is needed".to_owned())
        );
        assert_eq!(read(r#"{"reset":false,"crlf":null}"#), Ok(vec![]));
    }

    #[test]
    fn numbers_and_words_reach_the_fault() {
        let json = r#"{
            "status": [
                {"code": 529, "when": "after", "retryAfter": {"seconds": 1.5}, "shouldRetry": true, "calls": [1]},
                {"code": 502, "retryAfter": {"date": 30}}
            ],
            "stall": {"ms": 5, "when": "after"},
            "cutMidLine": {"ending": "stall", "ms": 7},
            "slowBody": {"bytes": 0, "everyMs": 3},
            "badLine": {"lines": 4}
        }"#;
        let status = StatusFault {
            code: 529,
            when: When::After,
            retry_after: RetryAfter::Seconds(1_500),
            should_retry: Some(true),
            ..StatusFault::default()
        };
        let gateway = StatusFault {
            code: 502,
            html: true,
            retry_after: RetryAfter::Date(30_000),
            ..StatusFault::default()
        };
        let want = vec![
            (Fault::Status(status), Hits::Calls(vec![1])),
            (Fault::Status(gateway), Hits::Rate(1.0)),
            (Fault::Stall { ms: 5, when: When::After }, Hits::Rate(1.0)),
            (Fault::CutMidLine(Ending::Stall(7)), Hits::Rate(1.0)),
            (Fault::SlowBody { bytes: 1, every_ms: 3 }, Hits::Rate(1.0)),
            (Fault::BadLine(4), Hits::Rate(1.0)),
        ];
        assert_eq!(read(json), Ok(want));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let table = [
            ("[]", "faults: an object with the names of faults is needed"),
            (r#"{"rest":1}"#, "faults: there is no fault `rest`"),
            (r#"{"reset":2}"#, "faults.reset.rate: a number from 0 to 1, or `calls`, but not both is needed"),
            (r#"{"reset":[0]}"#, "faults.reset.calls: a list of call numbers, from 1 is needed"),
            (r#"{"reset":{"wen":"after"}}"#, "faults.reset: there is no `wen`"),
            (r#"{"reset":{"when":"later"}}"#, "faults.reset.when: \"before\" or \"after\" is needed"),
            (r#"{"status":{"code":700}}"#, "faults.status.code: a status from 200 to 599 is needed"),
            (r#"{"slow":{"ms":-1}}"#, "faults.slow.ms: a whole number that is not negative is needed"),
        ];
        for (json, want) in table {
            assert_eq!(read(json), Err(want.to_owned()), "{json}");
        }
        assert!(read("{").is_err_and(|why| why.starts_with("faults: EOF")));
    }
}
