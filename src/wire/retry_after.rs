//! How long the server asks to wait, in each of the forms it may use.

use std::time::UNIX_EPOCH;

use crate::time::{Millis, Wait};

/// Waits up to this long are believed (2^31 - 1 ms, as the official SDK has it); anything longer is a mistake.
const LONGEST_MILLIS: f64 = 2_147_483_647.0;

/// The wait that the headers ask for: `retry-after-ms` before `retry-after`, which is seconds or an HTTP date. Nothing
/// is asked by what cannot be read, by zero, by the past and by the absurd.
pub(super) fn retry_after(millis: Option<&str>, plain: Option<&str>, now: Millis) -> Option<Wait> {
    millis.and_then(|text| number(text, 1.0)).or_else(|| {
        let text = plain?;
        if text.trim().parse::<f64>().is_ok() { number(text, 1000.0) } else { until(text, now) }
    })
}

/// The point in time that an HTTP date names.
pub(super) fn http_date(text: &str) -> Option<Millis> {
    let date = httpdate::parse_http_date(text.trim()).ok()?;
    let since = date.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_millis()).ok().map(Millis::new)
}

fn until(text: &str, now: Millis) -> Option<Wait> {
    let wait = now.until(http_date(text)?);
    (wait > Wait::ZERO && wait.get() as f64 <= LONGEST_MILLIS).then_some(wait)
}

#[expect(clippy::cast_sign_loss, reason = "checked to be above zero and below 2^31")]
fn number(text: &str, unit: f64) -> Option<Wait> {
    let millis = (text.trim().parse::<f64>().ok()? * unit).ceil();
    (millis > 0.0 && millis <= LONGEST_MILLIS).then_some(Wait::millis(millis as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_nonsense_asks_for_nothing() {
        // 784111777 is 1994-11-06T08:49:37Z.
        let now = Millis::new(784_111_777_000 - 90_500);
        for (millis, plain, want) in [
            (Some("250"), Some("9"), Some(250)),
            (Some("12.25"), None, Some(13)),
            (Some("x"), Some("9"), Some(9000)),
            (Some("-1"), Some("2"), Some(2000)),
            (None, Some("10"), Some(10_000)),
            (None, Some(" 0.5 "), Some(500)),
            (None, Some("0"), None),
            (None, Some("-3"), None),
            (None, Some("NaN"), None),
            (None, Some("inf"), None),
            (None, Some("1e99"), None),
            (None, Some("2147483.647"), Some(2_147_483_647)),
            (None, Some("2147483.648"), None),
            (None, Some("Sun, 06 Nov 1994 08:49:37 GMT"), Some(90_500)),
            (None, Some("Sunday, 06-Nov-94 08:49:37 GMT"), Some(90_500)),
            (None, Some("Sun Nov  6 08:49:37 1994"), Some(90_500)),
            (None, Some("Sun, 06 Nov 1993 08:49:37 GMT"), None),
            (None, Some("Fri, 31 Dec 9999 23:59:59 GMT"), None),
            (None, Some("soon"), None),
            (None, Some(""), None),
            (None, None, None),
        ] {
            assert_eq!(retry_after(millis, plain, now), want.map(Wait::millis), "{millis:?} {plain:?}");
        }
    }
}
