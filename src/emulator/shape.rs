//! What a JSON value must look like, as data, and the words in which the API says that it does not.
//!
//! The API refuses with the first problem it meets: a path with dots, the variant of a union included, and a sentence.

use std::borrow::Cow;

use super::betas::{Beta, Betas};
use super::value::Value;

/// What is allowed in a place.
#[derive(Debug)]
pub(super) enum Shape {
    Any,
    Bool,
    /// A text of so many characters.
    Text(usize, usize),
    /// A text of so many characters, each of which passes; with the pattern for the message.
    Made(usize, usize, fn(&str) -> bool, &'static str),
    Whole(f64, f64),
    Number(f64, f64),
    OneOf(&'static [&'static str]),
    /// So many items of one shape.
    List(usize, usize, &'static Self),
    /// An object with anything in it.
    Free,
    /// An object with keys of a list, all optional, and values of one shape.
    Members(&'static [&'static str], &'static Self),
    /// An object with any keys and values of one shape.
    Entries(&'static Self),
    Record(&'static Record),
    /// Objects told apart by `type`.
    Tagged(&'static [(&'static str, &'static Record)]),
    /// The same, and what it is without a `type` or with null there.
    Untagged(&'static [(&'static str, &'static Record)], &'static Record),
    OrNull(&'static Self),
    /// A text of at least so many characters, or the other.
    TextOr(usize, &'static Self),
    /// A text out of a list, or the other.
    WordOr(&'static [&'static str], &'static Self),
    /// A list where it is one, the other everywhere else.
    ListOr(&'static Self, &'static Self),
}

/// An object with known keys. Its `type` has been looked at already and is not among them.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) fields: &'static [&'static [Field]],
    /// What its `type` needs to exist.
    pub(super) beta: Option<Beta>,
    /// Whether other keys may stand there, too.
    pub(super) is_open: bool,
}

/// One key of an object.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    is_required: bool,
    /// What it needs to exist.
    beta: Option<Beta>,
    shape: &'static Shape,
}

pub(super) const fn must(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, is_required: true, beta: None, shape }
}

pub(super) const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, is_required: false, beta: None, shape }
}

pub(super) const fn with(beta: Beta, name: &'static str, shape: &'static Shape) -> Field {
    Field { name, is_required: false, beta: Some(beta), shape }
}

pub(super) const fn record(fields: &'static [&'static [Field]]) -> Record {
    Record { fields, beta: None, is_open: false }
}

/// The first problem of a value.
#[derive(Debug)]
pub(super) struct Fault {
    /// From the inside out.
    path: Vec<Cow<'static, str>>,
    text: String,
}

impl Fault {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { path: Vec::new(), text: text.into() }
    }

    pub(super) fn below(mut self, step: impl Into<Cow<'static, str>>) -> Self {
        self.path.push(step.into());
        self
    }

    pub(super) fn message(&self) -> String {
        let mut message = String::new();
        for step in self.path.iter().rev() {
            if !message.is_empty() {
                message.push('.');
            }
            message.push_str(step);
        }
        if message.is_empty() { self.text.clone() } else { format!("{message}: {}", self.text) }
    }
}

fn fault<T>(text: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::new(text))
}

impl Shape {
    pub(super) fn check(&self, value: &Value<'_>, betas: Betas) -> Result<(), Fault> {
        match self {
            Self::Any => Ok(()),
            Self::Bool => match value {
                Value::Bool(_) => Ok(()),
                _ => fault("Input should be a valid boolean"),
            },
            Self::Text(least, most) => sized_text(value, *least, *most).map(|_| ()),
            Self::Made(least, most, is_made, pattern) => {
                let text = sized_text(value, *least, *most)?;
                if is_made(text) {
                    return Ok(());
                }
                fault(format!("String should match pattern '{pattern}'"))
            }
            Self::Whole(least, most) => match value {
                Value::Number(number) if number.fract() == 0.0 => ranged(*number, *least, *most),
                Value::Number(_) => {
                    fault("Input should be a valid integer, got a number with a fractional part")
                }
                _ => fault("Input should be a valid integer"),
            },
            Self::Number(least, most) => match value {
                Value::Number(number) => ranged(*number, *least, *most),
                _ => fault("Input should be a valid number"),
            },
            Self::OneOf(words) => match value.text() {
                Some(text) if words.contains(&text) => Ok(()),
                _ => fault(format!("Input should be {}", quoted(words))),
            },
            Self::List(least, most, shape) => list(value, *least, *most, shape, betas),
            Self::Free => match value {
                Value::Map(_) => Ok(()),
                _ => fault("Input should be a valid dictionary"),
            },
            Self::Members(names, shape) => members(value, names, shape, betas),
            Self::Entries(shape) => match value {
                Value::Map(entries) => entries.iter().try_for_each(|(key, value)| {
                    shape.check(value, betas).map_err(|fault| fault.below(key.to_string()))
                }),
                _ => fault("Input should be a valid dictionary"),
            },
            Self::Record(record) => record.check(value, false, betas),
            Self::Tagged(variants) => tagged(value, variants, betas),
            Self::Untagged(variants, plain) => match value.get("type") {
                None | Some(Value::Null) => plain.check(value, true, betas),
                Some(_) => tagged(value, variants, betas),
            },
            Self::OrNull(shape) => match value {
                Value::Null => Ok(()),
                value => shape.check(value, betas),
            },
            Self::TextOr(least, other) => match value {
                Value::Text(_) => sized_text(value, *least, usize::MAX).map(|_| ()),
                value => other.check(value, betas),
            },
            Self::WordOr(words, other) => match value {
                Value::Text(_) => Self::OneOf(words).check(value, betas),
                value => other.check(value, betas),
            },
            Self::ListOr(items, other) => match value {
                Value::List(_) => items.check(value, betas),
                value => other.check(value, betas),
            },
        }
    }
}

