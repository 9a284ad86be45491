//! Planning as JavaScript sees it: a source's bytes in, in any chunks; a plan out, and bodies from it.

use std::sync::Arc;

use js_sys::{Array, Float64Array, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::convert::{get, now, text, texts, truth, whole, wrong};
use super::fault::thrown;
use super::plan_values;
use crate::error::Error;
use crate::plan::{Ids, Intake, Numbering, Plan, PlanOptions, TwinKey, Validate};
use crate::request::{Terms, envelope};
use crate::rows::{Dialect, Format, Header, Recipe, RecipeOptions, Table};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a plan is made; see `js/plan.ts`. */
export interface RawPlanOptions {
  maxRequests?: number | undefined;
  maxBodyBytes?: number | undefined;
  validate?: string | undefined;
  ids?: string | undefined;
  /** Chance, four words: requests that are the same are sent once. */
  dedupe?: Uint32Array | undefined;
  /** Items of a list, one a line, are numbered from 0; lines of a file from 1. */
  list?: boolean | undefined;
  table?: RawTable | undefined;
  apiVersion?: string | undefined;
  betas?: readonly string[] | undefined;
}
/** How rows become requests; see `js/table.ts`. */
export interface RawTable {
  prompt: string;
  system?: string | undefined;
  model: string;
  maxTokens: number;
  key?: string | undefined;
  /** JSON of further parameters. */
  params?: string | undefined;
  format: "cells" | "objects";
  delimiter?: string | undefined;
  quote?: boolean | undefined;
  header?: boolean | readonly string[] | undefined;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// Options from JavaScript.
    #[wasm_bindgen(typescript_type = "RawPlanOptions")]
    pub type RawPlanOptions;
}

/// Rows longer than this are passed over: they would never fit into a request, and an unclosed quote makes one of them.
const MAX_ROW_BYTES: u64 = 64 << 20;

/// Takes a source's bytes and ends as a plan. Call `push` for each chunk, then `finish`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Planner {
    intake: Intake,
}

#[wasm_bindgen]
impl Planner {
    /// A planner for a source of requests, or of rows where there is a table.
    ///
    /// # Errors
    /// For options that cannot be used and templates that cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &RawPlanOptions) -> Result<Self, JsValue> {
        intake(options).map(|intake| Self { intake }).map_err(thrown)
    }

    /// Takes the next bytes of the source.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.intake.push(chunk);
    }

    /// Records that item `index` of a list cannot be written as JSON. A blank line stands for it in the bytes.
    #[expect(clippy::cast_sign_loss, reason = "positions in a list are not negative")]
    pub fn unwritable(&mut self, index: f64, path: String, message: String) {
        self.intake.unwritable(index as u64, path, message);
    }

    /// The plan.
    ///
    /// # Errors
    /// With `violations` and `violationCounts`, where the plan is refused.
    pub fn finish(self) -> Result<PlanHandle, JsValue> {
        match self.intake.finish() {
            Ok(plan) => Ok(PlanHandle { plan: Arc::new(plan) }),
            Err(rejected) => {
                let error = thrown(rejected.error);
                Reflect::set(&error, &"violations".into(), &plan_values::violations(&rejected.violations)?)?;
                Reflect::set(&error, &"violationCounts".into(), &plan_values::counts(&rejected.violations)?)?;
                Err(error)
            }
        }
    }
}

/// A plan. It holds no request's bytes; bodies are made from the source again.
#[wasm_bindgen]
#[derive(Clone, Debug)]
pub struct PlanHandle {
    plan: Arc<Plan>,
}

impl PlanHandle {
    /// The plan, shared.
    pub(crate) fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }
}

#[wasm_bindgen]
impl PlanHandle {
    /// How many requests there are, those that ride with others too.
    #[wasm_bindgen(getter, js_name = requestCount)]
    pub fn request_count(&self) -> u32 {
        self.plan.ids.len()
    }

    /// How many requests ride with another that is the same.
    #[wasm_bindgen(getter)]
    pub fn merged(&self) -> u32 {
        self.plan.riders.len()
    }

    /// Each request that rides, and behind it the one that is sent in its stead.
    #[wasm_bindgen(js_name = mergedInto)]
    pub fn merged_into(&self) -> Uint32Array {
        let flat: Vec<u32> = self.plan.riders.iter().flat_map(|(leader, rider)| [rider, leader]).collect();
        Uint32Array::from(flat.as_slice())
    }

    /// Whether requests that are the same are sent once.
    #[wasm_bindgen(getter)]
    pub fn dedupes(&self) -> bool {
        self.plan.options.dedupe.is_some()
    }

    /// Whether other ids are made for the wire.
    #[wasm_bindgen(getter, js_name = makesIds)]
    pub fn makes_ids(&self) -> bool {
        self.plan.makes_ids()
    }

    /// For each part, its requests and the bytes of its body.
    pub fn parts(&self) -> Float64Array {
        let parts = self.plan.parts.iter();
        let flat: Vec<f64> = parts.flat_map(|part| [f64::from(part.count), part.body_bytes as f64]).collect();
        Float64Array::from(flat.as_slice())
    }

    /// What was wrong with the source, the first of each kind.
    ///
    /// # Errors
    /// Never in practice: plain values always cross.
    #[wasm_bindgen(unchecked_return_type = "RawViolation[]")]
    pub fn violations(&self) -> Result<JsValue, JsValue> {
        plan_values::violations(&self.plan.violations)
    }

    /// How much was wrong with the source, by kind.
    ///
    /// # Errors
    /// Never in practice: plain values always cross.
    #[wasm_bindgen(js_name = violationCounts, unchecked_return_type = "Record<string, number>")]
    pub fn violation_counts(&self) -> Result<JsValue, JsValue> {
        plan_values::counts(&self.plan.violations)
    }

