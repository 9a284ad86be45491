//! JSON text as values, by way of serde.

use core::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::{Scanner, SyntaxError, Token};

/// The value in a text that is JSON throughout; `None` where it is not, or is not such a value. Keys that the value does
/// not know are passed over.
pub fn decode<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    let mut decoder = Decoder { scanner: Scanner::over(text), next: None };
    let value = T::deserialize(&mut decoder).ok()?;
    matches!(decoder.scanner.step(), Ok(None)).then_some(value)
}

/// The text is no JSON, or not of the value that was asked for.
#[derive(Debug)]
struct Misfit;

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what was expected")
    }
}

impl core::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl From<SyntaxError> for Misfit {
    fn from(_: SyntaxError) -> Self {
        Self
    }
}

struct Decoder<'a> {
    scanner: Scanner<'a>,
    /// A token that was looked at and not used yet.
    next: Option<Token<'a>>,
}

impl<'a> Decoder<'a> {
    fn token(&mut self) -> Result<Token<'a>, Misfit> {
        match self.next.take() {
            Some(token) => Ok(token),
            None => self.scanner.step()?.ok_or(Misfit),
        }
    }

    /// Passes over what a visitor left of the container that was opened at `depth`.
    fn close(&mut self, depth: usize) -> Result<(), Misfit> {
        while self.scanner.depth() > depth {
            self.scanner.step()?;
        }
        Ok(())
    }
}

impl<'a> de::Deserializer<'a> for &mut Decoder<'a> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let token = self.token()?;
        let outside = self.scanner.depth().saturating_sub(1);
        match token {
            Token::Null => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::String(text) => visitor.visit_str(&text.decode()),
            Token::Number(text) => {
                if let Ok(value) = text.parse::<u64>() {
                    return visitor.visit_u64(value);
                }
                match text.parse::<i64>() {
                    Ok(value) => visitor.visit_i64(value),
                    Err(_) => visitor.visit_f64(text.parse().map_err(|_| Misfit)?),
                }
            }
            Token::ArrayStart => {
                let value = visitor.visit_seq(Inside { decoder: self })?;
                self.close(outside)?;
                Ok(value)
            }
            Token::ObjectStart => {
                let value = visitor.visit_map(Inside { decoder: self })?;
                self.close(outside)?;
                Ok(value)
            }
            Token::Key(_) | Token::ArrayEnd | Token::ObjectEnd => Err(Misfit),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.token()? {
            Token::Null => visitor.visit_none(),
            token => {
                self.next = Some(token);
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.token()? {
            Token::String(text) => {
                let text = text.decode();
                let variant: StrDeserializer<'_, Misfit> = text.as_ref().into_deserializer();
                visitor.visit_enum(variant)
            }
            _ => Err(Misfit),
        }
    }

    /// However deep: nothing recurses.
    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let token = self.token()?;
        if matches!(token, Token::ArrayStart | Token::ObjectStart) {
            let outside = self.scanner.depth().saturating_sub(1);
            self.close(outside)?;
        }
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

struct Inside<'d, 'a> {
    decoder: &'d mut Decoder<'a>,
}

impl<'a> de::SeqAccess<'a> for Inside<'_, 'a> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        match self.decoder.token()? {
            Token::ArrayEnd => Ok(None),
            token => {
                self.decoder.next = Some(token);
                seed.deserialize(&mut *self.decoder).map(Some)
            }
        }
    }
}

impl<'a> de::MapAccess<'a> for Inside<'_, 'a> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        match self.decoder.token()? {
            Token::Key(key) => {
                let key = key.decode();
                let key: StrDeserializer<'_, Misfit> = key.as_ref().into_deserializer();
                seed.deserialize(key).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        seed.deserialize(&mut *self.decoder)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::super::encode;
    use super::*;

    #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        #[default]
        OneThing,
        Another,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Whole {
        some_text: String,
        kind: Kind,
        count: u64,
        below: i32,
        part: Option<f64>,
        pair: (u32, String),
        list: Vec<(u32, u32)>,
        map: BTreeMap<String, Option<bool>>,
        inner: Vec<Self>,
        #[serde(default)]
        later: Option<u8>,
    }

    fn whole() -> Whole {
        Whole {
            some_text: "a\"\\\n\u{0}é".to_owned(),
            kind: Kind::Another,
            count: u64::MAX,
            below: -7,
            part: Some(0.1 + 0.2),
            pair: (1, "x".to_owned()),
            list: vec![(0, 100_000), (7, 1)],
            map: [("a".to_owned(), Some(true)), (String::new(), None)].into(),
            inner: vec![Whole::default(), Whole { part: Some(3.0), ..Whole::default() }],
            later: None,
        }
    }

    #[test]
    fn a_value_comes_back_as_it_was_and_serde_json_agrees() {
        let text = encode(&whole());
        assert_eq!(decode::<Whole>(&text), Some(whole()));
        assert_eq!(serde_json::from_str::<Whole>(&text).unwrap(), whole());
        assert_eq!(decode::<Whole>(&serde_json::to_string_pretty(&whole()).unwrap()), Some(whole()));
    }

    #[test]
    fn keys_of_a_later_version_are_passed_over_and_missing_ones_take_their_default() {
        let text = encode(&whole()).replace(",\"later\":null", ",\"new\":[[{\"x\":[1]}],2]");
        assert_eq!(decode::<Whole>(&text), Some(whole()));
    }

    #[test]
    fn what_is_cut_or_of_another_shape_is_nothing() {
        let text = encode(&whole());
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            assert_eq!(decode::<Whole>(&text[..at]), None, "cut at {at}");
        }
        for wrong in ["", "null", "[]", "{}", "1", "{\"a\":}"] {
            assert_eq!(decode::<Whole>(wrong), None, "{wrong}");
        }
        assert_eq!((decode::<Vec<u32>>("[1,2] 3"), decode::<Vec<u32>>("[1,-2]")), (None, None));
        assert_eq!(decode::<(u32, u32)>("[1,2,3]"), Some((1, 2)));
        assert_eq!((decode::<f64>("1e2"), decode::<Option<u32>>("null")), (Some(100.0), Some(None)));
    }
}
