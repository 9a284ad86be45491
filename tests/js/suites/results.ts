// Results in all five ways, over the same bytes, however they are cut.
import { Batchwise, type MessageBatchIndividualResponse, type RequestOptions, type ResultStream } from "batchwise";
import { assert, collect, rejection, test } from "../harness.js";
import { CANARY } from "../server.js";

const encoder = new TextEncoder();

/** What the body of a stub did. */
interface Watch {
  pulled: number;
  cancelled: boolean;
}

interface Stub {
  /** Requests of the batch; default the number of chunks' lines is not known, so it must be given. */
  expected: number;
  chunks: Iterable<Uint8Array>;
  /** What the body ends with instead of its end. */
  failure?: Error;
  signal?: AbortSignal;
}

/** Opens results through a client whose `fetch` answers with these chunks. */
async function open({ expected, chunks, failure, signal }: Stub): Promise<{ results: ResultStream; watch: Watch }> {
  const watch = { pulled: 0, cancelled: false };
  const rest = chunks[Symbol.iterator]();
  const body = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const { done, value } = rest.next();
          watch.pulled++;
          if (!done) return controller.enqueue(value);
          return failure ? controller.error(failure) : controller.close();
        },
        cancel() {
          watch.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
  const results = await ofBody(body(), expected, signal ? { signal } : {});
  return { results, watch };
}

/** Opens results that are this body. */
async function ofBody(body: BodyInit, expected: number, options: RequestOptions): Promise<ResultStream> {
  const batch = {
    id: "msgbatch_1",
    type: "message_batch",
    processing_status: "ended",
    request_counts: { processing: 0, succeeded: expected, errored: 0, canceled: 0, expired: 0 },
    ended_at: "2026-11-21T00:00:00Z",
    created_at: "2026-11-21T00:00:00Z",
    expires_at: "2026-11-22T00:00:00Z",
    archived_at: null,
    cancel_initiated_at: null,
    results_url: "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results",
  };
  const fetch = async (input: RequestInfo | URL): Promise<Response> =>
    String(input).endsWith("/results") ? new Response(body) : Response.json(batch);
  const client = new Batchwise({ apiKey: CANARY, fetch, dangerouslyAllowBrowser: true });
  return client.messages.batches.results("msgbatch_1", options);
}

/** Opens results that are `text`, in chunks of `cut` bytes. */
async function of(text: string, expected: number, cut = 1 << 20): Promise<ResultStream> {
  return (await open({ expected, chunks: pieces(encoder.encode(text), cut) })).results;
}

function* pieces(bytes: Uint8Array, cut: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += cut) yield bytes.slice(at, at + cut);
}

const usage = '"usage":{"input_tokens":3,"cache_read_input_tokens":2,"output_tokens":5,"new_field":{"a":[1]}}';
const succeeded = (id: string, content: string, more = "") =>
  `{"custom_id":${JSON.stringify(id)},"result":{"type":"succeeded","message":{"content":[${content}],"stop_reason":"end_turn",${usage}${more}}}}`;
const text = (words: string) => `{"type":"text","text":"${words}"}`;

/** Lines with something awkward, none of them bad. */
const LINES = [
  succeeded("plain", text("4")),
  succeeded("unicode", text("é 中 😀 \u2028\u2029\uFEFF end")),
  succeeded("begins with a byte order mark", text("\uFEFFx")),
  succeeded("escaped", text('\\n\\t\\"\\\\\\/\\u00e9\\ud83d\\ude00')),
  succeeded("a surrogate alone", text("a\\ud83db\\udc00")),
  succeeded(
    "blocks",
    `${text("one")},{"type":"tool_use","id":"t","input":{"custom_id":"x","text":"no"}},${text(" two")}`,
  ),
  succeeded("no blocks", ""),
  succeeded("numbers", text("1"), ',"n":[-0,1e400,9007199254740993,1.10,-1E-7]'),
  succeeded("__proto__", text("p"), ',"__proto__":{"polluted":true},"constructor":1'),
  succeeded("repeated", text("old"), `,"content":[${text("new")}]`),
  `{"result":{"error":{"request_id":"req_1","error":{"message":"Over\\u006coaded","type":"overloaded_error"},"type":"error"},"type":"errored"},"custom_id":"late"}`,
  '{"custom_id":"bad","result":{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error","message":"no","details":{"error_visibility":"user_facing"}},"request_id":null}}}',
  '{"custom_id":"odd","result":{"type":"errored","error":"?"}}',
  '{"custom_id":"c","result":{"type":"canceled"}}',
  '{"custom_id":"e","result":{"type":"expired"}}',
  '{"custom_id":"u","result":{"type":"brand_new","payload":{"x":[]}},"more":1}',
  ' { "custom_id" : "spaced" ,\t"result" :\r{ "type" : "expired" } } ',
];
const PARSED = LINES.map((line) => JSON.parse(line) as MessageBatchIndividualResponse);

