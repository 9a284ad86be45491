// Planning: every kind of source, what is wrong with it, and the bodies that come of it.
import {
  type BatchRequest,
  Batchwise,
  type InvalidRequestsError,
  type Plan,
  type PlanOptions,
  type Source,
  type TableOptions,
  table,
  type Violation,
} from "batchwise";
import { assert, rejection, test } from "../harness.js";
import { CANARY } from "../server.js";

const client = new Batchwise({ apiKey: CANARY, dangerouslyAllowBrowser: true });
const encoder = new TextEncoder();
const OPTIONS = {
  prompt: "Rate {{ text }}",
  model: "claude-haiku-4-5",
  maxTokens: 5,
  key: "id",
} satisfies TableOptions;

/** What rows become in every form. */
const ROWS = [
  { id: "a", text: "good" },
  { id: "b", text: 'say "hi",\nthen\tgo' },
  { id: "c", text: "é 😀 \\ \u2028" },
  { id: "d", text: "{{id}}" },
];
const REQUESTS: BatchRequest[] = ROWS.map(({ id, text }) => ({
  custom_id: id,
  params: { model: "claude-haiku-4-5", max_tokens: 5, messages: [{ role: "user", content: `Rate ${text}` }] },
}));

const jsonl = (items: readonly unknown[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join("");
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const cells = (delimiter: string): string =>
  [`id${delimiter}text`, ...ROWS.map(({ id, text }) => id + delimiter + quoted(text))].join("\r\n");
const csv = cells(",");

/** A stream of the text's bytes, seven at a time. */
function streamOf(text: string): ReadableStream<Uint8Array> {
  const bytes = encoder.encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 7));
      at += 7;
    },
  });
}

async function* slowly<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

/** The bodies of all parts, and the requests in them. */
async function bodies(plan: Plan): Promise<BatchRequest[]> {
  const all: BatchRequest[] = [];
  let first = 0;
  for (const part of plan.parts) {
    const numbers = Uint32Array.from({ length: part.requestCount }, (_, at) => first + at);
    const body = await plan.bodyOf(numbers);
    assert.equal(body.size, part.bodyBytes);
    const { requests } = JSON.parse(await body.text()) as { requests: BatchRequest[] };
    assert.lengthOf(requests, part.requestCount);
    all.push(...requests);
    first += part.requestCount;
  }
  return all;
}

async function refused(source: Source, options?: PlanOptions): Promise<InvalidRequestsError<Violation>> {
  const error = await rejection(client.plan(source, options));
  assert.equal(error.name, "InvalidRequestsError", error.stack ?? "");
  return error as unknown as InvalidRequestsError<Violation>;
}

const told = (violations: readonly Violation[]): string[] =>
  violations.map(({ code, line, index, path }) => `${code} ${line ?? `#${index}`} ${path}`);

const SOURCES: Record<string, () => Source> = {
  "a list": () => REQUESTS,
  "a generator": () => REQUESTS[Symbol.iterator](),
  "an async generator": () => slowly(REQUESTS),
  "a file of JSONL": () => new Blob(["\ufeff", jsonl(REQUESTS)]),
  "a stream of JSONL": () => streamOf(jsonl(REQUESTS)),
  "a CSV file": () => table(new Blob([csv]), OPTIONS),
  "CSV as text": () => table(csv, OPTIONS),
  "a stream of CSV": () => table(streamOf(csv), OPTIONS),
  "CSV with semicolons": () => table(cells(";"), { ...OPTIONS, delimiter: ";" }),
  "TSV with quotes": () => table(cells("\t"), { ...OPTIONS, format: "tsv", quote: true }),
  "CSV without a header": () => table(csv.slice(9), { ...OPTIONS, prompt: "Rate {{2}}", key: "1", header: false }),
  "CSV with names of ours": () => table(csv.slice(9), { ...OPTIONS, columns: ["id", "text"] }),
  "rows of JSONL": () => table(new Blob([jsonl(ROWS)]), OPTIONS),
  "rows of a named file": () => table(new File([jsonl(ROWS)], "rows.ndjson"), OPTIONS),
  "a list of rows": () => table(ROWS, OPTIONS),
  "an async generator of rows": () => table(slowly(ROWS), OPTIONS),
};

for (const [name, source] of Object.entries(SOURCES)) {
  test(`${name} becomes the same bodies as any other source`, async () => {
    const plan = await client.plan(source(), { maxRequests: 3 });
    assert.equal(plan.requestCount, 4);
    assert.deepEqual(
      plan.parts.map(({ index, requestCount }) => [index, requestCount]),
      [
        [0, 3],
        [1, 1],
      ],
    );
    assert.deepEqual(plan.violations, []);
    assert.deepEqual(await bodies(plan), REQUESTS);
    const again = await plan.bodyOf(Uint32Array.of(3, 0));
    assert.deepEqual(JSON.parse(await again.text()), { requests: [REQUESTS[3], REQUESTS[0]] });
  });
}

test("a part is filled to the last byte and not past it", async () => {
  const exact = (await client.plan(REQUESTS.slice(0, 2))).parts[0]?.bodyBytes ?? 0;
  const counts = async (maxBodyBytes: number): Promise<number[]> =>
    (await client.plan(REQUESTS.slice(0, 2), { maxBodyBytes })).parts.map((part) => part.requestCount);
  assert.deepEqual(await counts(exact), [2]);
  assert.deepEqual(await counts(exact - 1), [1, 1]);
});

test("ten thousand requests from a file are planned without holding the file", async () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({ ...REQUESTS[0], custom_id: `r-${at}` }));
  const file = new Blob([jsonl(many)]);
  const slices: number[] = [];
  const watched = {
    size: file.size,
    type: "",
    stream: () => file.stream(),
    arrayBuffer: () => assert.fail("the whole file was read into memory"),
    slice: (start: number, end: number) => {
      slices.push(end - start);
      return file.slice(start, end);
    },
  };
  const plan = await client.plan(watched as unknown as Blob, { maxRequests: 4000 });
  assert.equal(plan.parts.length, 3);
  assert.lengthOf(slices, 0);
  assert.deepEqual(await bodies(plan), many as never);
  assert.isAtMost(Math.max(...slices), file.size / 2);
});

