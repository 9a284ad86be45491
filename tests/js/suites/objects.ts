// Full objects against JSON.parse: lines that share their shapes, with everything in their values that can go wrong.
import { Batchwise, type MessageBatchIndividualResponse } from "batchwise";
import { assert, collect, test } from "../harness.js";
import { CANARY } from "../server.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The objects of a file in pieces of `cut` bytes. */
async function objects(bytes: Uint8Array, expected: number, cut: number) {
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
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + cut));
      at += cut;
    },
  });
  const fetch = async (input: RequestInfo | URL): Promise<Response> =>
    String(input).endsWith("/results") ? new Response(body) : Response.json(batch);
  const client = new Batchwise({ apiKey: CANARY, fetch, dangerouslyAllowBrowser: true });
  return client.messages.batches.results("msgbatch_1");
}

/** Numbers below `most`, always the same ones. */
function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % most;
  };
}

const STRINGS = [
  "",
  "a",
  "an answer",
  '\\n\\t\\"\\\\\\/',
  "\\u00e9\\ud83d\\ude00",
  "\\ud83d",
  "a\\udc00b",
  "\\u0000",
  "é 中 😀",
  "\u2028\u2029\uFEFF",
  "\uFEFF",
  "__proto__",
  "é".repeat(600),
  "x".repeat(1500),
  "😀\\n".repeat(700),
  "word ".repeat(900),
  "plain and \\\\ then ".repeat(90),
];
const NUMBERS = ["0", "-0", "7", "4294967295", "4294967296", "9007199254740993", "123456789012345678901", "1.10"];
const ODD_NUMBERS = ["1e400", "-1E-7", "0.1", "1e2", "-12", "0e5"];

/** Lines of a dozen shapes, their values at random. */
function line(next: (most: number) => number): string {
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const string = () => `"${pick(STRINGS)}"`;
  const number = () => pick(next(8) === 0 ? ODD_NUMBERS : NUMBERS);
  const id = `"row-${next(1e6)}"`;
  const usage = `{"input_tokens":${next(500)},"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":${next(3)}},"output_tokens":${number()},"service_tier":"batch"}`;
  const message = (content: string, more = "") =>
    `{"custom_id":${id},"result":{"type":"succeeded","message":{"model":"m","id":"msg_${next(1e6)}","type":"message","role":"assistant","content":[${content}],"stop_reason":"end_turn","stop_sequence":null,"usage":${usage}${more}}}}`;
  const text = `{"type":"text","text":${string()}}`;
  switch (next(12)) {
    case 0:
    case 1:
    case 2:
      return message(text);
    case 3:
      return message(
        `${text},{"type":"tool_use","id":${string()},"name":"f","input":{"custom_id":${string()},"n":${number()},"deep":[[${number()}],{},[]]}}`,
      );
    case 4:
      return message(text, `,"__proto__":{"polluted":${string()}},"constructor":${number()}`);
    case 5:
      return message(text, `,"7":${string()},"3":${string()},"0x":${number()}`);
    case 6:
      return message(text, `,"twice":{},"between":${string()},"twice":${string()}`);
    case 7:
      return `{"result":{"error":{"request_id":${string()},"error":{"message":${string()},"type":"api_error"},"type":"error"},"type":"errored"},"custom_id":${id}}`;
    case 8:
      return `{"custom_id":${id},"result":{"type":"expired"}}`;
    case 9:
      return ` { "custom_id" : ${id} ,\t"result" :\r{ "type" : ${string()}, "": ${string()}, "list": [${number()}, ${number()}, true, null] } } `;
    case 10:
      return `{"custom_id":${string()},"result":{"type":"brand_new","key-${next(100)}":${number()}}}`;
    default:
      return message(`{"type":"thinking","thinking":${string()},"signature":${string()}},${text}`);
  }
}

for (const cut of [13, 997, 65_536, 1 << 22]) {
  test(`lines that share their shapes are the objects that JSON.parse makes, in chunks of ${cut} bytes`, async () => {
    const next = dice(cut);
    const lines = Array.from({ length: cut === 13 ? 150 : 1200 }, () => line(next));
    const parsed = lines.map((text) => JSON.parse(text) as MessageBatchIndividualResponse);
    const seen = await collect(await objects(encoder.encode(lines.join("\n")), lines.length, cut));
    assert.lengthOf(seen, lines.length);
    for (const [i, object] of seen.entries()) {
      assert.deepEqual(object, parsed[i], lines[i] ?? "");
      // The order of keys, and own keys called __proto__, too.
      assert.equal(JSON.stringify(object), JSON.stringify(parsed[i]));
    }
  });
}

test("lines with a byte changed are the objects that JSON.parse makes, or bad lines where it makes none", async () => {
  const next = dice(5);
  const bytes = '"\\{}[]:,0129-.eEutf \n\rab_é'.split("");
  const lines = Array.from({ length: 3000 }, (_, i) => {
    const made = line(next);
    if (i % 3 !== 0) return made;
    const at = next(made.length);
    return made.slice(0, at) + bytes[next(bytes.length)] + made.slice(at + next(2));
  })
    .flatMap((made) => made.split("\n"))
    // A character that was cut in two is no text any more.
    .map((made) => decoder.decode(encoder.encode(made)));
  const wanted = lines.flatMap((text) => {
    try {
      const parsed = JSON.parse(text);
      const isResult = typeof parsed?.custom_id === "string" && typeof parsed.result?.type === "string";
      return isResult && !Array.isArray(parsed.result) ? [JSON.stringify(parsed)] : [];
    } catch {
      return [];
    }
  });
  const results = await objects(encoder.encode(lines.join("\n")), wanted.length, 10_000);
  const seen = (await collect(results)).map((object) => JSON.stringify(object));
  for (const [i, text] of wanted.entries()) assert.equal(seen[i], text);
  assert.lengthOf(seen, wanted.length);
  assert.isAbove(results.badLines.length, 100);
});

test("objects of one shape share nothing that can be changed", async () => {
  const lines = Array.from(
    { length: 20 },
    (_, i) => `{"custom_id":"${i}","result":{"type":"succeeded","message":{"content":[],"usage":{"a":{"b":[0]}}}}}`,
  );
  const seen: unknown[] = [];
  for await (const object of await objects(encoder.encode(lines.join("\n")), 20, 1 << 20)) {
    const { message } = object.result as unknown as { message: { content: number[]; usage: { a: { b: number[] } } } };
    assert.deepEqual(message, { content: [], usage: { a: { b: [0] } } });
    message.content.push(1);
    message.usage.a.b.push(2);
    seen.push(message.usage.a);
  }
  assert.equal(new Set(seen).size, 20);
});

test("results that are let go of in the middle end there", async () => {
  const lines = Array.from({ length: 50 }, (_, i) => `{"custom_id":"${i}","result":{"type":"expired"}}`);
  const results = await objects(encoder.encode(lines.join("\n")), 50, 1 << 20);
  let seen = 0;
  for await (const _ of results) if (++seen === 20) results.dispose();
  assert.equal(seen, 20);
});
