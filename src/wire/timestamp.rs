//! RFC 3339 timestamps. The live API writes `2026-08-19T14:44:51.493319+00:00`, its documentation `…Z`.

use crate::time::Millis;

/// The point in time that `text` names; fractions beyond the millisecond are cut off. `None` when it is no RFC 3339
/// date-time, or lies before 1970.
pub fn parse_timestamp(text: &str) -> Option<Millis> {
    let bytes = text.as_bytes();
    let mark = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte));
    let (year, month, day) = (digits(bytes, 0, 4)?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?);
    let (hour, minute, second) = (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?, digits(bytes, 17, 2)?);
    let marks = mark(4, b"-") && mark(7, b"-") && mark(10, b"Tt ") && mark(13, b":") && mark(16, b":");
    let in_range = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !marks || !in_range {
        return None;
    }
    let (millis, zone) = fraction(bytes.get(19..)?)?;
    let offset_minutes = offset(zone)?;
    let minutes = (days_since_epoch(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
    u64::try_from(minutes * 60_000 + second * 1000 + millis).ok().map(Millis::new)
}

/// The point in time to the second, as RFC 3339 in UTC.
pub fn write_timestamp(at: Millis) -> String {
    let seconds = at.get() / 1000;
    let (mut day, second) = (i64::try_from(seconds / 86_400).unwrap_or_default(), seconds % 86_400);
    // Four centuries have the same number of days, wherever they begin.
    let mut year = 1970 + day / 146_097 * 400;
    day %= 146_097;
    while day >= days_in_year(year) {
        day -= days_in_year(year);
        year += 1;
    }
    let mut month = 1;
    while day >= days_in_month(year, month) {
        day -= days_in_month(year, month);
        month += 1;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", day + 1)
}

const fn days_in_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn digits(bytes: &[u8], from: usize, count: usize) -> Option<i64> {
    let text = bytes.get(from..from + count)?;
    text.iter().try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Milliseconds of an optional fraction, and what stands behind it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', behind)) = rest.split_first() else { return Some((0, rest)) };
    let length = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let padded = behind.get(..length)?.iter().copied().chain([b'0'; 3]).take(3);
    Some((padded.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')), behind.get(length..)?))
}

/// Minutes east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    if matches!(zone, b"Z" | b"z") {
        return Some(0);
    }
    let sign = match zone.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (digits(zone, 1, 2)?, digits(zone, 4, 2)?);
    (zone.len() == 6 && zone.get(3) == Some(&b':') && hours < 24 && minutes < 60)
        .then_some(sign * (hours * 60 + minutes))
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

const fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let years_before = year - 1;
    let leap_days = years_before / 4 - years_before / 100 + years_before / 400;
    // As if February had thirty days, less those it lacks.
    let lacking = if month <= 2 { 0 } else { 2 - i64::from(is_leap(year)) };
    let in_months = (367 * month - 362) / 12 - lacking;
    // 719,162 days lie between the first of January of the years 1 and 1970.
    years_before * 365 + leap_days + in_months + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_the_api_uses_and_their_relatives_are_read() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-08-19T14:44:51.493319+00:00", 1_787_150_691_493),
            ("2026-08-19T14:44:51Z", 1_787_150_691_000),
            ("2024-02-29T23:59:60.5Z", 1_709_251_200_500),
            ("2000-03-01t00:00:00z", 951_868_800_000),
            ("2026-01-01 01:30:00.1+01:30", 1_767_225_600_100),
            ("2025-12-31T22:00:00.123456789-02:00", 1_767_225_600_123),
        ] {
            assert_eq!(parse_timestamp(text), Some(Millis::new(want)), "{text}");
        }
    }

    #[test]
    fn a_time_that_is_written_is_the_time_that_was_meant() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799_000),
            ("2026-11-21T00:00:00Z", 1_795_219_200_000),
            ("2370-01-01T00:00:00Z", 12_622_780_800_000),
        ] {
            assert_eq!(write_timestamp(Millis::new(millis)), text);
            assert_eq!(parse_timestamp(text), Some(Millis::new(millis)));
        }
        assert!(write_timestamp(Millis::NEVER).ends_with('Z'));
    }

    #[test]
    fn what_is_no_timestamp_is_none() {
        for text in [
            "",
            "2026-08-19",
            "2026-08-19T14:44:51",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-08-19T24:00:00Z",
            "2026-08-19T14:44:51.Z",
            "2026-08-19T14:44:51+0000",
            "2026-08-19T14:44:51+00:00x",
            "1969-12-31T23:59:59Z",
            "２026-08-19T14:44:51Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }
}
