//! A source of requests, of any bytes: what is planned is what was given, once, within the limits.

use std::collections::BTreeSet;

use batchwise::plan::{Ids, Origin, Place, Plan, PlanOptions, Planner, Validate};
use batchwise::request::envelope::{CLOSE, COMMA, OPEN};
use serde::de::IgnoredAny;

pub fn run(data: &[u8]) {
    let Some(([requests, bytes, how], source)) = data.split_first_chunk() else { return };
    let options = PlanOptions {
        max_requests: 1 + u32::from(*requests % 8),
        max_body_bytes: PlanOptions::MIN_BODY_BYTES + 8 * u64::from(*bytes),
        validate: [Validate::Strict, Validate::Warn, Validate::Off][usize::from(how % 3)],
        ids: [Ids::Verbatim, Ids::Made][usize::from(how / 3 % 2)],
        dedupe: (how / 6 % 2 == 1).then_some([1, 2]),
        ..PlanOptions::default()
    };
    let mut planner = Planner::new(options);
    let mut offset = 0;
    for (number, line) in (1..).zip(source.split(|&byte| byte == b'\n')) {
        let before = planner.len();
        let placed = planner.push(line, Origin { place: Place::Line(number), offset });
        assert_eq!(planner.len() - before, u32::from(placed.is_some()), "line {number}");
        offset += line.len() as u64 + 1;
    }
    match planner.finish() {
        Ok(plan) => hold(&plan, &options, source),
        Err(rejected) => {
            assert!(!rejected.error.message().is_empty());
            let told =
                rejected.violations.errors() > 0 || source.iter().all(|byte| b" \t\r\n".contains(byte));
            assert!(told, "refused without a reason");
        }
    }
}

fn hold(plan: &Plan, options: &PlanOptions, source: &[u8]) {
    let ids: BTreeSet<&str> = plan.ids.iter().collect();
    assert_eq!(ids.len(), plan.ids.len() as usize, "an id is planned twice");
    let mut sent: Vec<u32> = plan.riders.iter().map(|(_, rider)| rider).collect();
    for part in &plan.parts {
        let numbers: Vec<u32> = plan.requests_in(part).collect();
        assert!(numbers.first() == Some(&part.first) && numbers.last() == Some(&part.last));
        assert!(
            (1..=options.max_requests).contains(&part.count) && part.body_bytes <= options.max_body_bytes
        );
        assert_eq!(numbers.len(), part.count as usize);
        let prefix = plan.makes_ids().then(|| format!("a1b2c3-{}-", part.index));
        let mut body = Vec::new();
        plan.append(&numbers, 0, prefix.as_deref(), source, 0, &mut body).unwrap();
        if prefix.is_none() {
            let bytes = |&number: &u32| {
                let span = plan.spans.get(number).unwrap();
                &source[span.offset as usize..][..span.len as usize]
            };
            let requests: Vec<&[u8]> = numbers.iter().map(bytes).collect();
            assert_eq!(body, [OPEN, &requests.join(COMMA)].concat(), "a body is put together wrong");
        }
        body.extend_from_slice(CLOSE);
        assert_eq!(body.len() as u64, part.body_bytes, "a body is measured wrong");
        serde_json::from_slice::<IgnoredAny>(&body).unwrap();
        sent.extend(numbers);
    }
    sent.sort_unstable();
    assert!(sent.into_iter().eq(0..plan.ids.len()), "a request is in no part, or in two");
}
