//! What was used, and what that costs.

use std::collections::BTreeMap;

use super::prices::{BATCH_FACTOR, Price, Rates, US_FACTOR, WEB_SEARCH, price};
use crate::wire::{Iteration, Usage};
use serde::{Deserialize, Serialize};

/// Tokens and searches, counted by the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// Results that reported usage.
    pub rows: u64,
    /// Input that no cache knew.
    pub input: u64,
    /// Written to the 5-minute cache.
    pub cache_write_5m: u64,
    /// Written to the 1-hour cache.
    pub cache_write_1h: u64,
    /// Read from a cache.
    pub cache_read: u64,
    /// Output, thinking included.
    pub output: u64,
    /// The part of the output that was thinking.
    pub thinking: u64,
    /// Web searches.
    pub web_searches: u64,
}

/// What one model has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelUsage {
    /// Tokens and searches.
    pub counted: Counted,
    /// Their cost in USD at batch prices; `None` where the model has no price we know.
    pub usd: Option<f64>,
}

/// Usage by model and in total.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UsageSum {
    models: BTreeMap<String, ModelUsage>,
}

/// Adds up many rows in a row of one model, which is asked for its price once.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    before: UsageSum,
    model: String,
    price: Option<&'static Price>,
    here: ModelUsage,
}

impl Tally {
    /// As [`UsageSum::add`].
    pub fn add(&mut self, model: &str, usage: &Usage) {
        if !usage.iterations.is_empty() {
            return self.before.add(model, usage);
        }
        if self.here.counted.rows == 0 || self.model != model {
            *self = Self {
                before: self.sum(),
                model: model.to_owned(),
                price: price(model),
                here: ModelUsage::none(),
            };
        }
        let counted = Counted { rows: 1, ..Counted::of(usage) };
        self.here.counted = self.here.counted.plus(counted);
        let usd = self.price.map(|price| tokens_at(price, counted, usage.us_geo));
        let fee = usage.web_searches as f64 * WEB_SEARCH;
        self.here.usd = self.here.usd.zip(usd).map(|(sum, usd)| sum + usd + fee);
    }

    /// What was added.
    pub fn sum(&self) -> UsageSum {
        let mut sum = self.before.clone();
        if self.here.counted.rows > 0 {
            sum.merge(&UsageSum { models: BTreeMap::from([(self.model.clone(), self.here)]) });
        }
        sum
    }
}

/// The cost of one succeeded row in USD at batch prices; `None` when a model that worked on it has no price we know.
pub fn row_cost(model: &str, usage: &Usage) -> Option<f64> {
    let mut sum = Some(0.0);
    for_each_step(model, usage, |_, _, usd| sum = sum.zip(usd).map(|(sum, usd)| sum + usd));
    sum
}

impl UsageSum {
    /// Adds the usage of one row that `model` answered.
    pub fn add(&mut self, model: &str, usage: &Usage) {
        let mut row = 1;
        for_each_step(model, usage, |model, counted, usd| {
            // A first look saves the copy of a name that is there already, as it is in every row but the first.
            if !self.models.contains_key(model) {
                self.models.insert(model.to_owned(), ModelUsage::none());
            }
            if let Some(sum) = self.models.get_mut(model) {
                sum.counted = sum.counted.plus(Counted { rows: row, ..counted });
                sum.usd = sum.usd.zip(usd).map(|(sum, usd)| sum + usd);
            }
            row = 0;
        });
    }

    /// Adds another sum to this one.
    pub fn merge(&mut self, other: &Self) {
        for (model, more) in &other.models {
            let sum = self.models.entry(model.clone()).or_insert_with(ModelUsage::none);
            sum.counted = sum.counted.plus(more.counted);
            sum.usd = sum.usd.zip(more.usd).map(|(sum, usd)| sum + usd);
        }
    }

    /// Puts back what was saved: the usage of one model.
    pub fn restore(&mut self, model: String, usage: ModelUsage) {
        self.models.insert(model, usage);
    }

    /// The models in the order of their names.
    pub fn models(&self) -> impl Iterator<Item = (&str, &ModelUsage)> {
        self.models.iter().map(|(model, usage)| (model.as_str(), usage))
    }

