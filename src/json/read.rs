//! Small steps over [`Scanner`] for objects whose shape we know and whose extra fields we pass over.

use std::borrow::Cow;

use super::{Scanner, Str, SyntaxError, Token};

/// Walks the members of the object that comes next; `member` must take exactly the one value. Answers false when the
/// value was no object: it has been passed over then.
pub fn members<'a>(
    scanner: &mut Scanner<'a>,
    mut member: impl FnMut(Str<'a>, &mut Scanner<'a>) -> Result<(), SyntaxError>,
) -> Result<bool, SyntaxError> {
    let outside = scanner.depth();
    if !matches!(scanner.step()?, Some(Token::ObjectStart)) {
        while scanner.depth() > outside {
            scanner.step()?;
        }
        return Ok(false);
    }
    while let Some(Token::Key(key)) = scanner.step()? {
        member(key, scanner)?;
    }
    Ok(true)
}

/// Walks the elements of the array that comes next, as [`members`] does. `element` sees the scanner before the value.
pub fn elements<'a>(
    scanner: &mut Scanner<'a>,
    mut element: impl FnMut(&mut Scanner<'a>) -> Result<(), SyntaxError>,
) -> Result<bool, SyntaxError> {
    let outside = scanner.depth();
    if !matches!(scanner.step()?, Some(Token::ArrayStart)) {
        while scanner.depth() > outside {
            scanner.step()?;
        }
        return Ok(false);
    }
    while !scanner.is_before(b']') {
        element(scanner)?;
    }
    scanner.step()?;
    Ok(true)
}

/// Passes over the value that comes next.
pub fn skip(scanner: &mut Scanner<'_>) -> Result<(), SyntaxError> {
    scanner.skip_value().map(|_| ())
}

/// The string that comes next; `None` for any other value.
pub fn string<'a>(scanner: &mut Scanner<'a>) -> Result<Option<Cow<'a, str>>, SyntaxError> {
    scalar(scanner, |token| match token {
        Token::String(text) => Some(text.decode()),
        _ => None,
    })
}

/// The count that comes next; `None` for anything that is not a number of zero or more.
pub fn count(scanner: &mut Scanner<'_>) -> Result<Option<u64>, SyntaxError> {
    scalar(scanner, |token| match token {
        Token::Number(text) => text.parse().ok().or_else(|| whole(text)),
        _ => None,
    })
}

/// The truth value that comes next; `None` for any other value.
pub fn truth(scanner: &mut Scanner<'_>) -> Result<Option<bool>, SyntaxError> {
    scalar(scanner, |token| if let Token::Bool(value) = token { Some(value) } else { None })
}

/// The value that comes next, as it is written.
///
/// # Errors
/// As [`Scanner::step`], like all of these.
pub fn raw<'a>(scanner: &mut Scanner<'a>) -> Result<&'a str, SyntaxError> {
    let range = scanner.skip_value()?;
    Ok(scanner.text().get(range).unwrap_or_default())
}

fn scalar<'a, T>(
    scanner: &mut Scanner<'a>,
    pick: impl FnOnce(Token<'a>) -> Option<T>,
) -> Result<Option<T>, SyntaxError> {
    let outside = scanner.depth();
    let picked = scanner.step()?.and_then(pick);
    while scanner.depth() > outside {
        scanner.step()?;
    }
    Ok(picked)
}

/// Counts written as `2.0` or `2e3`; JSON has one number type.
#[expect(clippy::cast_sign_loss, reason = "checked to be zero or more")]
fn whole(text: &str) -> Option<u64> {
    let value: f64 = text.parse().ok()?;
    (0.0..9.0e15).contains(&value).then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_the_wrong_type_is_passed_over_whole() {
        let text = br#"{"a":[{"x":1}],"b":{"y":[2]},"c":3,"d":[4,[5],"s"]}"#;
        let mut scanner = Scanner::new(text).unwrap();
        let mut seen = Vec::new();
        members(&mut scanner, |key, scanner| {
            seen.push(match key.raw() {
                "a" => format!("{:?}", string(scanner)?),
                "b" => format!("{:?}", count(scanner)?),
                "c" => members(scanner, |_, _| Ok(()))?.to_string(),
                _ => {
                    let mut n = 0;
                    elements(scanner, |scanner| {
                        n += 1;
                        skip(scanner)
                    })?;
                    n.to_string()
                }
            });
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, ["None", "None", "false", "3"]);
        assert_eq!(scanner.step().unwrap(), None);
    }

    #[test]
    fn counts_may_be_written_in_any_json_form() {
        for (text, want) in
            [("7", Some(7)), ("2.0", Some(2)), ("1e3", Some(1000)), ("-1", None), ("\"7\"", None)]
        {
            assert_eq!(count(&mut Scanner::over(text)).unwrap(), want, "{text}");
        }
    }
}
