//! Other people of the workspace: they send batches of the very sizes of ours.

use std::fmt::Write as _;

use batchwise::emulator::Request;

use super::world::World;

impl World {
    /// Somebody sends a batch of the size of one of our parts; now and then somebody deletes one.
    pub(super) fn stranger(&mut self) {
        let parts = self.process.machine.parts();
        let at = self.rng.below(parts.len() as u64) as usize;
        let count = parts[at].requests.count();
        self.send_strange(count);
        if self.rng.below(8) == 0 {
            self.delete_one();
        }
    }

    pub(super) fn send_strange(&mut self, count: u32) {
        self.seen.strangers += 1;
        // Where ours are made for the wire, theirs may be, too.
        let made = if self.plan.makes_ids() { "-0" } else { "" };
        let mut body = r#"{"requests":["#.to_owned();
        for n in 0..count {
            body.push_str(if n == 0 { r#"{"custom_id":"# } else { r#",{"custom_id":"# });
            write!(body, r#""s{:05}{made}-{n}","#, self.seq).unwrap();
            body.push_str(r#""params":{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"!"}]}}"#);
        }
        body.push_str("]}");
        self.seq += 1;
        self.other("POST", "/v1/messages/batches", body.as_bytes());
    }

    /// One that has ended goes; what runs cannot be deleted.
    fn delete_one(&mut self) {
        let batches = self.server.batches(self.now);
        let theirs: Vec<_> = batches
            .iter()
            .filter(|batch| batch.status == "ended" && !batch.deleted)
            .filter(|batch| {
                self.server.custom_ids(&batch.id).iter().all(|id| self.request_called(id).is_none())
            })
            .collect();
        if theirs.is_empty() {
            return;
        }
        let at = self.rng.below(theirs.len() as u64) as usize;
        let path = format!("/v1/messages/batches/{}", theirs[at].id);
        self.other("DELETE", &path, b"");
    }

    fn other(&mut self, method: &str, path: &str, body: &[u8]) {
        let request = Request::new(method, path).header("x-api-key", "sk-other");
        let request = request.header("anthropic-version", "2026-10-21").body(body);
        self.server.handle(self.now, &request);
    }
}
