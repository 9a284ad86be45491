//! Strings, words and numbers against their bounds.

use super::base64;
use super::check::{clip, whole};
use super::codes::ViolationCode as Code;
use super::schema::Format;
use super::violation::Fix;
use super::walk::Walk;
use crate::json::Str;
use crate::nearest::nearest;

impl Walk<'_, '_> {
    pub(super) fn word(&mut self, words: &[&str], string: Str<'_>, at: usize) {
        if words.iter().any(|word| string.is(word)) {
            return;
        }
        let value = string.decode();
        let near = nearest(clip(&value), words.iter().copied());
        let message = format!("{:?} is not allowed here", clip(&value));
        if let Some(violation) =
            self.stale(Code::ParamsValue, at, message, format!("use {}", words.join(", ")))
        {
            violation.fix = near.map(|near| Fix::Set(format!("{near:?}")));
        }
    }

    pub(super) fn int(&mut self, (least, most): (i64, i64), number: &str, at: usize) {
        let Some(value) = whole(number) else {
            let message = format!("a whole number belongs here, this is {}", clip(number));
            self.error(Code::ParamsType, at, message, "write a whole number");
            return;
        };
        if value < least as f64 || value > most as f64 {
            let hint = if most == i64::MAX {
                format!("{least} or more is allowed")
            } else {
                format!("{least} to {most} is allowed")
            };
            self.error(Code::ParamsRange, at, format!("{} is out of range", clip(number)), hint);
        }
    }

    pub(super) fn num(&mut self, (least, most): (f64, f64), number: &str, at: usize) {
        let value = number.parse().unwrap_or(f64::NAN);
        if !(least..=most).contains(&value) {
            let hint = format!("{least} to {most} is allowed");
            self.error(Code::ParamsRange, at, format!("{} is out of range", clip(number)), hint);
        }
    }

    pub(super) fn format(&mut self, format: Format, string: Str<'_>, at: usize) {
        match format {
            Format::Free => {}
            Format::NotBlank => {
                if is_blank(string) {
                    let message = "the text is nothing but white space, which the API refuses";
                    self.error(Code::ParamsPattern, at, message, "write something or leave it out");
                }
            }
            Format::Name => {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
                self.pattern(string, at, fits, "letters, digits, _ and -");
            }
            Format::ServerToolId => {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                if !string.decode().starts_with("srvtoolu_") || string.raw().len() < 10 {
                    let message = "the id is not one of a server tool";
                    self.error(Code::ParamsPattern, at, message, "it begins with srvtoolu_");
                } else {
                    self.pattern(string, at, fits, "letters, digits and _");
                }
            }
            Format::Country => self.pattern(string, at, |byte| byte.is_ascii_alphabetic(), "two letters"),
            Format::Address => {
                let text = string.decode();
                let has = |scheme: &str| {
                    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                };
                if !text.is_empty() && !has("http://") && !has("https://") {
                    let message = format!("{:?} does not begin as an address of the web does", clip(&text));
                    self.doubt(Code::ParamsPattern, at, message, "write it with https://");
                }
            }
            Format::Domain => {
                if let Some((scheme, rest)) = string.decode().split_once("://") {
                    let message = format!("the scheme {:?} stands before the domain", clip(scheme));
                    let said = self.doubt(
                        Code::ParamsPattern,
                        at,
                        message,
                        "write the domain alone, with a path if need be",
                    );
                    let is_plain =
                        rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
                    if let Some(violation) = said.filter(|_| is_plain) {
                        violation.fix = Some(Fix::Set(format!("{rest:?}")));
                    }
                }
            }
            Format::Base64 => {
                if let Some(wrong) = base64::wrong(string) {
                    self.error(Code::MediaBase64, at, wrong.message, wrong.hint);
                }
            }
        }
    }

    fn pattern(&mut self, string: Str<'_>, at: usize, fits: impl Fn(u8) -> bool, allowed: &str) {
        if string.raw().bytes().all(&fits) || string.is_escaped() && string.decode().bytes().all(fits) {
            return;
        }
        let message = format!("{:?} has characters that are not allowed here", clip(&string.decode()));
        self.error(Code::ParamsPattern, at, message, format!("use {allowed}"));
    }
}

pub(super) fn is_blank(string: Str<'_>) -> bool {
    match string.raw().as_bytes().first() {
        None => false, // Too short, which is said elsewhere.
        Some(byte) if byte.is_ascii_graphic() && *byte != b'\\' => false,
        Some(_) if string.is_escaped() => {
            // As much as it takes to see something; a text is rarely blank for long.
            string.chars().all(char::is_whitespace)
        }
        Some(_) => string.raw().chars().all(char::is_whitespace),
    }
}
