//! Models at their end, by the day on which a batch is sent. Reference, 6.1 and 6.2.

use batchwise::request::{Terms, models};
use batchwise::time::Millis;

use super::{problems, terms};

const DAY: i64 = 86_400_000;

/// What is said of a model so many days after the table was read, 2026-11-21.
fn said(model: &str, days: i64) -> String {
    let today = Millis::new(models::AS_OF.get().saturating_add_signed(days * DAY));
    let params =
        format!(r#"{{"model":"{model}","max_tokens":1,"messages":[{{"role":"user","content":"x"}}]}}"#);
    problems(&params, Terms { today, ..terms("2026-10-21", &[]) }).join(", ")
}

#[test]
fn a_model_is_warned_about_before_its_day_and_refused_from_then_on() {
    for (model, days, want) in [
        ("claude-opus-5", 0, ""),
        ("claude-opus-5", 4_000, ""),
        // Announced for 2026-11-30, nine days later.
        ("claude-sonnet-4-5", -60, ""),
        ("claude-sonnet-4-5", -51, "model/retiring? /model"),
        ("claude-sonnet-4-5-20250929", 0, "model/retiring? /model"),
        ("claude-sonnet-4-5", 8, "model/retiring? /model"),
        ("claude-sonnet-4-5", 9, "model/retired /model"),
        ("claude-sonnet-4-5", 900, "model/retired /model"),
        // Announced for 2026-06-30, and still in the official SDK.
        ("claude-mythos-preview", 0, "model/retired? /model"),
        ("claude-opus-4-1-20250805", 0, "model/retired /model"),
        ("claude-3-5-sonnet-latest", 0, "model/retired /model"),
        ("claude-2.1", 0, "model/retired /model"),
        // Before that day it is a model of which nothing is known any more.
        ("claude-opus-4-1", -200, "params/unknown-model? /model"),
        // A day of their own may come, but none is announced.
        ("claude-haiku-4-5", 0, ""),
        ("claude-opus-4-5", 3, ""),
        ("claude-opus-5-20260723", 0, "params/unknown-model? /model"),
    ] {
        assert_eq!(said(model, days), want, "{model} after {days} days");
    }
}
