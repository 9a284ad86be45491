//! Money: rows that ran, sums, and estimates of what will run.

use batchwise::cost::{
    Cache, Counted, Estimator, Media, ModelUsage, PRICES, PRICES_AS_OF, Range, UsageSum, Work, price,
    row_cost,
};
use batchwise::request::models;
use batchwise::wire::{Iteration, Usage};

fn near(got: Option<f64>, want: f64) {
    let got = got.unwrap();
    assert!((got - want).abs() < 1e-12, "{got} is not {want}");
}

#[test]
fn the_worked_check_comes_out() {
    let usage = Usage { input: 13_333, output: 203, web_searches: 1, ..Usage::default() };
    let cost = row_cost("claude-opus-5", &usage);
    near(cost, 13_333.0 * 2.5e-6 + 203.0 * 1.25e-5 + 0.01);
    assert_eq!(format!("{:.5}", cost.unwrap()), "0.04587");
}

#[test]
fn batch_prices_are_those_of_the_table() {
    // Batch in, out, 5-minute write, 1-hour write, read, as the fact sheet prints them.
    for (model, prices) in [
        ("claude-fable-5-2", [4.0, 20.0, 5.0, 8.0, 0.10]),
        ("claude-mythos-5-1", [5.0, 25.0, 6.25, 10.0, 0.125]),
        ("claude-fable-5", [5.0, 25.0, 6.25, 10.0, 0.50]),
        ("claude-opus-5-5", [2.0, 10.0, 2.5, 4.0, 0.10]),
        ("claude-opus-5", [2.5, 12.5, 3.125, 5.0, 0.25]),
        ("claude-opus-4-8", [2.5, 12.5, 3.125, 5.0, 0.25]),
        ("claude-opus-4-5-20251101", [2.5, 12.5, 3.125, 5.0, 0.25]),
        ("claude-sonnet-5-5", [1.0, 5.0, 1.25, 2.0, 0.05]),
        ("claude-sonnet-5", [1.0, 5.0, 1.25, 2.0, 0.10]),
        ("claude-sonnet-4-6", [1.5, 7.5, 1.875, 3.0, 0.15]),
        ("claude-sonnet-4-5-20250929", [1.5, 7.5, 1.875, 3.0, 0.15]),
        ("claude-haiku-4-5-20251001", [0.5, 2.5, 0.625, 1.0, 0.05]),
        ("claude-opus-4-1", [7.5, 37.5, 9.375, 15.0, 0.75]),
        ("claude-sonnet-4-20250514", [1.5, 7.5, 1.875, 3.0, 0.15]),
        ("claude-3-5-haiku-20241022", [0.4, 2.0, 0.5, 0.8, 0.04]),
    ] {
        let m = 1_000_000;
        let one = [
            Usage { input: m, ..Usage::default() },
            Usage { output: m, ..Usage::default() },
            Usage { cache_write_5m: m, ..Usage::default() },
            Usage { cache_write_1h: m, ..Usage::default() },
            Usage { cache_read: m, ..Usage::default() },
        ];
        for (usage, want) in one.iter().zip(prices) {
            near(row_cost(model, usage), want);
        }
        let us = Usage { input: m, us_geo: true, ..Usage::default() };
        near(row_cost(model, &us), prices[0] * 1.1);
    }
}

#[test]
fn a_haiku_request_past_its_step_is_repriced_whole() {
    let cost = |cache_read, output| {
        row_cost("claude-haiku-5-5", &Usage { input: 60_000, cache_read, output, ..Usage::default() })
    };
    near(cost(40_000, 1000), (60_000.0 * 0.05 + 40_000.0 * 0.005 + 1000.0 * 0.25) / 1e6);
    near(cost(40_001, 1000), (60_000.0 * 0.25 + 40_001.0 * 0.025 + 1000.0 * 1.25) / 1e6);
}

