//! Text with `{{column}}` in it.
//!
//! The whole language: `{{name}}` stands for the row's value in that column, white space inside the braces does not
//! count; `\{{` stands for `{{`; everything else stands for itself. A name may hold anything but braces.

use crate::error::{Error, ErrorCode};
use crate::json::push_escaped;
use crate::nearest::nearest;

/// A template as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece<String>>,
}

/// A template that knows its columns by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    pieces: Vec<Piece<usize>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<Column> {
    /// Literal text; in a [`Bound`] template already escaped for JSON.
    Text(String),
    Column(Column),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// `template/syntax` for `{{` without `}}`, and for a name that is empty or holds a brace.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let (before, braces) = rest.split_at(open);
            let inside = braces.get(2..).unwrap_or_default();
            if let Some(before) = before.strip_suffix('\\') {
                literal.push_str(before);
                literal.push_str("{{");
                rest = inside;
                continue;
            }
            literal.push_str(before);
            let Some((name, after)) = inside.split_once("}}") else {
                return Err(syntax(text, rest, "has no }} after it"));
            };
            let name = name.trim();
            if name.is_empty() {
                return Err(syntax(text, rest, "names no column"));
            }
            if name.contains(['{', '}']) {
                return Err(syntax(text, rest, "has a brace inside the name"));
            }
            if !literal.is_empty() {
                pieces.push(Piece::Text(core::mem::take(&mut literal)));
            }
            pieces.push(Piece::Column(name.to_owned()));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self { pieces })
    }

    /// The columns it names, in order, as often as it names them.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Column(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The template with its columns looked up in `header`.
    ///
    /// # Errors
    /// `template/unknown-column`, with the nearest name, for a column that the header does not have.
    pub fn bind<Name: AsRef<str>>(&self, header: &[Name]) -> Result<Bound, Error> {
        let bind = |piece: &Piece<String>| match piece {
            Piece::Column(name) => find_column(name, header).map(Piece::Column),
            Piece::Text(text) => {
                let mut escaped = Vec::with_capacity(text.len());
                push_escaped(&mut escaped, text);
                Ok(Piece::Text(String::from_utf8(escaped).unwrap_or_default()))
            }
        };
        Ok(Bound { pieces: self.pieces.iter().map(bind).collect::<Result<_, _>>()? })
    }
}

impl Bound {
    /// Appends the text for one row, escaped as the inside of a JSON string. `cell` answers the row's value in the
    /// column with this number of the header.
    pub fn render<'r>(&self, cell: impl Fn(usize) -> &'r str, out: &mut Vec<u8>) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                &Piece::Column(column) => push_escaped(out, cell(column)),
            }
        }
    }

    /// The numbers of the columns it uses.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.pieces.iter().filter_map(|piece| match piece {
            &Piece::Column(column) => Some(column),
            Piece::Text(_) => None,
        })
    }
}

/// The number of column `name`; white space around names does not count.
///
/// # Errors
/// `template/unknown-column` when there is no such column, or more than one.
pub(super) fn find_column<Name: AsRef<str>>(name: &str, header: &[Name]) -> Result<usize, Error> {
    let mut same = (0..).zip(header).filter(|(_, column)| column.as_ref().trim() == name);
    match (same.next(), same.next()) {
        (Some((column, _)), None) => Ok(column),
        (Some(_), Some(_)) => {
            let message = format!("the header has more than one column {name:?}: rename one of them");
            Err(Error::new(ErrorCode::UnknownColumn, message))
        }
        (None, _) => {
            let names = || header.iter().map(|column| column.as_ref().trim());
            Err(Error::new(ErrorCode::UnknownColumn, unknown(name, names())))
        }
    }
}

/// One sentence about a column that is not there, with what was probably meant.
pub(super) fn unknown<'a>(name: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(name, names.clone()) {
        return format!("there is no column {name:?}; did you mean {near:?}?");
    }
    let mut list: Vec<&str> = names.take(21).collect();
    if list.len() > 20 {
        list.pop();
        list.push("…");
    }
    format!("there is no column {name:?}; the columns are {}", list.join(", "))
}

fn syntax(text: &str, rest: &str, what: &str) -> Error {
    let at = rest.find("{{").map_or(0, |open| text.len() - rest.len() + open);
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let message = format!(
        "the {{{{ at character {} (line {line}) of the template {what}; for the braces themselves \
                           write \\{{{{",
        before.chars().count() + 1
    );
    Error::new(ErrorCode::Template, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str, row: &[(&str, &'static str)]) -> Result<String, String> {
        let header: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
        let bound = Template::parse(template).and_then(|template| template.bind(&header));
        let bound = bound.map_err(|error| format!("{} {error}", error.code().as_str()))?;
        let mut out = Vec::new();
        bound.render(|column| row[column].1, &mut out);
        Ok(serde_json::from_str(&format!("\"{}\"", String::from_utf8(out).unwrap())).unwrap())
    }

    #[test]
    fn columns_are_filled_in_and_the_rest_stands_for_itself() {
        let row = [("a", "1"), ("b c", "x\"\n{{a}}"), ("é", "😀")];
        for (template, want) in [
            ("", ""),
            ("no columns { } }} \\ \"q\"\n", "no columns { } }} \\ \"q\"\n"),
            ("{{a}}", "1"),
            ("{{ a }}{{a}}-{{b c}}", "11-x\"\n{{a}}"),
            ("\\{{a}} {{é}}", "{{a}} 😀"),
            ("\\\\{{a}}", "\\{{a}}"),
            ("{\"k\": {{a}}}", "{\"k\": 1}"),
        ] {
            assert_eq!(render(template, &row).unwrap(), want, "{template}");
        }
    }

    #[test]
    fn a_template_that_cannot_be_read_says_where() {
        for (template, want) in [
            ("ab\né{{a", "template/syntax the {{ at character 5 (line 2) of the template has no }} after it"),
            ("{{ }}", "template/syntax the {{ at character 1 (line 1) of the template names no column"),
            ("{{{a}}}", "has a brace inside the name"),
        ] {
            let error = render(template, &[("a", "1")]).unwrap_err();
            assert!(error.contains(want) && error.ends_with("write \\{{"), "{error}");
        }
    }

    #[test]
    fn an_unknown_column_is_answered_with_the_nearest_name() {
        let error = |template| render(template, &[("id", ""), (" review ", ""), ("id", "")]).unwrap_err();
        assert_eq!(
            error("{{reveiw}}"),
            "template/unknown-column there is no column \"reveiw\"; did you mean \"review\"?"
        );
        assert_eq!(
            error("{{title}}"),
            "template/unknown-column there is no column \"title\"; the columns are id, review, id"
        );
        assert!(error("{{id}}").contains("more than one column \"id\""));
        assert!(render("{{review}}", &[(" review ", "x")]).is_ok());
    }
}
