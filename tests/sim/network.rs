//! The way between the machine and the model: what a transport makes of an answer, as times and pieces.

use batchwise::emulator::{Body, Ending, Opening, Response};
use batchwise::pace::Rng;
use batchwise::time::Millis;
use batchwise::wire::{Lost, LostReason, Reply, Sent};

/// To the headers of an answer, as the client's default says.
const TIMEOUT: u64 = 600_000;
/// Between two chunks.
const IDLE: u64 = 60_000;

/// What reaches the machine, and how long after the call arrived at the server.
#[derive(Debug)]
pub(super) enum Delivery {
    Reply(Reply),
    Lost(Lost),
    Chunk(Vec<u8>),
    Closed,
}

pub(super) fn lost(sent: Sent, reason: LostReason, message: &str) -> Delivery {
    Delivery::Lost(Lost { sent, reason, message: message.to_owned() })
}

/// Acts out an answer. `chunk` is the largest piece of results, `now` our own time.
pub(super) fn deliveries(
    mut response: Response,
    chunk: Option<u64>,
    now: Millis,
    rng: &mut Rng,
) -> Vec<(u64, Delivery)> {
    let mut at = 5 + rng.below(200);
    match response.wire.opening {
        Opening::Prompt => {}
        Opening::After(ms) | Opening::Stall(ms) if ms >= TIMEOUT => {
            return vec![(TIMEOUT, lost(Sent::Maybe, LostReason::Timeout, "no answer in time"))];
        }
        Opening::After(ms) => at += ms,
        Opening::Stall(ms) => {
            return vec![(at + ms, lost(Sent::Maybe, LostReason::Connection, "connection broke"))];
        }
        Opening::Reset => return vec![(at, lost(Sent::Maybe, LostReason::Connection, "connection reset"))],
    }
    let broken = |at| match response.wire.ending {
        Ending::Clean => None,
        Ending::Reset => Some((at + 1, lost(Sent::Maybe, LostReason::Connection, "body broke off"))),
        Ending::Stall(ms) => {
            Some((at + ms.min(IDLE), lost(Sent::Maybe, LostReason::Idle, "body went silent")))
        }
    };
    if let (Some(chunk), 200..300) = (chunk, response.status) {
        let every = response.wire.pace.map_or(0, |pace| pace.every_ms);
        let most = response.wire.pace.map_or_else(|| 20 + rng.below(chunk) as u32, |pace| pace.bytes);
        let mut out = Vec::new();
        while let Some(chunk) = response.body.next_chunk(most as usize) {
            at += every.min(IDLE) + rng.below(3);
            out.push((at, Delivery::Chunk(chunk)));
        }
        out.push(broken(at).unwrap_or((at + 1, Delivery::Closed)));
        return out;
    }
    if let Some(broken) = broken(at) {
        return vec![broken];
    }
    let headers: Vec<_> = response.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = match response.body {
        Body::Full(bytes, _) => bytes,
        results @ Body::Results(_) => results.into_bytes(),
    };
    vec![(at, Delivery::Reply(Reply::new(response.status, headers, body, now)))]
}
