//! What a plan may cost, before anything is sent: ranges, never a point, and what they rest on.
//!
//! Input is estimated from the length of the text: no tokenizer of these models is public. Of the output nothing is
//! known before something has run, except that `max_tokens` bounds it.

use std::collections::BTreeMap;

use super::prices::{BATCH_FACTOR, PRICES_AS_OF, Price, Rates, Tokenizer, US_FACTOR, price};

/// Tokens in a byte of ASCII text, and in a byte of anything else, for the older tokenizer.
const TOKENS_PER_BYTE: (f64, f64) = (0.25, 0.45);
/// What the newer tokenizer makes of the same text, times this.
const NEWER: f64 = 1.3;
/// How far the real count may lie from the estimate, up or down.
const SPREAD: f64 = 0.3;
/// What even the shortest message has around its text: bytes of JSON that no model reads, and tokens in their place.
const FRAME: (u64, f64) = (30, 5.0);
/// Names of models kept apart; what comes after is counted together, without a price.
const MODELS: usize = 1000;

/// What one request brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work<'a> {
    /// Its model, where it names one.
    pub model: Option<&'a str>,
    /// Bytes of ASCII in its prompt.
    pub ascii_bytes: u64,
    /// Other bytes in its prompt.
    pub other_bytes: u64,
    /// Its `max_tokens`.
    pub max_tokens: u64,
    /// Whether it asks for the US alone.
    pub us_geo: bool,
    /// Whether it writes to or reads from a prompt cache.
    pub cache: Cache,
    /// Whether it has tools, which add tokens and fees that its text does not show.
    pub tools: bool,
}

/// What a request does with the prompt cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// Nothing.
    #[default]
    None,
    /// It marks text for the 5-minute cache.
    FiveMinutes,
    /// It marks text for the 1-hour cache.
    OneHour,
}

/// A range of money in USD, or of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// The least that is likely.
    pub low: f64,
    /// The most that is likely.
    pub high: f64,
    /// The most it can be.
    pub ceiling: f64,
}

/// What the requests for one model may use and cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModelEstimate {
    /// How many requests.
    pub requests: u64,
    /// Input tokens.
    pub input_tokens: Range,
    /// Output tokens.
    pub output_tokens: Range,
    /// Input and output in USD at batch prices; `None` where the model has no price we know.
    pub usd: Option<(Range, Range)>,
}

/// Gathers requests; made along with a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimator {
    /// In the order in which they came.
    models: Vec<OfModel>,
    /// Where each stands there, by name.
    places: BTreeMap<String, usize>,
    /// The one that was asked for last, and mostly is next.
    last: usize,
    cached: bool,
    tools: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct OfModel {
    name: String,
    sum: ModelEstimate,
    /// Not looked up for every request.
    price: Option<&'static Price>,
}

/// What a plan may cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Input in USD; `None` as long as some request's model has no price we know.
    pub input: Option<Range>,
    /// Output in USD.
    pub output: Option<Range>,
    /// Both together.
    pub total: Option<Range>,
    /// By model, in the order of their names.
    pub models: Vec<(String, ModelEstimate)>,
    /// The oldest day on which a price that was used was read.
    pub prices_as_of: &'static str,
    /// What the figures rest on, and what they leave out.
    pub basis: String,
}

impl Estimator {
    /// Adds one request. Answers the most it can cost, in USD; `None` where its model has no price we know.
    pub fn add(&mut self, work: &Work<'_>) -> Option<f64> {
        self.cached |= work.cache != Cache::None;
        self.tools |= work.tools;
        let OfModel { sum, price, .. } = self.of(work.model.unwrap_or_default())?;
        let factor = if price.is_some_and(|price| price.tokenizer == Tokenizer::Old) { 1.0 } else { NEWER };
        let (ascii, other) = TOKENS_PER_BYTE;
        let tokens =
            |ascii_bytes: u64| factor * (ascii * ascii_bytes as f64 + other * work.other_bytes as f64);
        let low = tokens(work.ascii_bytes.saturating_sub(FRAME.0)) * (1.0 - SPREAD) + FRAME.1;
        let high = (tokens(work.ascii_bytes) * (1.0 + SPREAD)).max(low);
        let output = work.max_tokens as f64;
        sum.requests += 1;
        sum.input_tokens = sum.input_tokens.plus(Range { low, high, ceiling: high });
        sum.output_tokens = sum.output_tokens.plus(Range { low: 0.0, high: output, ceiling: output });
        if let (Some(price), Some((input_usd, output_usd))) = (*price, &mut sum.usd) {
            #[expect(clippy::cast_sign_loss, reason = "a count of tokens is not negative")]
            let rates = |tokens: f64| price.rates_for(tokens.ceil() as u64);
            let geo = if work.us_geo { US_FACTOR } else { 1.0 };
            let usd = |tokens: f64, rate: f64| BATCH_FACTOR * geo * tokens * rate / 1e6;
            let (cheap, _) = prompt_rates(rates(low), work.cache);
            let (_, dear) = prompt_rates(rates(high), work.cache);
            let input_most = usd(high, dear);
            *input_usd =
                input_usd.plus(Range { low: usd(low, cheap), high: input_most, ceiling: input_most });
            let output_most = usd(output, rates(high).output);
            *output_usd = output_usd.plus(Range { low: 0.0, high: output_most, ceiling: output_most });
            return Some(input_most + output_most);
        }
        None
    }

