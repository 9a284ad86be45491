//! What JavaScript must know of the engine's tables is generated from them: `js/generated.ts` is committed, and this
//! test fails where it is stale.

use std::fmt::Write as _;
use std::fs;

use batchwise::cost::{BATCH_FACTOR, PRICES, PRICES_AS_OF, Price};
use batchwise::error::ErrorCode;
use batchwise::limits;
use batchwise::request::ViolationCode;

const PATH: &str = "js/generated.ts";
const COMMAND: &str = "make generated";

#[test]
fn the_generated_typescript_is_what_the_engine_says() {
    let wanted = generate();
    if std::env::var_os("BATCHWISE_GENERATE").is_some() {
        fs::write(PATH, &wanted).unwrap();
    }
    let committed = fs::read_to_string(PATH).unwrap_or_default();
    assert!(committed == wanted, "{PATH} is stale: run `{COMMAND}` and commit it");
}

fn generate() -> String {
    let mut out = format!("// Generated from src/ by `{COMMAND}`; do not edit.\n");

    list(
        &mut out,
        "ERROR_CODES",
        "Every code an error of this package can have.",
        &names(ErrorCode::ALL, ErrorCode::as_str),
    );
    line(&mut out, "The code of an error.", "type ErrorCode = (typeof ERROR_CODES)[number]");

    line(
        &mut out,
        "Who has to act on an error.",
        "type Blame = \"caller\" | \"data\" | \"server\" | \"network\" | \"us\"",
    );
    let blames = ErrorCode::ALL.iter().map(|code| {
        format!("  \"{}\": \"{}\",\n", code.as_str(), format!("{:?}", code.blame()).to_lowercase())
    });
    let blames = blames.collect::<Vec<_>>().concat();
    line(
        &mut out,
        "Who has to act on each error.",
        &format!("const ERROR_BLAME: Readonly<Record<ErrorCode, Blame>> = {{\n{blames}}}"),
    );

    let violations = names(ViolationCode::ALL, ViolationCode::as_str);
    list(&mut out, "VIOLATION_CODES", "Every code a violation can have.", &violations);
    line(&mut out, "The code of a violation.", "type ViolationCode = (typeof VIOLATION_CODES)[number]");

    number(&mut out, "MAX_REQUESTS", "Requests in one create call at the most.", limits::MAX_REQUESTS.into());
    number(
        &mut out,
        "MAX_BODY_BYTES",
        "Bytes in the body of one create call at the most.",
        limits::MAX_BODY_BYTES,
    );
    number(
        &mut out,
        "MAX_CUSTOM_ID",
        "Characters in a `custom_id` at the most.",
        limits::MAX_CUSTOM_ID as u64,
    );
    number(&mut out, "MAX_PAGE", "Batches in one page of the list at the most.", limits::MAX_PAGE.into());
    number(
        &mut out,
        "RETENTION_MS",
        "How long results can be read, from `created_at`.",
        limits::RETENTION.get(),
    );
    let version = format!("const API_VERSION = \"{}\" as const", limits::API_VERSION);
    line(&mut out, "The API version sent when none is named.", &version);

    line(
        &mut out,
        "The day the price pages were read.",
        &format!("const PRICES_AS_OF = \"{PRICES_AS_OF}\" as const"),
    );
    let interface = "interface ModelPrice {\n  readonly models: readonly string[];\n  readonly input: number;\n  \
                     readonly cacheWrite5m: number;\n  readonly cacheWrite1h: number;\n  readonly cacheRead: number;\n  \
                     readonly output: number;\n  readonly asOf: string;\n}";
    line(
        &mut out,
        "What a million tokens cost in a batch, in USD, at the lowest step of the model.",
        interface,
    );
    let prices: Vec<_> = PRICES.iter().map(model_price).collect();
    line(
        &mut out,
        "Every model whose price is known, the newest first.",
        &format!("const PRICES: readonly ModelPrice[] = [\n{}]", prices.concat()),
    );
    out
}

fn model_price(price: &Price) -> String {
    let rates = &price.rates;
    let batch = |usd: f64| usd * BATCH_FACTOR;
    format!(
        "  {{ models: {:?}, input: {}, cacheWrite5m: {}, cacheWrite1h: {}, cacheRead: {}, output: {}, asOf: {:?} }},\n",
        price.models,
        batch(rates.input),
        batch(rates.cache_write_5m),
        batch(rates.cache_write_1h),
        batch(rates.cache_read),
        batch(rates.output),
        price.as_of,
    )
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|item| name(*item)).collect()
}

fn list(out: &mut String, name: &str, doc: &str, items: &[&str]) {
    let items = items.join("\",\n  \"");
    line(out, doc, &format!("const {name} = [\n  \"{items}\",\n] as const"));
}

fn number(out: &mut String, name: &str, doc: &str, value: u64) {
    line(out, doc, &format!("const {name} = {value}"));
}

fn line(out: &mut String, doc: &str, declaration: &str) {
    write!(out, "\n/** {doc} */\nexport {declaration};\n").unwrap();
}