test("a strict plan is refused with every violation and its place", async () => {
  const bad = [
    REQUESTS[0],
    { custom_id: "a b", params: { ...REQUESTS[0]?.params, stream: true, max_tokens: 0 }, extra: 1 },
    { custom_id: "a", params: { model: "claude-haiku-4-5" } },
    17,
  ] as BatchRequest[];
  const error = await refused(bad);
  assert.equal(error.code, "data/invalid");
  assert.deepEqual(told(error.violations), [
    "id/invalid #1 /custom_id",
    "params/max-tokens #1 /params/max_tokens",
    "params/stream #1 /params/stream",
    "request/unknown-key #1 /extra",
    "params/required #2 /params/max_tokens",
    "params/required #2 /params/messages",
    "id/duplicate #0 /custom_id",
    "id/duplicate #2 /custom_id",
    "request/type #3 ",
  ]);
  assert.include(error.message, "request 1: ");
  assert.isTrue(error.violations.every(({ severity, hint }) => severity === "error" && hint !== null));
  assert.deepEqual(
    error.violations.map((violation) => violation.custom_id),
    ["a b", "a b", "a b", "a b", "a", "a", "a", "a", null],
  );
});

test("warnings refuse nothing, and bad lines are left out of the plan", async () => {
  const lines = [JSON.stringify(REQUESTS[0]), "", "{not json", "[]", JSON.stringify(REQUESTS[1])];
  const plan = await client.plan(new Blob([lines.join("\n")]), { validate: "warn" });
  assert.deepEqual(told(plan.violations), ["json/syntax 3 ", "request/type 4 "]);
  assert.deepEqual(plan.violationCounts, { "json/syntax": 1, "request/type": 1 });
  assert.deepEqual(await bodies(plan), REQUESTS.slice(0, 2));
  assert.equal(plan.violations[0]?.offset, lines.slice(0, 2).join("\n").length + 2);
  const odd = await client.plan([{ ...REQUESTS[0], params: { ...REQUESTS[0]?.params, model: "claude-9" } }] as never);
  assert.deepEqual(
    odd.violations.map(({ code, severity }) => `${severity} ${code}`),
    ["warning params/unknown-model"],
  );
});

test("violations are capped, their counts are not", async () => {
  const plan = await client.plan(
    Array.from({ length: 250 }, () => REQUESTS[0] as BatchRequest),
    { validate: "warn" },
  );
  assert.equal(plan.requestCount, 1);
  assert.deepEqual(plan.violationCounts, { "id/duplicate": 250 });
  assert.lengthOf(plan.violations, 100);
});

test("an empty source is said to be empty", async () => {
  for (const source of [[], new Blob([]), new Blob(["\n \n"]), table("id,text\n", OPTIONS)]) {
    const error = await refused(source);
    assert.equal(error.code, "data/empty");
    assert.deepEqual(
      error.violations.map((violation) => violation.code),
      ["source/empty"],
    );
  }
  const plan = await client.plan([], { validate: "warn" });
  assert.deepEqual([plan.requestCount, plan.parts, plan.violations[0]?.code], [0, [], "source/empty"]);
});

