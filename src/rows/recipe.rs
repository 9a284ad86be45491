//! How a row becomes a request.

use super::json_row::compact;
use super::template::{Bound, Template, find_column};
use crate::error::{Error, ErrorCode};
use crate::json::{Scanner, Token, push_escaped, push_string};

/// What a caller says about his requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecipeOptions<'a> {
    /// Template of the user's message.
    pub prompt: &'a str,
    /// Template of the system prompt.
    pub system: Option<&'a str>,
    /// The model.
    pub model: &'a str,
    /// The most tokens an answer may have.
    pub max_tokens: u64,
    /// The column that holds each row's id; without one, ids are `row-1`, `row-2` and so on.
    pub key: Option<&'a str>,
    /// Further parameters, the bytes of a JSON object.
    pub params: Option<&'a [u8]>,
}

/// The parts of a request that are the same in every row, and the templates of those that are not.
#[derive(Clone, Debug)]
pub struct Recipe {
    prompt: Template,
    system: Option<Template>,
    key: Option<String>,
    /// From the end of the id to the end of the parameters that are the same for all.
    head: Vec<u8>,
}

/// A recipe that knows its columns by number.
#[derive(Clone, Debug)]
pub struct BoundRecipe {
    prompt: Bound,
    system: Option<Bound>,
    key: Option<usize>,
    head: Vec<u8>,
}

impl Recipe {
    /// Reads the templates and prepares what does not change.
    ///
    /// # Errors
    /// `template/syntax`; `misuse/option` for further parameters that are no JSON object or name what the recipe makes.
    pub fn new(options: &RecipeOptions<'_>) -> Result<Self, Error> {
        let mut head = br#"","params":{"model":"#.to_vec();
        push_string(&mut head, options.model);
        head.extend_from_slice(format!(r#","max_tokens":{}"#, options.max_tokens).as_bytes());
        if let Some(params) = options.params {
            push_params(params, options.system.is_some(), &mut head)?;
        }
        Ok(Self {
            prompt: Template::parse(options.prompt)?,
            system: options.system.map(Template::parse).transpose()?,
            key: options.key.map(|key| key.trim().to_owned()),
            head,
        })
    }

    /// The columns it needs, each once.
    pub fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        let system = self.system.iter().flat_map(Template::columns);
        for name in self.key.as_deref().into_iter().chain(self.prompt.columns()).chain(system) {
            if !columns.iter().any(|column| column == name) {
                columns.push(name.to_owned());
            }
        }
        columns
    }

    /// The recipe with its columns looked up in `header`.
    ///
    /// # Errors
    /// `template/unknown-column`, with the nearest name.
    pub fn bind<Name: AsRef<str>>(&self, header: &[Name]) -> Result<BoundRecipe, Error> {
        Ok(BoundRecipe {
            prompt: self.prompt.bind(header)?,
            system: self.system.as_ref().map(|system| system.bind(header)).transpose()?,
            key: self.key.as_deref().map(|key| find_column(key, header)).transpose()?,
            head: self.head.clone(),
        })
    }
}

impl BoundRecipe {
    /// Appends the request of the row with this number, from 1.
    pub fn render<'r>(&self, number: u64, cell: impl Fn(usize) -> &'r str, out: &mut Vec<u8>) {
        if let Some(key) = self.key {
            self.render_as(cell(key), cell, out);
        } else {
            self.render_as(&format!("row-{number}"), cell, out);
        }
    }

