//! What a plan may cost, before anything is sent: ranges, never a point, and what they rest on.
//!
//! The range of the input is estimated from the length of the text: no tokenizer of these models is public. Its ceiling
//! is a bound: no token is shorter than a byte, a picture has no more tokens than its size allows, and no prompt is
//! longer than the context. Of the output nothing is known before something has run, except that `max_tokens` bounds it.

use std::collections::BTreeMap;

use crate::limits::TOOLS_TOKENS;

use super::prices::{BATCH_FACTOR, PRICES_AS_OF, Price, Rates, Tokenizer, US_FACTOR, price};

/// Tokens in a byte of ASCII text, and in a byte of anything else, for the older tokenizer.
const TOKENS_PER_BYTE: (f64, f64) = (0.25, 0.45);
/// What the newer tokenizer makes of the same text, times this.
const NEWER: f64 = 1.3;
/// How far the real count may lie from the estimate, up or down.
const SPREAD: f64 = 0.3;
/// What even the shortest message has around its text: bytes of JSON that no model reads, and in their place so many
/// tokens at least, and at the most.
const FRAME: (u64, f64, f64) = (30, 5.0, 15.0);
/// Of a page of a document: tokens of its text at least and mostly (*PDF support*, 2026-10-08). It is a picture, too.
const PAGE: (f64, f64) = (1_500.0, 3_000.0);
/// Names of models kept apart; what comes after is counted together, without a price.
const MODELS: usize = 1000;

/// What one request brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work<'a> {
    /// Its model, where it names one.
    pub model: Option<&'a str>,
    /// Bytes of ASCII in its prompt, JSON's own among them; without base64.
    pub ascii_bytes: u64,
    /// Other bytes in its prompt.
    pub other_bytes: u64,
    /// Its pictures and documents.
    pub media: Media,
    /// Its `max_tokens`.
    pub max_tokens: u64,
    /// Whether it asks for the US alone.
    pub us_geo: bool,
    /// Whether it writes to or reads from a prompt cache.
    pub cache: Cache,
    /// Whether it has tools, which add tokens and fees that its text does not show.
    pub tools: bool,
}

/// What a request has besides text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Pictures of known size, and their tokens at the most.
    pub pictures: u64,
    /// See [`Self::pictures`].
    pub picture_tokens: u64,
    /// Pictures that do not say how large they are.
    pub unseen: u64,
    /// Pages of its documents, as far as they are here.
    pub pages: u64,
    /// Where it has documents, what its model reads at the most: of a document's text nothing is known.
    pub context: Option<u64>,
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
    documents: bool,
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
        self.documents |= work.media.context.is_some();
        let OfModel { sum, price, .. } = self.of(work.model.unwrap_or_default())?;
        let tokens = input_tokens(price.map_or(Tokenizer::New, |price| price.tokenizer), work);
        let output = work.max_tokens as f64;
        sum.requests += 1;
        sum.input_tokens = sum.input_tokens.plus(tokens);
        sum.output_tokens = sum.output_tokens.plus(Range { low: 0.0, high: output, ceiling: output });
        let (Some(price), Some((input_usd, output_usd))) = (*price, &mut sum.usd) else { return None };
        #[expect(clippy::cast_sign_loss, reason = "a count of tokens is not negative")]
        let rates = |tokens: f64| price.rates_for(tokens.ceil() as u64);
        let geo = if work.us_geo { US_FACTOR } else { 1.0 };
        let usd = |tokens: f64, rate: f64| BATCH_FACTOR * geo * tokens * rate / 1e6;
        let most = rates(tokens.ceiling);
        let high = if price.above.is_none() { most } else { rates(tokens.high) };
        let input = Range {
            low: usd(tokens.low, prompt_rates(rates(tokens.low), work.cache).0),
            high: usd(tokens.high, prompt_rates(high, work.cache).1),
            ceiling: usd(tokens.ceiling, prompt_rates(most, work.cache).1),
        };
        let output = Range { low: 0.0, high: usd(output, high.output), ceiling: usd(output, most.output) };
        *input_usd = input_usd.plus(input);
        *output_usd = output_usd.plus(output);
        Some(input.ceiling + output.ceiling)
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
            "input estimated from the length of the text, ± 30 %; the ceiling takes every byte for a token and \
             max_tokens for every answer; output unknown before a pilot; batch prices (half of the synchronous ones)"
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
        if self.documents {
            basis += "; the range leaves out documents by address, the ceiling takes every document for a full context";
        }
        basis += "; not included: processing in the US alone where the workspace asks for it (+ 10 %)";
        if self.tools {
            basis += ", what tools that run at the API say, bring in and cost";
        }
        basis
    }
}

/// Tokens of a request's prompt.
fn input_tokens(tokenizer: Tokenizer, work: &Work<'_>) -> Range {
    let factor = if tokenizer == Tokenizer::Old { 1.0 } else { NEWER };
    let (ascii, other) = TOKENS_PER_BYTE;
    let text = |ascii_bytes: u64| factor * (ascii * ascii_bytes as f64 + other * work.other_bytes as f64);
    let Media { pictures, picture_tokens, unseen, pages, context } = work.media;
    let tools = if work.tools { TOOLS_TOKENS as f64 } else { 0.0 };
    let seen = picture_tokens.min(pictures * tokenizer.picture()) as f64;
    let unseen = (unseen * tokenizer.picture()) as f64;
    let pages = pages as f64;
    let low = text(work.ascii_bytes.saturating_sub(FRAME.0)) * (1.0 - SPREAD)
        + FRAME.1
        + seen * (1.0 - SPREAD)
        + pages * PAGE.0;
    let high = text(work.ascii_bytes) * (1.0 + SPREAD)
        + FRAME.2
        + tools
        + seen
        + unseen
        + pages * (PAGE.1 + tokenizer.picture() as f64);
    let bytes = (work.ascii_bytes + work.other_bytes) as f64;
    let ceiling = context.map_or(bytes + tools + seen + unseen, |context| context as f64);
    // The shortest texts have more tokens than bytes, as far as the range knows.
    Range { low: low.min(ceiling), high: high.min(ceiling), ceiling }
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