    /// Everything that was counted.
    pub fn total(&self) -> Counted {
        self.models.values().fold(Counted::default(), |sum, usage| sum.plus(usage.counted))
    }

    /// The cost in USD at batch prices; `None` when part of the usage has no price we know.
    pub fn usd(&self) -> Option<f64> {
        self.models.values().try_fold(0.0, |sum, usage| usage.usd.map(|usd| sum + usd))
    }

    /// The cost in USD of that part of the usage that has a price.
    pub fn usd_known(&self) -> f64 {
        self.models.values().filter_map(|usage| usage.usd).sum()
    }
}

impl ModelUsage {
    /// Nothing, which costs nothing.
    fn none() -> Self {
        Self { usd: Some(0.0), ..Self::default() }
    }
}

impl Counted {
    /// What a row without iterations used.
    const fn of(usage: &Usage) -> Self {
        Self {
            rows: 0,
            input: usage.input,
            cache_write_5m: usage.cache_write_5m,
            cache_write_1h: usage.cache_write_1h,
            cache_read: usage.cache_read,
            output: usage.output,
            thinking: usage.thinking,
            web_searches: usage.web_searches,
        }
    }

    const fn plus(self, more: Self) -> Self {
        Self {
            rows: self.rows.saturating_add(more.rows),
            input: self.input.saturating_add(more.input),
            cache_write_5m: self.cache_write_5m.saturating_add(more.cache_write_5m),
            cache_write_1h: self.cache_write_1h.saturating_add(more.cache_write_1h),
            cache_read: self.cache_read.saturating_add(more.cache_read),
            output: self.output.saturating_add(more.output),
            thinking: self.thinking.saturating_add(more.thinking),
            web_searches: self.web_searches.saturating_add(more.web_searches),
        }
    }
}

/// Calls `step` with each model that worked on a row, what it used and what that costs.
///
/// A row with iterations is billed by them, each at its own model's price and step; its totals may leave some out.
fn for_each_step(model: &str, usage: &Usage, mut step: impl FnMut(&str, Counted, Option<f64>)) {
    let searches = usage.web_searches;
    let fee = searches as f64 * WEB_SEARCH;
    let own = Counted { thinking: usage.thinking, web_searches: searches, ..Counted::default() };
    let Some((first, rest)) = usage.iterations.split_first() else {
        let counted = Counted::of(usage);
        return step(model, counted, tokens(model, counted, usage.us_geo).map(|usd| usd + fee));
    };
    let mut one = |iteration: &Iteration, own: Counted, fee: f64| {
        let model = iteration.model.as_deref().unwrap_or(model);
        let counted = Counted {
            input: iteration.input,
            cache_write_5m: iteration.cache_write_5m,
            cache_write_1h: iteration.cache_write_1h,
            cache_read: iteration.cache_read,
            output: iteration.output,
            ..own
        };
        step(model, counted, tokens(model, counted, usage.us_geo).map(|usd| usd + fee));
    };
    one(first, own, fee);
    for iteration in rest {
        one(iteration, Counted::default(), 0.0);
    }
}

fn tokens(model: &str, counted: Counted, us_geo: bool) -> Option<f64> {
    Some(tokens_at(price(model)?, counted, us_geo))
}

fn tokens_at(price: &Price, counted: Counted, us_geo: bool) -> f64 {
    // The API's word is taken for the counts, so sums of them must not overflow.
    let prompt = [counted.cache_write_5m, counted.cache_write_1h, counted.cache_read]
        .into_iter()
        .fold(counted.input, u64::saturating_add);
    let Rates { input, cache_write_5m, cache_write_1h, cache_read, output } = *price.rates_for(prompt);
    let millionths = counted.input as f64 * input
        + counted.cache_write_5m as f64 * cache_write_5m
        + counted.cache_write_1h as f64 * cache_write_1h
        + counted.cache_read as f64 * cache_read
        + counted.output as f64 * output;
    let geo = if us_geo { US_FACTOR } else { 1.0 };
    BATCH_FACTOR * geo * millionths / 1e6
}