test("what JSON cannot hold is refused and not changed", async () => {
  const cycle: Record<string, unknown> = { ...REQUESTS[0], custom_id: "c" };
  cycle["params"] = { self: cycle };
  const holes = [
    { ...REQUESTS[0], params: { max_tokens: 5n } },
    cycle,
    { ...REQUESTS[0], params: { "a/b": [1, Number.NaN] } },
    [],
    undefined,
    { ...REQUESTS[1], params: { ...REQUESTS[1]?.params, cache_control: null } },
  ];
  const plan = await client.plan(holes as never, { validate: "warn" });
  assert.deepEqual(told(plan.violations), [
    "json/value #0 /params/max_tokens",
    "json/value #1 /params/self",
    "json/value #2 /params/a~1b/1",
    "request/type #3 ",
    "json/value #4 ",
  ]);
  assert.deepEqual(await bodies(plan), [holes[5]] as never);
});

test("checks can be switched off, but for what a plan needs", async () => {
  const odd = [{ custom_id: "a b", params: 1, more: true }] as never;
  const plan = await client.plan(odd, { validate: "off" });
  assert.deepEqual([plan.requestCount, plan.violations], [1, []]);
  assert.deepEqual(told((await refused([{}] as never, { validate: "off" })).violations), ["id/missing #0 /custom_id"]);
});

test("rows with problems are found by their line", async () => {
  const rows = 'id,text\r\na,"two\r\nlines"\r\nb\r\nc d,\r\n';
  const plan = await client.plan(table(rows, OPTIONS), { validate: "warn" });
  assert.deepEqual(told(plan.violations), ["data/ragged 4 ", "id/invalid 5 /custom_id", "template/empty 5 "]);
  assert.deepEqual(
    plan.violations.map(({ severity }) => severity),
    ["error", "error", "warning"],
  );
  const bytes = new Blob(["id,text\na,", Uint8Array.of(0xff), "\n"]);
  assert.deepEqual(told((await refused(table(bytes, OPTIONS))).violations), ["data/encoding 2 "]);
});

test("an unknown column is answered with the one that was meant", async () => {
  const error = await refused(table("id,review\na,x\n", { ...OPTIONS, prompt: "{{reveiw}}" }));
  assert.deepEqual(told(error.violations), ["template/unknown-column 1 "]);
  assert.include(error.message, 'there is no column "reveiw"; did you mean "review"?');
  const rows = await refused(table([{ id: "a", review: "x" }], { ...OPTIONS, prompt: "{{reveiw}}" }));
  assert.include(rows.message, 'did you mean "review"?');
});

test("a table fills in system prompts, parameters and ids", async () => {
  const source = table([{ n: 1.5, ok: true, none: null, deep: { a: [1, "x"] } }], {
    prompt: "\\{{n}} {{n}} {{ok}} [{{none}}] {{deep}}",
    system: "You are {{n}}",
    model: "claude-opus-5",
    maxTokens: 9,
    params: { metadata: { user_id: "u" } },
  });
  const plan = await client.plan(source);
  assert.deepEqual(plan.violationCounts, { "template/empty": 1 });
  assert.deepEqual(await bodies(plan), [
    {
      custom_id: "row-1",
      params: {
        model: "claude-opus-5",
        max_tokens: 9,
        metadata: { user_id: "u" },
        system: "You are 1.5",
        messages: [{ role: "user", content: '{{n}} 1.5 true [] {"a":[1,"x"]}' }],
      },
    },
  ] as never);
});

test("people's quotation marks in TSV mean themselves", async () => {
  const tsv = 'ham\t"Gimme a few" was 5\nspam\t"never closed\nham\tok';
  const options = { ...OPTIONS, key: undefined, columns: ["label", "text"], format: "tsv" } as const;
  const plan = await client.plan(table(tsv, options));
  assert.deepEqual(
    (await bodies(plan)).map(({ params }) => (params.messages[0] as { content: string }).content),
    ['Rate "Gimme a few" was 5', 'Rate "never closed', "Rate ok"],
  );
});

