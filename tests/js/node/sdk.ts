// The official SDK from npm, unmodified, against the emulator over HTTP. Where the two do not understand each other, the
// emulator is wrong.
import Anthropic from "@anthropic-ai/sdk";
import type { EmulatorOptions } from "batchwise/emulator";
import { type ServedEmulator, serveEmulator } from "../../../js/emulator/serve.js";
import { assert, collect, rejection, test } from "../harness.js";

async function talking(
  options: EmulatorOptions,
  work: (sdk: Anthropic, server: ServedEmulator) => Promise<void>,
): Promise<void> {
  const server = await serveEmulator({ seed: 7, clock: "manual", ...options });
  try {
    await work(new Anthropic({ apiKey: "sk-ant-api03-test", baseURL: server.url }), server);
  } finally {
    await server.close();
  }
}

function requests(count: number): Anthropic.Messages.Batches.BatchCreateParams {
  const params = {
    model: "claude-haiku-4-5",
    max_tokens: 64,
    messages: [{ role: "user" as const, content: "What is 5 + 5?" }],
  };
  return { requests: Array.from({ length: count }, (_, n) => ({ custom_id: `r-${n}`, params })) };
}

test("the official SDK creates, retrieves, reads results and deletes", () =>
  talking({ answers: ["10"] }, async (sdk, { emulator }) => {
    const { batches } = sdk.messages;
    const made = await batches.create(requests(5));
    assert.equal(made.processing_status, "in_progress");
    assert.deepEqual(made.request_counts, { processing: 5, succeeded: 0, errored: 0, canceled: 0, expired: 0 });
    const { data, response } = await batches.retrieve(made.id).withResponse();
    assert.deepEqual(data, made);
    assert.equal(response.headers.get("retry-after"), "10");

    await emulator.clock.advance(3_600_000);
    const ended = await batches.retrieve(made.id);
    assert.equal(ended.processing_status, "ended");
    const rows = await collect(await batches.results(made.id));
    assert.sameMembers(
      rows.map((row) => row.custom_id),
      ["r-0", "r-1", "r-2", "r-3", "r-4"],
    );
    for (const { result } of rows) {
      if (result.type !== "succeeded") throw new Error(result.type);
      assert.deepInclude(result.message.content[0], { type: "text", text: "10" });
      assert.equal(result.message.model, "claude-haiku-4-5-20251001");
      assert.equal(result.message.usage.service_tier, "batch");
    }
    assert.deepEqual(await batches.delete(made.id), { id: made.id, type: "message_batch_deleted" });
    assert.instanceOf(await rejection(batches.retrieve(made.id)), Anthropic.NotFoundError);
  }));

test("the official SDK walks all pages, forwards and backwards", () =>
  talking({}, async (sdk, { emulator }) => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift((await sdk.messages.batches.create(requests(1))).id);
    assert.equal(emulator.state.commits, 7);
    const listed = await collect(sdk.messages.batches.list({ limit: 3 }));
    assert.deepEqual(
      listed.map((batch) => batch.id),
      ids,
    );
    const page = await sdk.messages.batches.list({ limit: 3 });
    assert.isTrue(page.hasNextPage());
    const newer = await collect(sdk.messages.batches.list({ limit: 2, before_id: ids[4] ?? "" }));
    assert.sameMembers(
      newer.map((batch) => batch.id),
      ids.slice(0, 4),
    );
  }));

test("the official SDK cancels, and reads what had finished", () =>
  talking({ processingMs: 100_000 }, async (sdk, { emulator }) => {
    const { batches } = sdk.messages;
    const { id } = await batches.create(requests(100));
    await emulator.clock.advance(50_000);
    assert.equal((await batches.cancel(id)).processing_status, "canceling");
    assert.instanceOf(await rejection(batches.delete(id)), Anthropic.BadRequestError);
    await emulator.clock.advance(30_000);
    const { request_counts: counts } = await batches.retrieve(id);
    assert.equal(counts.succeeded + counts.canceled, 100);
    assert.isTrue(counts.succeeded > 0 && counts.canceled > 0);
    const rows = await collect(await batches.results(id));
    assert.equal(rows.filter((row) => row.result.type === "canceled").length, counts.canceled);
  }));

test("the official SDK sees each kind of row", () =>
  talking({ rates: { overloaded: 0.2, expired: 0.2, invalid: 0.2 } }, async (sdk, { emulator }) => {
    const { id } = await sdk.messages.batches.create(requests(100));
    await emulator.clock.advance(3_600_000);
    const rows = await collect(await sdk.messages.batches.results(id));
    const kinds = new Set(
      rows.map(({ result }) => (result.type === "errored" ? result.error.error.type : result.type)),
    );
    assert.sameMembers([...kinds], ["succeeded", "expired", "overloaded_error", "invalid_request_error"]);
  }));

test("the official SDK throws its own class for each refusal", () =>
  talking({}, async (sdk, { url, emulator }) => {
    const { batches } = sdk.messages;
    const stranger = new Anthropic({ apiKey: "sk-ant-invalid-key", baseURL: url, maxRetries: 0 });
    const unauthorised = await rejection(stranger.messages.batches.list());
    assert.instanceOf(unauthorised, Anthropic.AuthenticationError);
    const { id } = await batches.create(requests(1));
    const { requests: [twin] = [] } = requests(1);
    if (!twin) throw new Error("there is one");
    const doubled = await rejection(batches.create({ requests: [twin, twin] }));
    assert.instanceOf(doubled, Anthropic.BadRequestError);
    assert.include(doubled.message, "Duplicate custom_id found: r-0");
    assert.match(String(doubled["requestID"]), /^req_01/);
    const early = await rejection(batches.results(id));
    assert.include(early.message, "No batch `results_url`");
    assert.instanceOf(await rejection(batches.retrieve("msgbatch_nobody")), Anthropic.NotFoundError);
    // None of these was sent again.
    assert.deepInclude(emulator.state.calls, { create: 2, retrieve: 2, list: 1 });

    const once = new Anthropic({ apiKey: "sk-ant-api03-test", baseURL: url, maxRetries: 0 });
    const statuses = [
      [409, Anthropic.ConflictError],
      [429, Anthropic.RateLimitError],
      [500, Anthropic.InternalServerError],
      [529, Anthropic.InternalServerError],
      [403, Anthropic.PermissionDeniedError],
    ] as const;
    for (const [code, Class] of statuses) {
      emulator.faults.set("list", { status: { code } });
      const error = await rejection(once.messages.batches.list());
      assert.instanceOf(error, Class);
      assert.equal(error["status"], code);
    }
    emulator.faults.set("list", { reset: true });
    assert.instanceOf(await rejection(once.messages.batches.list()), Anthropic.APIConnectionError);
  }));

test("the official SDK repeats what may pass, and pays twice where a create's reply is lost", () =>
  talking({}, async (sdk, { emulator }) => {
    emulator.faults.set("list", { status: { code: 529, calls: [1], retryAfter: { ms: 1 } } });
    assert.deepEqual((await sdk.messages.batches.list()).data, []);
    assert.equal(emulator.state.calls.list, 2);
    // What this package is for.
    emulator.faults.set("create", { status: { code: 500, when: "after", calls: [1], retryAfter: { ms: 1 } } });
    await sdk.messages.batches.create(requests(1));
    assert.equal(emulator.state.commits, 2);
    assert.deepEqual(emulator.state.requests().get("r-0"), { committed: 2, billed: 2 });
  }));
