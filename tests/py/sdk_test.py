"""The official SDK from PyPI, unmodified, against the emulator over HTTP.

Started by tests/js/node/python.ts, which serves the emulator and reads what is printed: one line of JSON for each case.
"""

import json
import os
import sys
import traceback
from urllib.request import Request, urlopen

import anthropic

URL = os.environ["EMULATOR_URL"]
client = anthropic.Anthropic(api_key="sk-ant-api03-test", base_url=URL)
once = client.with_options(max_retries=0)


def requests(count, prefix="r"):
    params = {
        "model": "claude-haiku-4-5",
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "What is 5 + 5?"}],
    }
    return [{"custom_id": f"{prefix}-{n}", "params": params} for n in range(count)]


def keeper(wish, *details):
    """Asks the emulator's keeper to move the clock or to switch faults."""
    body = json.dumps([wish, *details]).encode()
    urlopen(Request(os.environ["KEEPER_URL"], data=body, method="POST")).read()


def faults(endpoint, settings):
    keeper("faults", endpoint, settings)


def ended(batch_id):
    keeper("advance", 3_600_000)
    batch = client.messages.batches.retrieve(batch_id)
    assert batch.processing_status == "ended"
    return batch


def rejection(kind, work):
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected, and nothing came")


def creates_retrieves_reads_results_and_deletes():
    batches = client.messages.batches
    made = batches.create(requests=requests(5))
    assert made.processing_status == "in_progress"
    assert made.request_counts.processing == 5
    assert (made.expires_at - made.created_at).total_seconds() == 86_400
    batch = ended(made.id)
    assert batch.request_counts.succeeded == 5
    rows = list(batches.results(made.id))
    assert sorted(row.custom_id for row in rows) == [f"r-{n}" for n in range(5)]
    for row in rows:
        assert row.result.type == "succeeded"
        assert row.result.message.content[0].text == "10"
        assert row.result.message.model == "claude-haiku-4-5-20251001"
        assert row.result.message.usage.service_tier == "batch"
    assert batches.delete(made.id).type == "message_batch_deleted"
    rejection(anthropic.NotFoundError, lambda: batches.retrieve(made.id))


def walks_all_pages():
    before = [batch.id for batch in client.messages.batches.list(limit=2)]
    made = [client.messages.batches.create(requests=requests(1)).id for _ in range(5)]
    listed = [batch.id for batch in client.messages.batches.list(limit=2)]
    assert listed == made[::-1] + before
    page = client.messages.batches.list(limit=2)
    assert page.has_next_page() and page.has_more


def cancels_and_reads_what_had_finished():
    batches = client.messages.batches
    made = batches.create(requests=requests(50))
    assert batches.cancel(made.id).processing_status == "canceling"
    rejection(anthropic.BadRequestError, lambda: batches.delete(made.id))
    counts = ended(made.id).request_counts
    assert counts.canceled > 0 and counts.succeeded + counts.canceled == 50
    rows = list(batches.results(made.id))
    assert sum(row.result.type == "canceled" for row in rows) == counts.canceled


def raises_its_own_class_for_each_refusal():
    batches = once.messages.batches
    stranger = anthropic.Anthropic(api_key="sk-ant-invalid-key", base_url=URL, max_retries=0)
    rejection(anthropic.AuthenticationError, lambda: stranger.messages.batches.list())
    twice = requests(1) + requests(1)
    error = rejection(anthropic.BadRequestError, lambda: batches.create(requests=twice))
    assert "Duplicate custom_id found: r-0" in error.message
    assert error.request_id.startswith("req_01")
    rejection(anthropic.NotFoundError, lambda: batches.retrieve("msgbatch_nobody"))
    table = [
        (409, anthropic.ConflictError),
        (429, anthropic.RateLimitError),
        (500, anthropic.InternalServerError),
        (529, anthropic.InternalServerError),
    ]
    for code, kind in table:
        faults("list", {"status": {"code": code}})
        assert rejection(kind, lambda: batches.list()).status_code == code
    faults("list", {"reset": True})
    rejection(anthropic.APIConnectionError, lambda: batches.list())
    faults("list", {})


def repeats_what_may_pass():
    faults("list", {"status": {"code": 529, "rate": 0.5, "retryAfter": {"ms": 1}}})
    patient = client.with_options(max_retries=20)
    for _ in range(5):
        patient.messages.batches.list(limit=1)
    faults("list", {})


CASES = [
    creates_retrieves_reads_results_and_deletes,
    walks_all_pages,
    cancels_and_reads_what_had_finished,
    raises_its_own_class_for_each_refusal,
    repeats_what_may_pass,
]

for case in CASES:
    try:
        case()
        problem = None
    except Exception:
        problem = traceback.format_exc()
    print(json.dumps({"name": case.__name__, "problem": problem}), flush=True)
sys.exit(0)
