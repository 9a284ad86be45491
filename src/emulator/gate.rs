//! What a call has to pass before its endpoint looks at it: size, key, rate, version and betas.

use super::betas::Betas;
use super::call::{Endpoint, Request};
use super::check::Rules;
use super::dice::whole;
use super::fault::RetryAfter;
use super::options::Options;
use super::server::{Exchange, Refused};

/// What the headers of a call that got through say.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) rules: Rules,
}

impl Gate {
    pub(super) fn pass(
        options: &Options,
        bucket: &mut Bucket,
        exchange: &Exchange<'_>,
        endpoint: Endpoint,
    ) -> Result<Self, Refused> {
        let request = exchange.request;
        if endpoint == Endpoint::Create && request.body.len() as u64 > options.max_body_bytes {
            return Err(Refused::new(413, "Request exceeds the maximum size"));
        }
        key(options, request)?;
        if let Some(limit) = options.requests_per_minute {
            bucket.take(exchange.now_ms, limit)?;
        }
        let has_sampling = version(request)?;
        let betas: Vec<&str> = named_betas(request).collect();
        known_betas(&betas, &options.betas)?;
        Ok(Self { rules: Rules { has_sampling, betas: Betas::named(&betas), now_ms: exchange.now_ms } })
    }
}

fn key(options: &Options, request: &Request<'_>) -> Result<(), Refused> {
    let bearer = request.find("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    // With both, the API reads this one.
    let key = request.find("x-api-key").or(bearer).unwrap_or_default();
    if key.is_empty() {
        return Err(Refused::new(401, "x-api-key header is required"));
    }
    let is_known = match &options.keys {
        Some(keys) => keys.iter().any(|known| known == key),
        None => !key.starts_with("sk-ant-invalid"),
    };
    if !is_known {
        return Err(Refused::new(401, "API key is invalid."));
    }
    let is_cross_origin = request.find("origin").is_some();
    if options.cors
        && is_cross_origin
        && request.find("anthropic-dangerous-direct-browser-access") != Some("true")
    {
        let message = "CORS requests must set 'anthropic-dangerous-direct-browser-access' header";
        return Err(Refused::new(401, message));
    }
    Ok(())
}

/// Whether the version still has sampling parameters.
fn version(request: &Request<'_>) -> Result<bool, Refused> {
    match request.find("anthropic-version") {
        Some("2023-06-01") => Ok(true),
        Some("2026-10-21") => Ok(false),
        None => Err(Refused::new(400, "anthropic-version: header is required")),
        Some(other) => {
            Err(Refused::new(400, format!("anthropic-version: \"{other}\" is not a valid version")))
        }
    }
}

fn named_betas<'a>(request: &Request<'a>) -> impl Iterator<Item = &'a str> {
    request
        .find("anthropic-beta")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|beta| !beta.is_empty())
}

fn known_betas(betas: &[&str], more: &[String]) -> Result<(), Refused> {
    let is_known = |beta: &str| is_known_beta(beta) || more.iter().any(|known| known == beta);
    let strangers: Vec<_> =
        betas.iter().filter(|beta| !is_known(beta)).map(|beta| format!("`{beta}`")).collect();
    if strangers.is_empty() {
        return Ok(());
    }
    Err(Refused::new(
        400,
        format!("Unexpected value(s) {} for the `anthropic-beta` header", strangers.join(", ")),
    ))
}

/// Whether the API of today knows this beta.
pub(super) fn is_known_beta(beta: &str) -> bool {
    BETAS.contains(&beta)
}

/// Requests a minute as a bucket that refills evenly.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    spent: f64,
    at_ms: u64,
}

impl Bucket {
    fn take(&mut self, now_ms: u64, limit: u32) -> Result<(), Refused> {
        let per_ms = f64::from(limit) / 60_000.0;
        let refilled = now_ms.saturating_sub(self.at_ms) as f64 * per_ms;
        self.spent = (self.spent - refilled).max(0.0);
        self.at_ms = now_ms;
        if self.spent + 1.0 > f64::from(limit) {
            let wait_ms = (self.spent + 1.0 - f64::from(limit)) / per_ms.max(f64::MIN_POSITIVE);
            let message = format!(
                "This request would exceed your organization's rate limit of {limit} requests per minute for the Message \
                 Batches API."
            );
            let retry_after = RetryAfter::Seconds(whole(wait_ms.ceil()).max(1_000));
            return Err(Refused { retry_after, ..Refused::new(429, message) });
        }
        self.spent += 1.0;
        Ok(())
    }
}

const BETAS: [&str; 45] = [
    "advisor-tool-2026-03-01",
    "cache-diagnosis-2026-04-07",
    "code-execution-2025-05-22",
    "compact-2026-01-12",
    "compact-2026-09-04",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "extended-cache-ttl-2025-04-11",
    "fallback-credit-2026-06-01",
    "fallback-credit-2026-07-01",
    "fast-mode-2026-02-01",
    "files-api-2025-04-14",
    "inline-tools-2026-09-15",
    "interleaved-thinking-2025-05-14",
    "mcp-client-2025-04-04",
    "mcp-client-2025-11-20",
    "mcp-client-2026-09-15",
    "message-batches-2024-09-24",
    "message-threads-2026-08-12",
    "mid-conversation-output-config-2026-07-01",
    "mid-conversation-system-clear-at-2026-08-21",
    "mid-conversation-tool-changes-2026-07-01",
    "model-context-window-exceeded-2025-08-26",
    "oauth-2025-04-20",
    "output-128k-2025-02-19",
    "output-300k-2026-03-24",
    "pdfs-2024-09-25",
    "prompt-caching-2024-07-31",
    "server-side-fallback-2026-06-01",
    "server-side-fallback-2026-07-01",
    "skills-2025-10-02",
    "structured-outputs-2025-11-13",
    "task-budgets-2026-03-13",
    "thinking-binding-controls-2026-08-01",
    "thinking-display-updates-2026-08-18",
    "thinking-token-count-2026-05-13",
    "token-counting-2024-11-01",
    "token-efficient-tools-2025-02-19",
    "user-profiles-2026-03-24",
    "user-profiles-2026-08-18",
    "user-profiles-2026-09-04",
    "user-profiles-billing-2026-10-01",
];
