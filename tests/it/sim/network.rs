//! The way between the machine and the model: what a transport makes of an answer, as times and pieces.

use batchwise::emulator::{Ending, Opening, Response};
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

/// Acts out an answer. `stream` says whether a success is delivered in chunks.
pub(super) fn deliveries(
    mut response: Response,
    stream: bool,
    now: u64,
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
    let every = response.wire.pace.map_or(0, |pace| pace.every_ms);
    let most = response.wire.pace.map_or_else(|| 20 + rng.below(3_000) as u32, |pace| pace.bytes);
    let mut pieces = Vec::new();
    while let Some(chunk) = response.body.next_chunk(most as usize) {
        at += every.min(IDLE) + rng.below(3);
        pieces.push((at, chunk));
    }
    let broken = match response.wire.ending {
        Ending::Clean => None,
        Ending::Reset => Some((at + 1, lost(Sent::Maybe, LostReason::Connection, "body broke off"))),
        Ending::Stall(ms) => {
            Some((at + ms.min(IDLE), lost(Sent::Maybe, LostReason::Idle, "body went silent")))
        }
    };
    if stream && (200..300).contains(&response.status) {
        let mut out: Vec<_> = pieces.into_iter().map(|(at, chunk)| (at, Delivery::Chunk(chunk))).collect();
        out.push(broken.unwrap_or((at + 1, Delivery::Closed)));
        return out;
    }
    let headers: Vec<_> = response.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = pieces.into_iter().flat_map(|(_, chunk)| chunk).collect();
    let reply = Reply::new(response.status, headers, body, Millis::new(now + at));
    vec![broken.unwrap_or((at, Delivery::Reply(reply)))]
}