for (const cut of [1, 2, 3, 7, 61, 1000, 1 << 20]) {
  test(`results in chunks of ${cut} bytes are the same in every view`, async () => {
    const file = `\uFEFF${LINES.join("\r\n\r\n")}`;
    const fresh = () => of(file, LINES.length, cut);
    const same = (seen: unknown[]) => {
      assert.deepEqual(seen, PARSED);
      // Key order and own `__proto__` keys, too.
      assert.equal(JSON.stringify(seen), JSON.stringify(PARSED));
    };
    same(await collect(await fresh()));
    same((await collect((await fresh()).rows())).map((row) => row.toJSON()));
    const blocks = await collect((await fresh()).blocks());
    same(blocks.flatMap((block) => Array.from({ length: block.length }, (_, i) => block.json(i))));
    assert.deepEqual(
      blocks.flatMap((block) => Array.from({ length: block.length }, (_, i) => [block.id(i), block.text(i)])),
      (await collect((await fresh()).rows())).map((row) => [row.custom_id, row.text]),
    );
    // Read as bytes: runtimes differ in whether `text()` keeps a byte order mark.
    const raw = await new Response((await fresh()).bytes()).arrayBuffer();
    assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(raw), file);
    assert.deepEqual((await (await fresh()).summary()).outcomes, {
      succeeded: 10,
      errored: 3,
      canceled: 1,
      expired: 2,
      missing: 0,
      unknown: 1,
    });
  });
}

test("a row gives each field from the bytes, as the parsed message has it", async () => {
  for (const row of await collect((await of(LINES.join("\n"), LINES.length)).rows())) {
    const line = row.toJSON();
    const result = line.result as { type: string; message?: { content: { type: string; text: string }[] } };
    const blocks = result.message?.content.filter((block) => block.type === "text") ?? [];
    assert.equal(row.custom_id, line.custom_id);
    assert.equal(row.outcome, result.type);
    assert.equal(row.text, blocks.map((block) => block.text).join(""));
    assert.deepEqual(row.message as unknown, result.message ?? null);
    assert.deepEqual(row.usage as unknown, row.message?.usage ?? null);
    assert.equal(row.stopReason, row.message ? "end_turn" : null);
    assert.equal(row.message, row.message, "parsed once");
  }
});

test("a failed row says why and whether to try again", async () => {
  const rows = await collect((await of(LINES.join("\n"), LINES.length)).rows());
  const row = (id: string) => rows.find((row) => row.custom_id === id);
  assert.deepEqual(row("late")?.error, { type: "overloaded_error", message: "Overloaded", requestId: "req_1" });
  assert.deepEqual(row("bad")?.error, { type: "invalid_request_error", message: "no", requestId: null });
  assert.deepEqual(row("odd")?.error, { type: "unknown_error", message: "", requestId: null });
  assert.isNull(row("plain")?.error);
  assert.deepEqual(
    ["late", "bad", "odd", "e", "c", "plain", "u"].map((id) => row(id)?.retry),
    ["now", "never", "once", "now", "never", "never", "never"],
  );
});

test("a kind of result that is not known yet keeps its own name", async () => {
  const [block] = await collect((await of(LINES.join("\n"), LINES.length)).blocks());
  const at = LINES.findIndex((line) => line.includes("brand_new"));
  assert.equal(block?.outcome[at], 4);
  assert.equal(block?.row(at).outcome, "brand_new");
  const { ResultBlock } = await import("batchwise");
  assert.deepEqual([...ResultBlock.OUTCOMES], ["succeeded", "errored", "canceled", "expired", "unknown"]);
});

test("a block has its tokens in columns and refuses rows it does not have", async () => {
  const line = (u: string) => `{"custom_id":"a","result":{"type":"succeeded","message":{"content":[],"usage":{${u}}}}}`;
  const file = [
    line(
      '"input_tokens":1,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},"cache_read_input_tokens":4,"output_tokens":6',
    ),
    line('"input_tokens":10,"cache_creation_input_tokens":20,"output_tokens":null'),
    '{"custom_id":"a","result":{"type":"expired"}}',
  ];
  const [block] = await collect((await of(`${file.join("\n")}\n`, 3)).blocks());
  assert.isDefined(block);
  assert.deepEqual([...block.inputTokens], [1, 10, 0]);
  assert.deepEqual([...block.cacheWrite5mTokens], [2, 20, 0]);
  assert.deepEqual([...block.cacheWrite1hTokens], [3, 0, 0]);
  assert.deepEqual([...block.cacheReadTokens], [4, 0, 0]);
  assert.deepEqual([...block.outputTokens], [6, 0, 0]);
  for (const i of [-1, 3, 0.5, Number.NaN]) assert.throws(() => block.json(i), RangeError);
});