    /// What the plan may cost.
    ///
    /// # Errors
    /// Never in practice: plain values always cross.
    #[wasm_bindgen(unchecked_return_type = "RawEstimate")]
    pub fn estimate(&self) -> Result<JsValue, JsValue> {
        plan_values::estimate(&self.plan)
    }

    /// Cuts `requests`, in order, into runs that lie close together in the source: for each, its first byte, the byte
    /// behind its last, and how many requests it has. No run is longer than `most` bytes, unless one request is.
    pub fn runs(&self, requests: &[u32], most: u32) -> Float64Array {
        let runs = self.plan.runs(requests, u64::from(most)).into_iter();
        let flat: Vec<f64> =
            runs.flat_map(|run| [run.start as f64, run.end as f64, f64::from(run.count)]).collect();
        Float64Array::from(flat.as_slice())
    }

    /// The bytes of a body for these requests, which have `before` others before them in it. `source` is a piece of the
    /// source that begins at byte `base`; `prefix` begins the ids that are made for the part.
    ///
    /// # Errors
    /// `data/changed` where the source does not hold what it held when it was planned.
    #[expect(clippy::needless_pass_by_value, reason = "how text crosses")]
    pub fn append(
        &self,
        requests: &[u32],
        before: u32,
        prefix: Option<String>,
        source: &[u8],
        base: f64,
    ) -> Result<Uint8Array, JsValue> {
        let mut body = Vec::with_capacity(source.len() + requests.len() + envelope::OPEN.len());
        #[expect(clippy::cast_sign_loss, reason = "offsets are not negative")]
        self.plan
            .append(requests, before, prefix.as_deref(), source, base as u64, &mut body)
            .map_err(thrown)?;
        Ok(Uint8Array::from(body.as_slice()))
    }
}

fn intake(options: &JsValue) -> Result<Intake, Error> {
    let defaults = PlanOptions::default();
    let limits = PlanOptions {
        max_requests: whole(options, "maxRequests", 1)?.unwrap_or(defaults.max_requests),
        max_body_bytes: whole(options, "maxBodyBytes", 1)?.map_or(defaults.max_body_bytes, u64::from),
        validate: match text(options, "validate")?.as_deref() {
            None | Some("strict") => Validate::Strict,
            Some("warn") => Validate::Warn,
            Some("off") => Validate::Off,
            Some(_) => return Err(wrong("validate", "\"strict\", \"warn\" or \"off\"")),
        },
        ids: match text(options, "ids")?.as_deref() {
            None | Some("verbatim") => Ids::Verbatim,
            Some("nonce") => Ids::Made,
            Some(_) => return Err(wrong("ids", "\"verbatim\" or \"nonce\"")),
        },
        dedupe: get(options, "dedupe").map(|chance| key(&chance)).transpose()?,
        terms: Terms { today: now(), ..Terms::default() },
    };
    let (version, betas) = (text(options, "apiVersion")?, texts(options, "betas")?);
    let (limits, strangers) = limits.checked()?.for_batch(version.as_deref(), &betas);
    let numbering = if truth(options, "list")? { Numbering::Index } else { Numbering::Lines };
    let mut intake = match get(options, "table") {
        None => Intake::requests(limits, numbering),
        Some(table) => {
            let table = Table::new(recipe(&table)?, format(&table)?, MAX_ROW_BYTES)?;
            Intake::table(limits, table, numbering)
        }
    };
    for stranger in strangers {
        intake.note(stranger);
    }
    Ok(intake)
}

/// The key of the digests by which requests are told apart.
fn key(chance: &JsValue) -> Result<TwinKey, Error> {
    let words = chance.dyn_ref::<Uint32Array>().map(Uint32Array::to_vec).unwrap_or_default();
    match *words.as_slice() {
        [a, b, c, d] => Ok([u64::from(a) << 32 | u64::from(b), u64::from(c) << 32 | u64::from(d)]),
        _ => Err(wrong("dedupe", "four words of chance")),
    }
}

fn recipe(table: &JsValue) -> Result<Recipe, Error> {
    let required =
        |name| text(table, name)?.filter(|text| !text.is_empty()).ok_or_else(|| wrong(name, "given"));
    let (system, key, params) = (text(table, "system")?, text(table, "key")?, text(table, "params")?);
    Recipe::new(&RecipeOptions {
        prompt: &required("prompt")?,
        system: system.as_deref(),
        model: &required("model")?,
        max_tokens: u64::from(
            whole(table, "maxTokens", 1)?.ok_or_else(|| wrong("maxTokens", "a whole number of 1 or more"))?,
        ),
        key: key.as_deref(),
        params: params.as_deref().map(str::as_bytes),
    })
}

fn format(table: &JsValue) -> Result<Format, Error> {
    if text(table, "format")?.as_deref() == Some("objects") {
        return Ok(Format::Jsonl);
    }
    let delimiter = match text(table, "delimiter")?.unwrap_or_else(|| ",".to_owned()).as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => *byte,
        _ => return Err(wrong("delimiter", "one character such as \",\" or a tab")),
    };
    let quoting = match get(table, "quote") {
        None => delimiter != Dialect::TSV.delimiter,
        Some(_) => truth(table, "quote")?,
    };
    let header = match get(table, "header") {
        None => Header::First,
        Some(value) => match value.as_bool() {
            Some(true) => Header::First,
            Some(false) => Header::None,
            None if Array::is_array(&value) => Header::Names(texts(table, "header")?),
            None => return Err(wrong("header", "true, false or a list of names")),
        },
    };
    Ok(Format::Csv { dialect: Dialect { delimiter, quoting }, header })
}
