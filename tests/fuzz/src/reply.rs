//! An answer of the API: waits that can be waited, dates that are dates, bodies of any shape.

use std::time::{Duration, UNIX_EPOCH};

use batchwise::pace::{Rng, Verdict, verdict};
use batchwise::time::{Millis, Wait};
use batchwise::wire::{Endpoint, Reply, parse_timestamp};

const NOW: u64 = 1_790_000_000_000;
/// The longest wait that is believed: 2^31 - 1 ms.
const LONGEST: u64 = 2_147_483_647;

pub fn run(data: &[u8]) {
    let (head, body) = data.split_at(data.iter().position(|&byte| byte == b'\n').unwrap_or(data.len()));
    let head = String::from_utf8_lossy(head);
    let mut headers = head.split('|');
    let status: u16 = headers.next().and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut header = |name| headers.next().filter(|value| !value.is_empty()).map(|value| (name, value));
    let given = [header("Retry-After"), header("retry-after-ms"), header("date"), header("x-should-retry")];
    let [seconds, exact, clock, _] = given.map(|header| header.map(|(_, value)| value.trim()));
    let reply = Reply::new(status, given.into_iter().flatten(), body.to_vec(), Millis::new(NOW));

    if let Some(wait) = reply.retry_after {
        assert!((1..=LONGEST).contains(&wait.get()), "no wait: {wait:?}");
    }
    if let Some(seconds) = seconds.filter(|_| exact.is_none()).and_then(|text| text.parse::<u32>().ok()) {
        let millis = u64::from(seconds) * 1000;
        let want = (1..=LONGEST).contains(&millis).then_some(millis);
        assert_eq!(reply.retry_after.map(Wait::get), want, "{seconds} seconds");
    }
    if let (Some(read), Some(text)) = (reply.date, clock) {
        let written = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(read.get()));
        let again = Reply::new(200, [("date", written.as_str())], Vec::new(), Millis::new(0));
        assert_eq!(again.date, Some(read), "{text} and {written}");
    }
    if let Some(text) = seconds {
        let _ = parse_timestamp(text);
    }
    bodies(&reply);
}

fn bodies(reply: &Reply) {
    let (batch, page, deleted) = (reply.batch(), reply.page(), reply.deleted());
    if reply.refusal().is_some() {
        assert!(batch.is_err() && page.is_err() && deleted.is_err(), "a refusal was read as a success");
    }
    let mut rng = Rng::new(reply.body.len() as u64);
    if let Verdict::Repeat(wait) = verdict(Endpoint::Retrieve, 1, 2, Ok(reply), &mut rng) {
        assert!(wait >= reply.retry_after.unwrap_or_default(), "sooner than the server asked for");
    }
    assert!(
        verdict(Endpoint::Create, 1, 2, Ok(reply), &mut rng) == Verdict::Stop,
        "a create is never repeated"
    );
    if let Ok(page) = page {
        assert!(page.data.len() <= reply.body.len(), "more batches than bytes");
    }
}