    fn of(&mut self, name: &str) -> Option<&mut OfModel> {
        if self.models.get(self.last).is_none_or(|last| last.name != name) {
            self.last = self.place_of(name);
        }
        self.models.get_mut(self.last)
    }

    fn place_of(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        if self.models.len() >= MODELS && !name.is_empty() {
            return self.place_of("");
        }
        let place = self.models.len();
        let price = price(name);
        let sum = ModelEstimate { usd: price.map(|_| Default::default()), ..ModelEstimate::default() };
        self.models.push(OfModel { name: name.to_owned(), sum, price });
        self.places.insert(name.to_owned(), place);
        place
    }

    fn by_name(&self) -> impl Iterator<Item = &OfModel> {
        self.places.values().filter_map(|place| self.models.get(*place))
    }

    /// The estimate of what has been added.
    pub fn estimate(&self) -> Estimate {
        let (mut input, mut output) = (Some(Range::default()), Some(Range::default()));
        for OfModel { sum: model, .. } in &self.models {
            input = input.zip(model.usd).map(|(sum, (input, _))| sum.plus(input));
            output = output.zip(model.usd).map(|(sum, (_, output))| sum.plus(output));
        }
        let (input, output) = (input.map(Range::rounded), output.map(Range::rounded));
        let dates = self.models.iter().filter_map(|model| model.price).map(|price| price.as_of);
        Estimate {
            input,
            output,
            total: input.zip(output).map(|(input, output)| input.plus(output).rounded()),
            models: self.by_name().map(|model| (model.name.clone(), model.sum)).collect(),
            prices_as_of: dates.min().unwrap_or(PRICES_AS_OF),
            basis: self.basis(),
        }
    }

    fn basis(&self) -> String {
        let mut basis =
            "input estimated from the length of the text, ± 30 %; output unknown before a pilot, at most \
                         max_tokens in every request; batch prices (half of the synchronous ones)"
                .to_owned();
        let unpriced: Vec<_> = self.by_name().filter(|model| model.sum.usd.is_none()).collect();
        if !unpriced.is_empty() {
            let requests: u64 = unpriced.iter().map(|model| model.sum.requests).sum();
            let names = unpriced
                .iter()
                .take(5)
                .map(|model| if model.name.is_empty() { "(none)" } else { &model.name });
            let names = names.collect::<Vec<_>>().join(", ");
            let none = format!("; no price is known for {names} ({requests} requests), so there is no total");
            basis.push_str(&none);
        }
        if self.cached {
            basis += "; cached text counted as all read at the low end, as all written at the high end";
        }
        basis += "; not included: processing in the US alone where the workspace asks for it (+ 10 %)";
        if self.tools {
            basis += ", prompts and fees of tools";
        }
        basis += ", images and documents by address";
        basis
    }
}

/// What a million prompt tokens cost at the least and at the most.
fn prompt_rates(rates: &Rates, cache: Cache) -> (f64, f64) {
    match cache {
        Cache::None => (rates.input, rates.input),
        Cache::FiveMinutes => (rates.cache_read, rates.cache_write_5m),
        Cache::OneHour => (rates.cache_read, rates.cache_write_1h),
    }
}

impl Range {
    fn plus(self, more: Self) -> Self {
        Self { low: self.low + more.low, high: self.high + more.high, ceiling: self.ceiling + more.ceiling }
    }

    /// To billionths: what is behind them is noise from adding up.
    fn rounded(self) -> Self {
        let round = |part: f64| (part * 1e9).round() / 1e9;
        Self { low: round(self.low), high: round(self.high), ceiling: round(self.ceiling) }
    }
}
