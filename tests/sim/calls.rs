//! A call on its way to the server and back, and everything that becomes of it there.

use batchwise::emulator::{Body, Request};
use batchwise::job::{CallId, Input};
use batchwise::request::envelope;
use batchwise::wire::{Call, Endpoint, LostReason, Method, Sent};

use super::config::MINUTE;
use super::network::{Delivery, deliveries, lost};
use super::world::{BEGIN, Happening, World};

impl World {
    pub(super) fn depart(&mut self, id: CallId, call: Call, part: Option<u32>) {
        self.tell(|| format!("call {} {}", id.get(), call.path()));
        let body = part.map_or_else(Vec::new, |part| self.body_of(part));
        let life = self.life;
        if self.is_cut_off() {
            self.seen.faults += 1;
            let sent = if self.rng.below(3) == 0 { Sent::No } else { Sent::Maybe };
            let delivery = lost(sent, LostReason::Connection, "the network is down");
            return self.after(30, Happening::Deliver { life, id, delivery });
        }
        if self.rng.unit() < self.config.loss {
            self.seen.faults += 1;
            let (sent, straggles) =
                [(Sent::No, false), (Sent::Maybe, false), (Sent::Maybe, true)][self.rng.below(3) as usize];
            let delivery = lost(sent, LostReason::Connection, "lost on the way there");
            if straggles {
                let wait = 31 + self.rng.below(self.config.straggling);
                self.after(wait, Happening::Arrive { id, call, body, to: None, answer_lost: true });
            }
            return self.after(30, Happening::Deliver { life, id, delivery });
        }
        let answer_lost = self.rng.unit() < self.config.loss;
        let travel = 5 + self.rng.below(300);
        self.after(travel, Happening::Arrive { id, call, body, to: Some(life), answer_lost });
    }

    fn is_cut_off(&self) -> bool {
        let at = self.now - BEGIN;
        self.config.outages.iter().any(|(from, until)| (*from..*until).contains(&at))
    }

    fn body_of(&self, part: u32) -> Vec<u8> {
        let requests = &self.machine.parts()[part as usize].requests;
        let inner: Vec<&[u8]> = requests.iter().map(|r| self.bodies[r as usize].as_slice()).collect();
        [envelope::OPEN, &inner.join(envelope::COMMA), envelope::CLOSE].concat()
    }

    pub(super) fn arrive(
        &mut self,
        id: CallId,
        call: &Call,
        body: &[u8],
        to: Option<u32>,
        answer_lost: bool,
    ) {
        let method = match call.method() {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        };
        let key = if self.revoked { "sk-ant-invalid" } else { "sk-sim" };
        let request = Request::new(method, call.path()).header("x-api-key", key).body(body);
        let request = request.header("anthropic-version", "2026-10-21");
        let before = self.struck();
        let mut response = self.server.handle(self.now, &request);
        self.seen.faults += self.struck() - before;
        let Some(life) = to else { return };
        if answer_lost {
            self.seen.faults += 1;
            let delivery = lost(Sent::Maybe, LostReason::Connection, "lost on the way back");
            return self.after(40, Happening::Deliver { life, id, delivery });
        }
        if self.rng.unit() < self.config.novelty
            && let Body::Full(bytes, _) = &mut response.body
        {
            self.seen.faults += u64::from(say_paused(bytes));
        }
        let chunk = (call.endpoint() == Endpoint::Results).then_some(self.config.chunk);
        let out = deliveries(response, chunk, self.clock(), &mut self.rng);
        // An answer that was given long before it arrives says nothing of what happened since.
        let late = if self.rng.unit() < self.config.late {
            self.seen.faults += 1;
            self.rng.below(9 * MINUTE)
        } else {
            0
        };
        for (wait, delivery) in out {
            self.after(late + wait, Happening::Deliver { life, id, delivery });
        }
    }

    fn struck(&mut self) -> u64 {
        self.server.faults().struck().values().sum()
    }

    pub(super) fn deliver(&mut self, id: CallId, delivery: Delivery) {
        self.tell(|| match &delivery {
            Delivery::Reply(reply) => {
                format!("reply {} {} {}", id.get(), reply.status, String::from_utf8_lossy(&reply.body))
            }
            Delivery::Chunk(bytes) => format!("chunk {} of {} bytes", id.get(), bytes.len()),
            Delivery::Lost(lost) => format!("lost {} {lost:?}", id.get()),
            Delivery::Closed => format!("closed {}", id.get()),
        });
        let now = self.clock();
        match delivery {
            Delivery::Reply(reply) => self.machine.handle(now, Input::Reply(id, reply)),
            Delivery::Lost(lost) => self.machine.handle(now, Input::Lost(id, lost)),
            Delivery::Chunk(bytes) => self.machine.handle(now, Input::Chunk(id, &bytes)),
            Delivery::Closed => self.machine.handle(now, Input::Closed(id)),
        }
    }
}

/// A running batch is told in a word of tomorrow. Answers whether there was one.
fn say_paused(body: &mut Vec<u8>) -> bool {
    let known = b"\"processing_status\":\"in_progress\"";
    let Some(at) = body.windows(known.len()).position(|window| window == known) else { return false };
    body.splice(at..at + known.len(), *b"\"processing_status\":\"paused\"");
    true
}
