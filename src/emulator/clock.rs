//! Points in time as the API writes them. The time itself always comes from the caller.

use std::time::{Duration, SystemTime};

/// Microseconds since 1970, the API's resolution.
pub(super) type Micros = u64;

pub(super) const SECOND: Micros = 1_000_000;
pub(super) const DAY: Micros = 86_400 * SECOND;
/// A batch runs out of its time 24 hours after its creation.
pub(super) const LIFETIME: Micros = DAY;
/// Results are gone 29 days after the creation, whenever the batch ended.
pub(super) const RETENTION: Micros = 29 * DAY;

/// A moment of the caller's. One further off than any date can say is as far as it gets.
pub(super) fn micros(ms: u64) -> Micros {
    ms.min(u64::MAX / 4_000) * 1_000
}

/// Appends `"2026-08-19T14:44:51.493319+00:00"` with its quotes, or `null`.
pub(super) fn push_time(out: &mut String, at: Option<Micros>) {
    let Some(at) = at else {
        out.push_str("null");
        return;
    };
    let (day, in_day) = (at / DAY, at % DAY);
    let (year, month, date) = civil(day);
    let (second, micros) = (in_day / SECOND, in_day % SECOND);
    out.push('"');
    for (number, digits, behind) in [
        (year, 4, '-'),
        (month, 2, '-'),
        (date, 2, 'T'),
        (second / 3600, 2, ':'),
        (second / 60 % 60, 2, ':'),
        (second % 60, 2, '.'),
        (micros, 6, '+'),
    ] {
        push_digits(out, number, digits);
        out.push(behind);
    }
    out.push_str("00:00\"");
}

/// A number of at least so many digits: every batch has four times, and `write!` takes ten times as long.
pub(super) fn push_digits(out: &mut String, number: u64, digits: usize) {
    let mut text = [b'0'; 20];
    let (mut left, mut used) = (number, 0);
    for slot in text.iter_mut().rev() {
        if left == 0 && used >= digits {
            break;
        }
        *slot = b'0' + (left % 10) as u8;
        left /= 10;
        used += 1;
    }
    let text = text.get(text.len() - used..).unwrap_or_default();
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}

/// The form of the `date` header and of one kind of `retry-after`.
pub(super) fn http_date(at_ms: u64) -> String {
    // The end of year 9999 is the last date the form can say.
    let at = Duration::from_millis(at_ms.min(253_402_300_799_000));
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + at)
}

/// Year, month and day of a day counted from 1970-01-01, by the 400-year cycle of the calendar.
fn civil(day: u64) -> (u64, u64, u64) {
    let shifted = day + 719_468; // days from 0000-03-01, so that the leap day ends a year
    let (era, in_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * in_year + 2) / 153;
    let date = in_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_microseconds_and_an_offset() {
        let table = [
            (0, "\"1970-01-01T00:00:00.000000+00:00\""),
            (1_787_150_691_493_319, "\"2026-08-19T14:44:51.493319+00:00\""),
            (951_782_400_000_000, "\"2000-02-29T00:00:00.000000+00:00\""),
            (1_709_251_199_999_999, "\"2024-02-29T23:59:59.999999+00:00\""),
            (4_102_444_800_000_001, "\"2100-01-01T00:00:00.000001+00:00\""),
        ];
        for (at, want) in table {
            let mut out = String::new();
            push_time(&mut out, Some(at));
            assert_eq!(out, want);
        }
        let mut out = String::new();
        push_time(&mut out, None);
        assert_eq!(out, "null");
    }

    #[test]
    fn http_dates_are_of_the_one_form_and_the_far_end_is_no_panic() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(u64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
