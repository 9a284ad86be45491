//! A source of requests, of any bytes: what is planned is what was given, once, within the limits.

use std::collections::BTreeSet;

use batchwise::plan::{Origin, Place, Plan, PlanOptions, Planner, Validate};
use batchwise::request::envelope::{CLOSE, COMMA, OPEN};
use serde::de::IgnoredAny;

pub fn run(data: &[u8]) {
    let Some(([requests, bytes, how], source)) = data.split_first_chunk() else { return };
    let options = PlanOptions {
        max_requests: 1 + u32::from(*requests % 8),
        max_body_bytes: PlanOptions::MIN_BODY_BYTES + 8 * u64::from(*bytes),
        validate: [Validate::Strict, Validate::Warn, Validate::Off][usize::from(how % 3)],
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
    let mut next = 0;
    for part in &plan.parts {
        assert_eq!(part.first, next, "a request is in no part, or in two");
        assert!(
            (1..=options.max_requests).contains(&part.count) && part.body_bytes <= options.max_body_bytes
        );
        next += part.count;
        let mut body = OPEN.to_vec();
        for request in part.requests() {
            let span = plan.spans.get(request).unwrap();
            body.extend_from_slice(if request == part.first { b"" } else { COMMA });
            body.extend_from_slice(&source[span.offset as usize..][..span.len as usize]);
        }
        body.extend_from_slice(CLOSE);
        assert_eq!(body.len() as u64, part.body_bytes, "a body is measured wrong");
        serde_json::from_slice::<IgnoredAny>(&body).unwrap();
        let numbers: Vec<u32> = part.requests().collect();
        let mut again = Vec::new();
        plan.append(&numbers, 0, None, source, 0, &mut again).unwrap();
        assert_eq!(again, body[..body.len() - CLOSE.len()], "a body is put together wrong");
    }
    assert_eq!(next, plan.ids.len());
}