#[test]
fn iterations_are_priced_each_at_its_own_model() {
    let iteration = |model: Option<&str>| Iteration {
        model: model.map(str::to_owned),
        input: 1000,
        output: 100,
        ..Iteration::default()
    };
    let usage = Usage {
        input: 7,
        output: 100,
        thinking: 9,
        web_searches: 2,
        iterations: vec![iteration(None), iteration(Some("claude-haiku-4-5"))],
        ..Usage::default()
    };
    near(row_cost("claude-opus-5", &usage), 0.02 + (2500.0 + 1250.0 + 500.0 + 250.0) / 1e6);
    let mut sum = UsageSum::default();
    sum.add("claude-opus-5", &usage);
    let want =
        Counted { rows: 1, input: 2000, output: 200, thinking: 9, web_searches: 2, ..Counted::default() };
    assert_eq!(sum.total(), want);
    assert_eq!(
        sum.models().map(|(model, _)| model).collect::<Vec<_>>(),
        ["claude-haiku-4-5", "claude-opus-5"]
    );
    near(sum.usd(), row_cost("claude-opus-5", &usage).unwrap());
}

#[test]
fn a_model_without_a_price_is_counted_and_leaves_no_total() {
    let mut sum = UsageSum::default();
    let usage = Usage { input: 10, output: 2, ..Usage::default() };
    sum.add("claude-opus-5", &usage);
    let known = sum.usd();
    sum.add("claude-next", &usage);
    assert_eq!((sum.usd(), sum.total().input, row_cost("claude-next", &usage)), (None, 20, None));
    near(Some(sum.usd_known()), known.unwrap());
    let mut twice = sum.clone();
    twice.merge(&sum);
    assert_eq!((twice.total().rows, twice.usd()), (4, None));
    let mut restored = UsageSum::default();
    let saved: Vec<(String, ModelUsage)> =
        sum.models().map(|(model, usage)| (model.to_owned(), *usage)).collect();
    for (model, usage) in saved {
        restored.restore(model, usage);
    }
    assert_eq!(restored, sum);
}

#[test]
fn every_model_we_know_has_a_price_but_the_one_that_never_had() {
    let unpriced: Vec<_> = models::known().filter(|model| price(model).is_none()).collect();
    assert_eq!(unpriced, ["claude-mythos-preview"]);
    assert!(PRICES.iter().all(|price| price.as_of >= PRICES_AS_OF));
}

#[test]
fn an_estimate_is_a_range_under_a_ceiling_and_says_what_it_rests_on() {
    let mut estimator = Estimator::default();
    let work =
        Work { model: Some("claude-haiku-4-5"), ascii_bytes: 4000, max_tokens: 1024, ..Work::default() };
    for _ in 0..9412 {
        estimator.add(&work);
    }
    let estimate = estimator.estimate();
    let (input, output, total) = (estimate.input.unwrap(), estimate.output.unwrap(), estimate.total.unwrap());
    let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-6, "{got} is not {want}");
    close(input.low, 9412.0 * (992.5 * 0.7 + 5.0) * 0.5e-6);
    close(input.high, 9412.0 * (1300.0 + 15.0) * 0.5e-6);
    close(input.ceiling, 9412.0 * 4000.0 * 0.5e-6);
    close(output.ceiling, 9412.0 * 1024.0 * 2.5e-6);
    close(output.low, 0.0);
    close(total.ceiling, input.ceiling + output.ceiling);
    assert!(total.low <= total.high && total.high <= total.ceiling);
    assert_eq!((estimate.prices_as_of, estimate.models.len()), (PRICES_AS_OF, 1));
    assert!(
        estimate.basis.contains("± 30 %") && estimate.basis.contains("every byte for a token and max_tokens")
    );
}

#[test]
fn an_estimate_without_a_price_says_so_and_has_no_total() {
    let mut estimator = Estimator::default();
    estimator.add(&Work { model: Some("claude-opus-5"), ascii_bytes: 100, max_tokens: 1, ..Work::default() });
    estimator.add(&Work { model: Some("claude-next"), ascii_bytes: 100, max_tokens: 1, ..Work::default() });
    let estimate = estimator.estimate();
    assert_eq!((estimate.input, estimate.output, estimate.total), (None, None, None));
    assert!(estimate.basis.contains("no price is known for claude-next (1 requests)"), "{}", estimate.basis);
    assert!(estimate.models.iter().all(|(_, model)| model.input_tokens.low > 0.0));
}

