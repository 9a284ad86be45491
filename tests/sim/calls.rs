//! A call on its way to the server and back, and everything that becomes of it there.

use std::borrow::Cow;

use batchwise::emulator::{Body, Request};
use batchwise::job::{CallId, Input};
use batchwise::request::envelope;
use batchwise::wire::{Call, Endpoint, LostReason, Method, Sent};

use super::config::MINUTE;
use super::network::{Delivery, deliveries, lost};
use super::world::{BEGIN, Happening, World};

impl World {
    pub(super) fn depart(&mut self, id: CallId, call: Call, part: Option<u32>) -> Result<(), String> {
        self.tell(|| format!("call {} {}", id.get(), call.path()));
        self.may_leave(&call)?;
        let body = part.map_or_else(Vec::new, |part| self.body_of(part));
        let life = self.process.life;
        if self.is_cut_off() {
            self.seen.faults += 1;
            self.seen.cut_off += 1;
            let sent = if self.rng.below(3) == 0 { Sent::No } else { Sent::Maybe };
            let delivery = lost(sent, LostReason::Connection, "the network is down");
            self.after(30, Happening::Deliver { life, id, delivery });
            return Ok(());
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
            self.after(30, Happening::Deliver { life, id, delivery });
            return Ok(());
        }
        let answer_lost = self.rng.unit() < self.config.loss;
        let travel = 5 + self.rng.below(300);
        self.after(travel, Happening::Arrive { id, call, body, to: Some(life), answer_lost });
        Ok(())
    }

    /// Nothing is sent once a job is cancelled, and nobody else's batch is cancelled ever.
    fn may_leave(&self, call: &Call) -> Result<(), String> {
        match call.endpoint() {
            Endpoint::Create if self.is_cancel_kept() => {
                Err("a create after the job was cancelled".to_owned())
            }
            Endpoint::Cancel => {
                let batch =
                    call.path().trim_start_matches("/v1/messages/batches/").trim_end_matches("/cancel");
                let ids = self.server.custom_ids(batch);
                let strange = ids.iter().any(|id| self.request_called(id).is_none());
                if strange { Err(format!("{batch} of a stranger is cancelled")) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn is_cut_off(&self) -> bool {
        let at = self.now - BEGIN;
        self.config.outages.iter().any(|(from, until)| (*from..*until).contains(&at))
    }

    fn body_of(&self, part: u32) -> Vec<u8> {
        let it = &self.process.machine.parts()[part as usize];
        let (requests, prefix) =
            (it.requests.iter().collect::<Vec<_>>(), self.process.machine.id_prefix(part));
        let mut body = Vec::new();
        self.plan.append(&requests, 0, prefix.as_deref(), &self.source, 0, &mut body).unwrap();
        body.extend_from_slice(envelope::CLOSE);
        assert_eq!(body.len() as u64, it.body_bytes, "a body is as long as was said");
        body
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
        let path = self.smaller_page(call);
        let request = Request::new(method, &path).header("x-api-key", key).body(body);
        let request = request.header("anthropic-version", "2026-10-21");
        let is_reading = call.endpoint() == Endpoint::Results && to.is_some() && !answer_lost;
        let mut response = if is_reading && self.is_cured(call) {
            let faults = std::mem::take(self.server.faults());
            let response = self.server.handle(self.now, &request);
            *self.server.faults() = faults;
            response
        } else {
            let before = self.server.faults().strikes();
            let response = self.server.handle(self.now, &request);
            self.seen.faults += self.server.faults().strikes() - before;
            response
        };
        if call.endpoint() == Endpoint::Create && self.rng.unit() < self.config.shadows {
            let count = body.windows(12).filter(|text| text == b"\"custom_id\":").count() as u32;
            let wait = self.rng.below(MINUTE);
            self.after(wait, Happening::Shadow(count));
        }
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
        let lateness =
            if call.endpoint() == Endpoint::List { self.config.late_list } else { self.config.late };
        let late = if self.rng.unit() < lateness {
            self.seen.faults += 1;
            self.rng.below(9 * MINUTE)
        } else {
            0
        };
        for (wait, delivery) in out {
            self.after(late + wait, Happening::Deliver { life, id, delivery });
        }
    }

    /// The list's path, with a limit of the world's own.
    fn smaller_page<'a>(&self, call: &'a Call) -> Cow<'a, str> {
        let path = call.path();
        match (self.config.page, path.split_once("?limit=")) {
            (Some(page), Some((list, rest))) => {
                let rest = rest.split_once('&').map_or_else(String::new, |(_, rest)| format!("&{rest}"));
                Cow::Owned(format!("{list}?limit={page}{rest}"))
            }
            _ => Cow::Borrowed(path),
        }
    }

    /// Damage passes: of three readings of the same results one is right, unless it never does.
    fn is_cured(&mut self, call: &Call) -> bool {
        if self.config.incurable {
            return false;
        }
        let readings = self.readings.entry(call.path().to_owned()).or_default();
        *readings += 1;
        readings.is_multiple_of(3)
    }

    pub(super) fn deliver(&mut self, id: CallId, delivery: Delivery) {
        self.tell(|| match &delivery {
            Delivery::Reply(reply) => {
                format!("reply {} {} {}", id.get(), reply.status, String::from_utf8_lossy(&reply.body))
            }
            Delivery::Chunk(bytes) => format!("chunk {} {}", id.get(), String::from_utf8_lossy(bytes)),
            Delivery::Lost(lost) => format!("lost {} {lost:?}", id.get()),
            Delivery::Closed => format!("closed {}", id.get()),
        });
        let now = self.clock();
        match delivery {
            Delivery::Reply(reply) => self.process.machine.handle(now, Input::Reply(id, reply)),
            Delivery::Lost(lost) => self.process.machine.handle(now, Input::Lost(id, lost)),
            Delivery::Chunk(bytes) => self.process.machine.handle(now, Input::Chunk(id, &bytes)),
            Delivery::Closed => self.process.machine.handle(now, Input::Closed(id)),
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