impl Record {
    pub(super) fn check(&self, value: &Value<'_>, is_tagged: bool, betas: Betas) -> Result<(), Fault> {
        let Value::Map(entries) = value else { return fault("Input should be a valid dictionary") };
        let fields = || self.fields.iter().copied().flatten();
        for field in fields() {
            match value.get(field.name) {
                Some(value) if betas.has(field.beta) => {
                    field.shape.check(value, betas).map_err(|fault| fault.below(field.name))?;
                }
                None if field.is_required => {
                    return Err(Fault::new("Field required").below(field.name));
                }
                _ => {}
            }
        }
        for (key, _) in entries.iter().filter(|_| !self.is_open) {
            let is_known = fields().any(|field| field.name == key && betas.has(field.beta));
            if !(is_known || (is_tagged && key == "type") || betas.has_stranger()) {
                return Err(Fault::new("Extra inputs are not permitted").below(key.to_string()));
            }
        }
        Ok(())
    }
}

fn sized_text<'v>(value: &'v Value<'_>, least: usize, most: usize) -> Result<&'v str, Fault> {
    let Some(text) = value.text() else { return fault("Input should be a valid string") };
    // Bytes bound characters: most texts need no counting.
    if text.len() < least {
        return fault(format!("String should have at least {}", many(least, "character")));
    }
    if text.len() > most && text.chars().count() > most {
        return fault(format!("String should have at most {}", many(most, "character")));
    }
    Ok(text)
}

fn ranged(number: f64, least: f64, most: f64) -> Result<(), Fault> {
    if number < least {
        return fault(format!("Input should be greater than or equal to {least}"));
    }
    if number > most {
        return fault(format!("Input should be less than or equal to {most}"));
    }
    Ok(())
}

fn list(value: &Value<'_>, least: usize, most: usize, shape: &Shape, betas: Betas) -> Result<(), Fault> {
    let Some(items) = value.items() else { return fault("Input should be a valid list") };
    let count = items.len();
    if count < least {
        let least = many(least, "item");
        return fault(format!("List should have at least {least} after validation, not {count}"));
    }
    if count > most {
        let most = many(most, "item");
        return fault(format!("List should have at most {most} after validation, not {count}"));
    }
    for (index, item) in items.iter().enumerate() {
        shape.check(item, betas).map_err(|fault| fault.below(index.to_string()))?;
    }
    Ok(())
}

fn members(value: &Value<'_>, names: &[&str], shape: &Shape, betas: Betas) -> Result<(), Fault> {
    let Value::Map(entries) = value else { return fault("Input should be a valid dictionary") };
    for (key, value) in entries {
        if !names.contains(&key.as_ref()) {
            return Err(Fault::new("Extra inputs are not permitted").below(key.to_string()));
        }
        shape.check(value, betas).map_err(|fault| fault.below(key.to_string()))?;
    }
    Ok(())
}

fn tagged(
    value: &Value<'_>,
    variants: &'static [(&'static str, &'static Record)],
    betas: Betas,
) -> Result<(), Fault> {
    if !matches!(value, Value::Map(_)) {
        return fault("Input should be a valid dictionary");
    }
    let Some(tag) = value.get("type") else { return Err(Fault::new("Field required").below("type")) };
    let found = tag
        .text()
        .and_then(|tag| variants.iter().find(|(name, record)| *name == tag && (betas.has(record.beta))));
    let Some(&(name, record)) = found else {
        let names: Vec<_> = variants.iter().map(|&(name, _)| name).collect();
        let tag = tag.text().map_or_else(|| "None".to_owned(), |tag| tag.chars().take(100).collect());
        return fault(format!(
            "Input tag '{tag}' found using 'type' does not match any of the expected tags: {}",
            quoted(&names).replace(" or ", ", ")
        ));
    };
    // The path names the variant, as the real one does.
    record.check(value, true, betas).map_err(|fault| fault.below(name))
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
