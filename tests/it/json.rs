//! The JSON scanner: order of tokens, refusals with their place, depth.

use batchwise::json::{Scanner, SyntaxError, Token};
use proptest::prelude::*;

fn scan(bytes: &[u8]) -> Result<String, SyntaxError> {
    let mut scanner = Scanner::new(bytes)?;
    let mut out = String::new();
    while let Some(token) = scanner.step()? {
        let word = match token {
            Token::ObjectStart => "{".to_string(),
            Token::ObjectEnd => "}".to_string(),
            Token::ArrayStart => "[".to_string(),
            Token::ArrayEnd => "]".to_string(),
            Token::Key(key) => format!("{}:", key.decode()),
            Token::String(text) => format!("'{}' ", text.decode()),
            Token::Number(text) => format!("{text} "),
            Token::Bool(value) => format!("{value} "),
            Token::Null => "null ".to_string(),
        };
        out.push_str(&word);
    }
    Ok(out)
}

#[test]
fn tokens_come_in_the_order_of_the_text() {
    let got = scan(br#" {"a" : [1, -0.5e+3, "x\n"], "b":{}, "c":[], "d":null,"e":true} "#).unwrap();
    assert_eq!(got, "{a:[1 -0.5e+3 'x\n' ]b:{}c:[]d:null e:true }");
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for (text, offset) in [
        ("", 0),
        ("[1,]", 3),
        ("{\"a\"}", 4),
        ("{\"a\":1,}", 7),
        ("[1 2]", 3),
        ("{]", 1),
        ("[}", 1),
        ("01", 1),
        ("1.", 2),
        ("-", 1),
        (".5", 0),
        ("1e", 2),
        ("nul", 0),
        ("\"\\x\"", 1),
        ("\"\\u12g4\"", 1),
        ("\"a", 2),
        ("\"\t\"", 1),
        ("{} {}", 3),
        ("{a:1}", 1),
        ("[", 1),
        ("{\"a\":1", 6),
        ("]", 0),
        ("NaN", 0),
    ] {
        assert_eq!(scan(text.as_bytes()).unwrap_err().offset, offset, "{text}");
    }
    assert_eq!(scan(b"[\"\xff\"]").unwrap_err(), SyntaxError { offset: 2, reason: "not UTF-8" });
}

#[test]
fn depth_is_bounded_by_memory_not_by_the_stack() {
    let deep = 200_000;
    let mut text = vec![b'['; deep];
    text.extend(vec![b']'; deep]);
    assert_eq!(scan(&text).unwrap().len(), 2 * deep);
    let mixed = "[{\"a\":".repeat(1000) + "1" + &"}]".repeat(1000);
    assert!(scan(mixed.as_bytes()).is_ok());
    assert!(scan("[{\"a\":".repeat(70).as_bytes()).is_err());
}

#[test]
fn a_skipped_value_answers_its_span() {
    let text = br#"{"a": {"deep":[1,2]} , "b" : 3}"#;
    let mut scanner = Scanner::new(text).unwrap();
    scanner.step().unwrap();
    scanner.step().unwrap();
    let span = scanner.skip_value().unwrap();
    assert_eq!(&text[span], br#"{"deep":[1,2]}"#);
    assert!(matches!(scanner.step().unwrap(), Some(Token::Key(key)) if key.is("b")));
    assert_eq!(scanner.skip_value().unwrap(), 29..30);
    assert!(scanner.skip_value().is_err());
}

proptest! {
    #[test]
    fn verdicts_agree_with_serde_json(text in "[\\[\\]{},:\"\\\\u0-9aeE.+\\- nulltruefals]{0,24}") {
        // serde_json refuses lone surrogates, as a Rust string must; JSON.parse and we accept them.
        if !text.contains("\\u") {
            let ours = scan(text.as_bytes()).is_ok();
            prop_assert_eq!(ours, serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = scan(&bytes);
    }
}