test("a summary has the tokens and the cost of all rows", async () => {
  const line = (model: string, tokens: string) =>
    `{"custom_id":"a","result":{"type":"succeeded","message":{"model":"${model}","usage":{${tokens}}}}}\n`;
  const tokens =
    '"input_tokens":1000000,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"cache_read_input_tokens":7,"output_tokens":2,"output_tokens_details":{"thinking_tokens":1},"server_tool_use":{"web_search_requests":3}';
  const known = line("claude-opus-4-8", '"input_tokens":1000000,"output_tokens":0').repeat(2);
  assert.equal((await (await of(known, 2)).summary()).cost, 5);
  const { usage, cost } = await (await of(line("nobody-knows", tokens).repeat(2), 2)).summary();
  assert.isNull(cost);
  assert.deepEqual(usage, {
    input_tokens: 2_000_000,
    output_tokens: 4,
    cache_creation_input_tokens: 60,
    cache_read_input_tokens: 14,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 40 },
    output_tokens_details: { thinking_tokens: 2 },
    server_tool_use: { web_search_requests: 6, web_fetch_requests: 0 },
    service_tier: "batch",
    inference_geo: null,
    speed: null,
  });
  const absurd = line("claude-opus-4-8", '"input_tokens":18446744073709551615').repeat(3);
  assert.isAbove((await (await of(absurd, 3)).summary()).usage.input_tokens, 1e19);
});

test("bad lines are reported with their place, and every other line is read", async () => {
  const good = '{"custom_id":"a","result":{"type":"expired"}}';
  const file = `${good}\n\n{"custom_id":"cut","resu\n${good}\r\n{"type":"error","error":{"type":"api_error"}}\n${good}`;
  for (const cut of [1, 5, 1 << 20]) {
    const results = await of(file, 5, cut);
    assert.deepEqual(results.badLines, []);
    assert.lengthOf(await collect(results.rows()), 3);
    assert.deepEqual(
      results.badLines.map(({ line, offset, sample }) => [line, offset, sample]),
      [
        [3, 47, '{"custom_id":"cut","resu'],
        [5, 119, '{"type":"error","error":{"type":"api_error"}}'],
      ],
    );
    // sha256sum says the same of them.
    assert.deepEqual(
      results.badLines.map(({ sha256 }) => sha256),
      [
        "d26f0b69a94111dd509f7e0b9217e7a64d2a48f14ba026296f19230635e4af69",
        "b0a4c5313131c7d69c54bee9c9335a1c93c3ee48cb903d11ca3773eaee866028",
      ],
    );
    for (const { reason } of results.badLines) assert.match(reason, /^(not JSON|no result): /);
    assert.equal((await (await of(file, 5, cut)).summary()).outcomes.missing, 2);
  }
});

test("results that end early are given out to the last row, and then said to be cut", async () => {
  const lines = Array.from({ length: 10 }, (_, i) => `{"custom_id":"${i}","result":{"type":"expired"}}`);
  const views: [string, (results: ResultStream) => AsyncIterable<{ length?: number }>][] = [
    ["objects", (results) => results as AsyncIterable<object>],
    ["rows", (results) => results.rows() as AsyncIterable<object>],
    ["blocks", (results) => results.blocks()],
  ];
  for (const [name, view] of views) {
    let seen = 0;
    const error = await rejection(async () => {
      for await (const item of view(await of(lines.join("\n"), 12, 50))) seen += item.length ?? 1;
    });
    assert.equal(seen, 10, name);
    assert.equal(error.name, "TruncatedResultsError", name);
    assert.equal(error["code"], "results/truncated", name);
    assert.match(error.message, /10 rows of 12 requests/, name);
  }
  const results = await of(lines.join("\n"), 12);
  assert.equal((await rejection(results.summary()))["code"], "results/truncated");
});

test("after its error a reading is over", async () => {
  const reading = (await of("", 1))[Symbol.asyncIterator]();
  assert.equal((await rejection(reading.next()))["code"], "results/truncated");
  assert.deepEqual(await reading.next(), { done: true, value: undefined });
});