    /// Appends the request of a row whose id is known.
    pub fn render_as<'r>(&self, id: &str, cell: impl Fn(usize) -> &'r str, out: &mut Vec<u8>) {
        out.extend_from_slice(br#"{"custom_id":""#);
        push_escaped(out, id);
        out.extend_from_slice(&self.head);
        if let Some(system) = &self.system {
            out.extend_from_slice(br#","system":""#);
            system.render(&cell, out);
            out.push(b'"');
        }
        out.extend_from_slice(br#","messages":[{"role":"user","content":""#);
        self.prompt.render(&cell, out);
        out.extend_from_slice(br#""}]}}"#);
    }

    /// The numbers of the columns whose values go into a template.
    pub fn template_columns(&self) -> impl Iterator<Item = usize> {
        self.prompt.columns().chain(self.system.iter().flat_map(Bound::columns))
    }
}

/// Appends the members of `params`, after a comma.
fn push_params(params: &[u8], has_system: bool, head: &mut Vec<u8>) -> Result<(), Error> {
    let refuse = |message: String| Error::new(ErrorCode::Option, message);
    let not_json = |error| refuse(format!("params is not JSON: {error}"));
    let mut scanner = Scanner::new(params).map_err(not_json)?;
    if scanner.step().map_err(not_json)? != Some(Token::ObjectStart) {
        return Err(refuse("params is an object of message parameters".to_owned()));
    }
    while let Some(Token::Key(key)) = scanner.step().map_err(not_json)? {
        let name = key.decode();
        if matches!(&*name, "model" | "max_tokens" | "messages") || (name == "system" && has_system) {
            return Err(refuse(format!("params.{name} is set by the table already: leave it out of params")));
        }
        head.push(b',');
        push_string(head, &name);
        head.push(b':');
        let value = scanner.skip_value().map_err(not_json)?;
        compact(params.get(value).unwrap_or_default(), head);
    }
    while scanner.step().map_err(not_json)?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe<'a>() -> RecipeOptions<'a> {
        RecipeOptions { prompt: "Say {{a}}", model: "m\"", max_tokens: 7, ..RecipeOptions::default() }
    }

    fn render(options: &RecipeOptions<'_>, row: [&'static str; 2]) -> String {
        let bound = Recipe::new(options).unwrap().bind(&["a", "b"]).unwrap();
        let mut out = Vec::new();
        bound.render(3, |column| row[column], &mut out);
        serde_json::from_slice::<serde_json::Value>(&out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_row_becomes_a_whole_request() {
        assert_eq!(
            render(&recipe(), ["\"hi\"\n", ""]),
            r#"{"custom_id":"row-3","params":{"model":"m\"","max_tokens":7,"messages":[{"role":"user","content":"Say \"hi\"\n"}]}}"#
        );
        let options = RecipeOptions {
            system: Some("{{b}}{{ a }}"),
            key: Some(" b "),
            params: Some(br#" {"temperature": 1, "metadata": {"user_id": "u v"}} "#),
            ..recipe()
        };
        assert_eq!(
            render(&options, ["x", "k"]),
            r#"{"custom_id":"k","params":{"model":"m\"","max_tokens":7,"temperature":1,"metadata":{"user_id":"u v"},"system":"kx","messages":[{"role":"user","content":"Say x"}]}}"#
        );
        assert_eq!(Recipe::new(&options).unwrap().columns(), ["b", "a"]);
    }

    #[test]
    fn parameters_that_the_table_makes_are_refused() {
        for (params, system, want) in [
            (&b"{\"model\":\"x\"}"[..], None, "params.model is set"),
            (b"{\"m\\u006fdel\":\"x\"}", None, "params.model is set"),
            (b"{\"system\":\"x\"}", Some("y"), "params.system is set"),
            (b"[]", None, "params is an object"),
            (b"{", None, "params is not JSON"),
            (b"{} x", None, "params is not JSON"),
        ] {
            let error = Recipe::new(&RecipeOptions { params: Some(params), system, ..recipe() }).unwrap_err();
            assert!(error.code() == ErrorCode::Option && error.message().contains(want), "{error}");
        }
        let ok = RecipeOptions { params: Some(b"{\"system\":\"x\"}"), ..recipe() };
        assert!(render(&ok, ["", ""]).contains(r#""system":"x","messages""#));
    }
}
