//! A caller: a clock in its hand, a key in its headers.

use batchwise::emulator::{Options, Request, Response, Server};
use serde_json::{Value, json};

pub(super) const START: u64 = 1_795_000_000_000;
pub(super) const BATCHES: &str = "/v1/messages/batches";

pub(super) struct Caller {
    pub(super) server: Server,
    pub(super) now: u64,
    pub(super) version: &'static str,
    pub(super) betas: &'static str,
}

impl Caller {
    pub(super) fn new(options: Options) -> Self {
        Self { server: Server::new(options), now: START, version: "2026-10-21", betas: "" }
    }

    pub(super) fn call(&mut self, method: &str, target: &str, body: &[u8]) -> Response {
        let mut request = Request::new(method, target)
            .header("X-Api-Key", "sk-ant-api03-any")
            .header("anthropic-version", self.version)
            .body(body);
        if !self.betas.is_empty() {
            request = request.header("anthropic-beta", self.betas);
        }
        self.server.handle(self.now, &request)
    }

    /// A call that must be answered with JSON.
    pub(super) fn json(&mut self, method: &str, target: &str, body: &[u8]) -> (u16, Value) {
        let response = self.call(method, target, body);
        let status = response.status;
        (status, serde_json::from_slice(&response.body.into_bytes()).expect("JSON"))
    }

    pub(super) fn create(&mut self, requests: &Value) -> String {
        let (status, batch) =
            self.json("POST", BATCHES, json!({ "requests": requests }).to_string().as_bytes());
        assert_eq!(status, 200, "{batch}");
        batch["id"].as_str().expect("an id").to_owned()
    }

    pub(super) fn retrieve(&mut self, id: &str) -> Value {
        let (status, batch) = self.json("GET", &format!("{BATCHES}/{id}"), b"");
        assert_eq!(status, 200, "{batch}");
        batch
    }

    pub(super) fn rows(&mut self, id: &str) -> Vec<Value> {
        let text = String::from_utf8(self.body(id)).expect("UTF-8");
        assert!(text.ends_with('\n'));
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
    }

    pub(super) fn body(&mut self, id: &str) -> Vec<u8> {
        let response = self.call("GET", &format!("{BATCHES}/{id}/results"), b"");
        assert_eq!(response.status, 200);
        response.body.into_bytes()
    }
}

/// So many requests that the API has nothing to say against.
pub(super) fn requests(count: usize) -> Value {
    (0..count).map(|n| request(&format!("row-{n}"))).collect()
}

pub(super) fn request(custom_id: &str) -> Value {
    json!({ "custom_id": custom_id, "params": params() })
}

pub(super) fn params() -> Value {
    json!({
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "messages": [{ "role": "user", "content": "What is 5 + 5?" }],
    })
}

pub(super) const HOUR: u64 = 3_600_000;