test("results can be read once, whatever the view", async () => {
  const file = LINES.join("\n");
  const uses: [string, (results: ResultStream) => unknown][] = [
    ["objects", (results) => collect(results)],
    ["rows", (results) => collect(results.rows())],
    ["blocks", (results) => collect(results.blocks())],
    ["summary", (results) => results.summary()],
    ["bytes", (results) => new Response(results.bytes()).text()],
  ];
  for (const [first, use] of uses) {
    const results = await of(file, LINES.length);
    await use(results);
    for (const [second, again] of uses) {
      const error = await rejection(async () => again(results));
      assert.equal(error["code"], "misuse/order", `${first}, then ${second}`);
    }
  }
  const rows = (await of(file, LINES.length)).rows();
  await collect(rows);
  assert.equal((await rejection(collect(rows)))["code"], "misuse/order");
});

test("leaving a loop early ends the download", async () => {
  const chunks = LINES.map((line) => encoder.encode(`${line}\n`));
  for (const view of ["objects", "rows", "blocks"] as const) {
    const { results, watch } = await open({ expected: LINES.length, chunks });
    for await (const _ of view === "objects" ? results : results[view]()) break;
    assert.deepEqual(watch, { pulled: 1, cancelled: true }, view);
  }
  const { results, watch } = await open({ expected: LINES.length, chunks });
  await results.bytes().cancel();
  assert.deepEqual(watch, { pulled: 0, cancelled: true });
});

test("a reading can be left while it waits for bytes", async () => {
  for (const view of ["rows", "blocks", "bytes"] as const) {
    const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) }, { highWaterMark: 0 });
    const results = await ofBody(never, 1, { idleTimeoutMs: 50 });
    if (view === "bytes") {
      const reader = results.bytes().getReader();
      const waiting = reader.read();
      await reader.cancel();
      assert.isTrue((await waiting).done);
    } else {
      const reading = results[view]()[Symbol.asyncIterator]();
      const waiting = reading.next();
      await reading.return?.();
      assert.isTrue((await waiting).done, view);
    }
  }
});

test("nothing is read ahead of what is asked for", async () => {
  const chunks = LINES.map((line) => encoder.encode(`${line}\n`));
  const { results, watch } = await open({ expected: LINES.length, chunks });
  assert.equal(watch.pulled, 0);
  const rows = results.rows()[Symbol.asyncIterator]();
  for (let i = 1; i <= LINES.length; i++) {
    await rows.next();
    assert.equal(watch.pulled, i);
  }
  assert.isTrue((await rows.next()).done);
});

test("calls of next that do not wait for each other are answered in order", async () => {
  const rows = (await of(LINES.join("\n"), LINES.length, 10)).rows()[Symbol.asyncIterator]();
  const answers = await Promise.all(Array.from({ length: LINES.length + 2 }, () => rows.next()));
  assert.deepEqual(
    answers.map(({ value }) => value?.custom_id),
    [...PARSED.map((line) => line.custom_id), undefined, undefined],
  );
});

test("a download that breaks gives out its rows first", async () => {
  const chunks = LINES.slice(0, 3).map((line) => encoder.encode(`${line}\n`));
  const failure = new TypeError("terminated");
  const { results } = await open({ expected: LINES.length, chunks, failure });
  const seen: string[] = [];
  const error = await rejection(async () => {
    for await (const row of results.rows()) seen.push(row.custom_id);
  });
  assert.deepEqual(
    seen,
    PARSED.slice(0, 3).map((line) => line.custom_id),
  );
  assert.equal(error["code"], "net/connection");
});

test("the caller's signal ends the reading with its reason", async () => {
  const chunks = LINES.map((line) => encoder.encode(`${line}\n`));
  const stop = new AbortController();
  const reason = new Error("enough");
  const { results, watch } = await open({ expected: LINES.length, chunks, signal: stop.signal });
  const error = await rejection(async () => {
    for await (const row of results.rows()) if (row.custom_id === "unicode") stop.abort(reason);
  });
  assert.equal(error["code"], "abort/user");
  assert.equal(error.cause, reason);
  assert.isBelow(watch.pulled, LINES.length);
});

test("one chunk with everything still comes out in blocks of bounded size", async () => {
  const line = '{"custom_id":"a","result":{"type":"canceled"}}\n';
  const file = encoder.encode(line.repeat(50_000));
  const { results } = await open({ expected: 50_000, chunks: [file] });
  const lengths = (await collect(results.blocks())).map((block) => block.length);
  assert.equal(
    lengths.reduce((sum, length) => sum + length, 0),
    50_000,
  );
  assert.isBelow(Math.max(...lengths), 10_000);
});

test("a line of five megabytes in small chunks is one row like any other", async () => {
  const long = "wörter ".repeat(800_000);
  const line = JSON.stringify({
    custom_id: "long",
    result: { type: "succeeded", message: { content: [{ type: "text", text: long }] } },
  });
  const { results } = await open({ expected: 1, chunks: pieces(encoder.encode(line), 16_384) });
  const [row] = await collect(results.rows());
  assert.isTrue(row?.text === long);
});