test("what cannot be a source, an option or a template is refused with words", async () => {
  const misuse = async (work: () => unknown, code: string, words: string): Promise<void> => {
    const error = await rejection(async () => await work());
    assert.equal(error["code"], code, error.stack ?? "");
    assert.include(error.message, words);
  };
  const plan = (source: unknown, options?: object) => () => client.plan(source as Source, options);
  await misuse(plan("[]"), "misuse/option", "new Blob([text])");
  await misuse(plan(new Uint8Array(3)), "misuse/option", "new Blob([bytes])");
  await misuse(plan(slowly([new Uint8Array(3)])), "misuse/option", "a ReadableStream of them");
  await misuse(plan(null), "misuse/option", "this is null");
  await misuse(plan(7), "misuse/option", "a number");
  for (const maxRequests of [0, -1, 1.5, Number.NaN, 100_001, "9"]) {
    await misuse(plan(REQUESTS, { maxRequests }), "misuse/option", "maxRequests");
  }
  await misuse(plan(REQUESTS, { maxBodyBytes: 10 }), "misuse/option", "maxBodyBytes");
  await misuse(plan(REQUESTS, { validate: "loose" }), "misuse/option", "validate");
  const withOptions = (options: object) => () => client.plan(table("a\n1", { ...OPTIONS, ...options } as TableOptions));
  await misuse(withOptions({ max_tokens: 3 }), "misuse/option", "no option max_tokens");
  await misuse(withOptions({ maxTokens: 0 }), "misuse/option", "maxTokens");
  await misuse(withOptions({ model: undefined }), "misuse/option", "model");
  await misuse(withOptions({ delimiter: "ab" }), "misuse/option", "delimiter");
  await misuse(withOptions({ params: { model: "x" } }), "misuse/option", "params.model");
  await misuse(withOptions({ params: { metadata: 3n } }), "misuse/option", "params/metadata: a BigInt");
  await misuse(withOptions({ header: true, columns: ["a"] }), "misuse/option", "header");
  await misuse(withOptions({ prompt: "{{a" }), "template/syntax", "has no }} after it");
});

test("a source that breaks passes its own error on and is closed", async () => {
  const broken = new Error("the disk is gone");
  let closed = false;
  async function* failing(): AsyncGenerator<BatchRequest> {
    yield REQUESTS[0] as BatchRequest;
    throw broken;
  }
  assert.equal(await rejection(client.plan(failing())), broken as never);
  const stream = new ReadableStream<unknown>({
    pull: (controller) => controller.enqueue("text"),
    cancel: () => {
      closed = true;
    },
  });
  const error = await rejection(client.plan(stream as ReadableStream<Uint8Array>));
  assert.include(error.message, "gave a string");
  assert.isTrue(closed);
});

test("an estimate is a range under a ceiling and says what it rests on", async () => {
  const estimate = (await client.plan(REQUESTS)).estimate();
  assert.equal(estimate.currency, "USD");
  assert.match(estimate.pricesAsOf, /^\d{4}-\d\d-\d\d$/);
  assert.match(estimate.basis, /± 30 %.*every byte for a token and max_tokens/);
  const { input, output, total } = estimate as never as Record<string, { low: number; high: number; ceiling: number }>;
  for (const range of [input, output, total]) {
    assert.isTrue(range && range.low <= range.high && range.high <= range.ceiling);
  }
  assert.closeTo(output?.ceiling ?? 0, 4 * 5 * 2.5e-6, 1e-12);
  assert.closeTo(total?.ceiling ?? 0, (input?.ceiling ?? 0) + (output?.ceiling ?? 0), 1e-12);
  assert.equal(estimate.models[0]?.requests, 4);
});

test("a model without a known price has no estimate, and it is said", async () => {
  const odd = { ...REQUESTS[0], params: { ...REQUESTS[0]?.params, model: "claude-next" } } as BatchRequest;
  const estimate = (await client.plan([odd])).estimate();
  assert.deepEqual(estimate.total, { low: null, high: null, ceiling: null });
  assert.include(estimate.basis, "no price is known for claude-next (1 requests)");
});

test("a plan prints as what it is, without the engine in it", async () => {
  const plan = await client.plan(REQUESTS);
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(plan)) as object), [
    "requestCount",
    "merged",
    "parts",
    "violations",
    "violationCounts",
  ]);
});

test("a file that has changed since it was planned is noticed", async () => {
  const file = new Blob([jsonl(REQUESTS)]);
  let now = file;
  const changing = {
    ...{ size: file.size, type: "", stream: () => now.stream(), arrayBuffer: () => now.arrayBuffer() },
    slice: (start: number, end: number) => now.slice(start, end),
  };
  const plan = await client.plan(changing as unknown as Blob);
  now = new Blob([" ", file]);
  const error = await rejection(plan.bodyOf(Uint32Array.of(0, 1)));
  assert.equal(error["code"], "data/changed");
  assert.include(error.message, "line 1: ");
});
