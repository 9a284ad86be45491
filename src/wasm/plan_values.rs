//! What a plan says about itself, as plain objects.

use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::cost::{self, ModelEstimate};
use crate::plan::Plan;
use crate::request::{Fix, Violation, Violations};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** One thing that is wrong with one request. */
export interface RawViolation {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly line?: number;
  readonly index?: number;
  readonly custom_id: string | null;
  readonly path: string;
  readonly message: string;
  readonly hint: string | null;
  readonly fix?: { readonly op: "remove" } | { readonly op: "set"; readonly json: string } | { readonly op: "rename"; readonly to: string };
  readonly offset?: number;
}
/** An amount in three words: the least and the most that is likely, and the most it can be. Null where no price is known. */
export interface RawRange { readonly low: number | null; readonly high: number | null; readonly ceiling: number | null }
/** What a plan may cost. */
export interface RawEstimate {
  readonly input: RawRange;
  readonly output: RawRange;
  readonly total: RawRange;
  readonly currency: "USD";
  readonly pricesAsOf: string;
  readonly pricesSource: string;
  readonly basis: string;
  readonly models: readonly RawModelEstimate[];
  readonly merged: number;
  readonly saved: RawRange;
}
/** The same for the requests of one model. */
export interface RawModelEstimate {
  readonly model: string;
  readonly requests: number;
  readonly inputTokens: RawRange;
  readonly outputTokens: RawRange;
  readonly input: RawRange;
  readonly output: RawRange;
}
"#;

#[derive(Serialize)]
struct RawViolation<'a> {
    code: &'static str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    custom_id: Option<&'a str>,
    path: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<RawFix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum RawFix<'a> {
    Remove,
    Set { json: &'a str },
    Rename { to: &'a str },
}

impl<'a> From<&'a Fix> for RawFix<'a> {
    fn from(fix: &'a Fix) -> Self {
        match fix {
            Fix::Remove => Self::Remove,
            Fix::Set(json) => Self::Set { json },
            Fix::Rename(to) => Self::Rename { to },
        }
    }
}

impl<'a> From<&'a Violation> for RawViolation<'a> {
    fn from(violation: &'a Violation) -> Self {
        Self {
            code: violation.code.as_str(),
            severity: violation.severity.as_str(),
            line: violation.line,
            index: violation.index,
            custom_id: violation.custom_id.as_deref(),
            path: &violation.path,
            message: &violation.message,
            hint: violation.hint.as_deref(),
            fix: violation.fix.as_ref().map(RawFix::from),
            offset: violation.offset,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RawEstimate<'a> {
    input: RawRange,
    output: RawRange,
    total: RawRange,
    currency: &'static str,
    prices_as_of: &'static str,
    prices_source: &'static str,
    basis: &'a str,
    models: Vec<RawModelEstimate<'a>>,
    merged: u32,
    saved: RawRange,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RawModelEstimate<'a> {
    model: &'a str,
    requests: u64,
    input_tokens: RawRange,
    output_tokens: RawRange,
    input: RawRange,
    output: RawRange,
}

impl<'a> RawModelEstimate<'a> {
    fn new(model: &'a str, sum: &ModelEstimate) -> Self {
        Self {
            model,
            requests: sum.requests,
            input_tokens: Some(sum.input_tokens).into(),
            output_tokens: Some(sum.output_tokens).into(),
            input: sum.usd.map(|(input, _)| input).into(),
            output: sum.usd.map(|(_, output)| output).into(),
        }
    }
}

#[derive(Serialize)]
struct RawRange {
    low: Option<f64>,
    high: Option<f64>,
    ceiling: Option<f64>,
}

impl From<Option<cost::Range>> for RawRange {
    fn from(range: Option<cost::Range>) -> Self {
        let part = |part: fn(cost::Range) -> f64| range.map(part);
        Self {
            low: part(|range| range.low),
            high: part(|range| range.high),
            ceiling: part(|range| range.ceiling),
        }
    }
}

/// Violations as JavaScript gets them.
pub(super) fn violations(violations: &Violations) -> Result<JsValue, JsValue> {
    let raw: Vec<RawViolation<'_>> = violations.kept().iter().map(RawViolation::from).collect();
    to_js(&raw)
}

/// Counts by code as JavaScript gets them.
pub(super) fn counts(violations: &Violations) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (code, count) in violations.counts() {
        Reflect::set(&object, &code.as_str().into(), &JsValue::from_f64(*count as f64))?;
    }
    Ok(object.into())
}

/// What a plan may cost, as JavaScript gets it.
pub(super) fn estimate(plan: &Plan) -> Result<JsValue, JsValue> {
    let estimate = plan.estimator.estimate();
    let models = estimate.models.iter().map(|(model, sum)| RawModelEstimate::new(model, sum));
    to_js(&RawEstimate {
        input: estimate.input.into(),
        output: estimate.output.into(),
        total: estimate.total.into(),
        currency: "USD",
        prices_as_of: estimate.prices_as_of,
        prices_source: cost::PRICES_SOURCE,
        basis: &estimate.basis,
        models: models.collect(),
        merged: plan.riders.len(),
        saved: plan.spared.estimate().total.into(),
    })
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    Ok(value.serialize(&serializer)?)
}