#[test]
fn caches_regions_steps_and_other_scripts_move_the_range() {
    let range = |work: Work<'_>| {
        let mut estimator = Estimator::default();
        estimator.add(&Work { model: work.model.or(Some("claude-haiku-4-5")), max_tokens: 1000, ..work });
        let estimate = estimator.estimate();
        (estimate.input.unwrap(), estimate.output.unwrap())
    };
    let base = Work { ascii_bytes: 10_000, ..Work::default() };
    let plain = range(base);
    let times = |got: f64, factor: f64, base: f64| {
        assert!((got / base / factor - 1.0).abs() < 1e-5, "{got} / {base}");
    };
    let cached = range(Work { cache: Cache::OneHour, ..base });
    times(cached.0.low, 0.1, plain.0.low);
    times(cached.0.ceiling, 2.0, plain.0.ceiling);
    let five = range(Work { cache: Cache::FiveMinutes, ..base });
    times(five.0.ceiling, 1.25, plain.0.ceiling);
    let us = range(Work { us_geo: true, ..base });
    times(us.1.ceiling, 1.1, plain.1.ceiling);
    let other = range(Work { ascii_bytes: 0, other_bytes: 10_000, ..base });
    let frame = 15.0 * 0.5e-6;
    times(other.0.high - frame, 1.8, plain.0.high - frame);
    // Beside the text a request has brackets that no model reads, and a few tokens that no text shows.
    assert!((range(Work { ascii_bytes: 30, ..base }).0.low - 5.0 * 0.5e-6).abs() < 1e-12);
    // 300,000 bytes are about 68,250 to 126,750 tokens of the newer tokenizer: only the high end is past the step.
    let step = range(Work { model: Some("claude-haiku-5-5"), ascii_bytes: 300_000, ..base });
    times(step.0.low, 299_970.0 * 0.2275 + 5.0, 0.05e-6);
    times(step.0.high, 126_765.0, 0.25e-6);
    times(step.1.high, 1000.0, 1.25e-6);
    // A byte is the least that a token stands for: past the step before the range is.
    let below = range(Work { model: Some("claude-haiku-5-5"), ascii_bytes: 150_000, ..base });
    times(below.0.high, 63_390.0, 0.05e-6);
    times(below.0.ceiling, 150_000.0, 0.25e-6);
    times(below.1.high, 1000.0, 0.25e-6);
    times(below.1.ceiling, 1000.0, 1.25e-6);
}

#[test]
fn pictures_and_documents_count_by_their_size_and_tools_by_what_is_said_before_them() {
    let input = |model: &str, media: Media, tools: bool| {
        let mut estimator = Estimator::default();
        estimator.add(&Work {
            model: Some(model),
            ascii_bytes: 1_000,
            max_tokens: 1,
            media,
            tools,
            ..Work::default()
        });
        estimator.estimate().models[0].1.input_tokens
    };
    let bare = input("claude-haiku-4-5", Media::default(), false);
    let above = |tokens: Range, low: f64, high: f64, ceiling: f64| {
        let by = [tokens.low - bare.low, tokens.high - bare.high, tokens.ceiling - bare.ceiling];
        assert!(by.iter().zip([low, high, ceiling]).all(|(by, want)| (by - want).abs() < 1e-6), "{by:?}");
    };
    // Two pictures that a newer model would see as 3,000 tokens each; an older one sees half of that.
    let pictures = Media { pictures: 2, picture_tokens: 6_000, ..Media::default() };
    above(input("claude-haiku-4-5", pictures, false), 0.7 * 3_136.0, 3_136.0, 3_136.0);
    let new = input("claude-haiku-5-5", pictures, false).ceiling
        - input("claude-haiku-5-5", Media::default(), false).ceiling;
    assert!((new - 6_000.0).abs() < 1e-6);
    above(input("claude-haiku-4-5", Media { unseen: 1, ..Media::default() }, false), 0.0, 1_568.0, 1_568.0);
    above(input("claude-haiku-4-5", Media::default(), true), 0.0, 804.0, 804.0);
    let document = Media { pages: 3, context: Some(200_000), ..Media::default() };
    above(input("claude-haiku-4-5", document, false), 4_500.0, 3.0 * 4_568.0, 200_000.0 - 1_000.0);
}

#[test]
fn a_count_beyond_all_reason_stays_at_the_end_of_the_scale() {
    let usage = Usage { input: u64::MAX, cache_read: 5, output: u64::MAX, ..Usage::default() };
    let mut sum = UsageSum::default();
    sum.add("claude-opus-5", &usage);
    sum.add("claude-opus-5", &usage);
    assert_eq!(sum.total().input, u64::MAX);
    assert!(sum.usd().is_some_and(f64::is_finite));
}
