//! What a message used.

use crate::json::{Scanner, SyntaxError};

use super::read;

/// Tokens and extras of one message, in the categories that are priced apart. The API never states a price.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input behind the last cache breakpoint, read and written nowhere.
    pub input: u64,
    /// Written to the 5-minute cache. All writes count here when the API does not say which cache.
    pub cache_write_5m: u64,
    /// Written to the 1-hour cache.
    pub cache_write_1h: u64,
    /// Read from the cache.
    pub cache_read: u64,
    /// Output, thinking included.
    pub output: u64,
    /// The part of the output that was thinking.
    pub thinking: u64,
    /// Web searches, each with a fee of its own.
    pub web_searches: u64,
    /// Ran in the United States on demand, which costs more.
    pub us_geo: bool,
    /// The steps inside one message, each at its own model's price; empty for ordinary messages. Where there are any,
    /// they are what is billed: the totals above may leave out compaction and advisors.
    pub iterations: Vec<Iteration>,
}

/// One step inside a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Iteration {
    /// The model that ran, where it differs from the message's.
    pub model: Option<String>,
    /// As in [`Usage`].
    pub input: u64,
    /// As in [`Usage`].
    pub cache_write_5m: u64,
    /// As in [`Usage`].
    pub cache_write_1h: u64,
    /// As in [`Usage`].
    pub cache_read: u64,
    /// As in [`Usage`].
    pub output: u64,
}

impl Usage {
    /// Everything that went in: fresh, written to a cache, read from it.
    pub const fn input_total(&self) -> u64 {
        self.input
            .saturating_add(self.cache_write_5m)
            .saturating_add(self.cache_write_1h)
            .saturating_add(self.cache_read)
    }

    /// Reads the usage object that comes next; `None` when the value is no object.
    ///
    /// # Errors
    /// When the text is not JSON there.
    pub fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, SyntaxError> {
        let mut usage = Self::default();
        let mut writes = Writes::default();
        let object = read::members(scanner, |key, scanner| {
            match key.decode().as_ref() {
                "input_tokens" => usage.input = number(scanner)?,
                "output_tokens" => usage.output = number(scanner)?,
                "cache_read_input_tokens" => usage.cache_read = number(scanner)?,
                "cache_creation_input_tokens" => writes.total = number(scanner)?,
                "cache_creation" => writes.read_split(scanner)?,
                "output_tokens_details" => usage.thinking = member(scanner, "thinking_tokens")?,
                "server_tool_use" => usage.web_searches = member(scanner, "web_search_requests")?,
                "inference_geo" => usage.us_geo = read::string(scanner)?.is_some_and(|geo| geo == "us"),
                "iterations" => {
                    read::elements(scanner, |scanner| {
                        usage.iterations.extend(Iteration::read(scanner)?);
                        Ok(())
                    })?;
                }
                _ => read::skip(scanner)?,
            }
            Ok(())
        })?;
        (usage.cache_write_5m, usage.cache_write_1h) = writes.by_age();
        Ok(object.then_some(usage))
    }
}

/// A number that counts, by the key under which the API writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsagePart {
    /// `input_tokens`
    Input,
    /// `output_tokens`
    Output,
    /// `cache_read_input_tokens`
    CacheRead,
    /// `cache_creation_input_tokens`
    CacheWrites,
    /// `cache_creation.ephemeral_5m_input_tokens`
    CacheWrite5m,
    /// `cache_creation.ephemeral_1h_input_tokens`
    CacheWrite1h,
    /// `output_tokens_details.thinking_tokens`
    Thinking,
    /// `server_tool_use.web_search_requests`
    WebSearches,
}

impl UsagePart {
    /// The part that a number under these keys is: of the usage object, and of the object inside it.
    pub fn of(key: &str, inner: Option<&str>) -> Option<Self> {
        Some(match (key, inner) {
            ("input_tokens", None) => Self::Input,
            ("output_tokens", None) => Self::Output,
            ("cache_read_input_tokens", None) => Self::CacheRead,
            ("cache_creation_input_tokens", None) => Self::CacheWrites,
            ("cache_creation", Some("ephemeral_5m_input_tokens")) => Self::CacheWrite5m,
            ("cache_creation", Some("ephemeral_1h_input_tokens")) => Self::CacheWrite1h,
            ("output_tokens_details", Some("thinking_tokens")) => Self::Thinking,
            ("server_tool_use", Some("web_search_requests")) => Self::WebSearches,
            _ => return None,
        })
    }
}

/// The numbers of a usage object as they stand there, each under its own key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageParts {
    writes: u64,
    short: u64,
    long: u64,
    others: [u64; 5],
}

impl UsageParts {
    /// Sets one of them.
    pub const fn set(&mut self, part: UsagePart, number: u64) {
        let [input, output, read, thinking, searches] = &mut self.others;
        *match part {
            UsagePart::Input => input,
            UsagePart::Output => output,
            UsagePart::CacheRead => read,
            UsagePart::CacheWrites => &mut self.writes,
            UsagePart::CacheWrite5m => &mut self.short,
            UsagePart::CacheWrite1h => &mut self.long,
            UsagePart::Thinking => thinking,
            UsagePart::WebSearches => searches,
        } = number;
    }

