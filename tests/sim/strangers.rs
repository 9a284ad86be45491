//! Other people of the workspace: they send batches of the very sizes of ours.

use batchwise::emulator::Request;

use super::world::World;

impl World {
    /// Somebody sends a batch of the size of one of our parts.
    pub(super) fn stranger(&mut self) {
        self.seen.strangers += 1;
        let parts = self.machine.parts();
        let at = self.rng.below(parts.len() as u64) as usize;
        let count = parts[at].requests.count();
        let requests: Vec<_> = (0..count)
            .map(|n| format!(r#"{{"custom_id":"s{}-{n}","params":{{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{{"role":"user","content":"!"}}]}}}}"#, self.seq))
            .collect();
        self.seq += 1;
        let body = format!(r#"{{"requests":[{}]}}"#, requests.join(","));
        self.other("POST", "/v1/messages/batches", body.as_bytes());
    }

    fn other(&mut self, method: &str, path: &str, body: &[u8]) {
        let request = Request::new(method, path).header("x-api-key", "sk-other");
        let request = request.header("anthropic-version", "2026-10-21").body(body);
        self.server.handle(self.now, &request);
    }
}