    /// The usage of a message without steps inside.
    pub fn usage(&self, us_geo: bool) -> Usage {
        let [input, output, cache_read, thinking, web_searches] = self.others;
        let writes = Writes { total: self.writes, split: Some((self.short, self.long)) };
        let (short, long) = writes.by_age();
        let iterations = Vec::new();
        Usage {
            input,
            cache_write_5m: short,
            cache_write_1h: long,
            cache_read,
            output,
            thinking,
            web_searches,
            us_geo,
            iterations,
        }
    }
}

impl Iteration {
    fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, SyntaxError> {
        let mut step = Self::default();
        let mut writes = Writes::default();
        let object = read::members(scanner, |key, scanner| {
            match key.decode().as_ref() {
                "model" => step.model = read::string(scanner)?.map(Into::into),
                "input_tokens" => step.input = number(scanner)?,
                "output_tokens" => step.output = number(scanner)?,
                "cache_read_input_tokens" => step.cache_read = number(scanner)?,
                "cache_creation_input_tokens" => writes.total = number(scanner)?,
                "cache_creation" => writes.read_split(scanner)?,
                _ => read::skip(scanner)?,
            }
            Ok(())
        })?;
        (step.cache_write_5m, step.cache_write_1h) = writes.by_age();
        Ok(object.then_some(step))
    }
}

/// Cache writes come as a total, as a split by age, or as both, in any order.
#[derive(Default)]
struct Writes {
    total: u64,
    split: Option<(u64, u64)>,
}

impl Writes {
    fn read_split(&mut self, scanner: &mut Scanner<'_>) -> Result<(), SyntaxError> {
        let (mut short, mut long) = (0, 0);
        let object = read::members(scanner, |key, scanner| {
            let count = number(scanner)?;
            if key.is("ephemeral_5m_input_tokens") {
                short = count;
            } else if key.is("ephemeral_1h_input_tokens") {
                long = count;
            }
            Ok(())
        })?;
        self.split = object.then_some((short, long));
        Ok(())
    }

    /// What the split leaves unsaid counts as short-lived, which is how the API bills it.
    fn by_age(&self) -> (u64, u64) {
        let (short, long) = self.split.unwrap_or_default();
        (short.max(self.total.saturating_sub(long)), long)
    }
}

fn number(scanner: &mut Scanner<'_>) -> Result<u64, SyntaxError> {
    Ok(read::count(scanner)?.unwrap_or(0))
}

fn member(scanner: &mut Scanner<'_>, name: &str) -> Result<u64, SyntaxError> {
    let mut count = 0;
    read::members(scanner, |key, scanner| {
        if key.is(name) {
            count = number(scanner)?;
            Ok(())
        } else {
            read::skip(scanner)
        }
    })?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Usage {
        Usage::read(&mut Scanner::over(text)).unwrap().unwrap()
    }

    #[test]
    fn every_priced_category_is_read() {
        let usage = read(
            r#"{"input_tokens":20,"cache_creation_input_tokens":30,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":5,"output_tokens_details":{"thinking_tokens":3},"server_tool_use":{"web_search_requests":2,"web_fetch_requests":1},"service_tier":"batch","inference_geo":"us","speed":null}"#,
        );
        let want = Usage {
            input: 20,
            cache_write_5m: 10,
            cache_write_1h: 20,
            cache_read: 7,
            output: 5,
            thinking: 3,
            web_searches: 2,
            us_geo: true,
            iterations: Vec::new(),
        };
        assert_eq!(usage, want);
        assert_eq!(usage.input_total(), 57);
    }

    #[test]
    fn cache_writes_that_are_not_split_count_as_short_lived() {
        for (text, want) in [
            (r#"{"cache_creation_input_tokens":9}"#, (9, 0)),
            (r#"{"cache_creation":null,"cache_creation_input_tokens":9}"#, (9, 0)),
            (r#"{"cache_creation":{"ephemeral_1h_input_tokens":4},"cache_creation_input_tokens":9}"#, (5, 4)),
            (r#"{"cache_creation":{"ephemeral_5m_input_tokens":4}}"#, (4, 0)),
            (r#"{"cache_creation_input_tokens":null}"#, (0, 0)),
        ] {
            let usage = read(text);
            assert_eq!((usage.cache_write_5m, usage.cache_write_1h), want, "{text}");
        }
    }

    #[test]
    fn iterations_keep_their_model() {
        let usage = read(
            r#"{"input_tokens":1,"iterations":[{"type":"message","input_tokens":1,"output_tokens":2},{"type":"advisor_message","model":"claude-opus-5-5","input_tokens":3,"cache_read_input_tokens":4}]}"#,
        );
        assert_eq!(usage.iterations.len(), 2);
        assert_eq!(usage.iterations[1].model.as_deref(), Some("claude-opus-5-5"));
        assert_eq!((usage.iterations[1].input, usage.iterations[1].cache_read), (3, 4));
        assert_eq!(Usage::read(&mut Scanner::over("[1]")).unwrap(), None);
        assert_eq!(read(r#"{"iterations":null}"#).iterations, []);
    }
}
