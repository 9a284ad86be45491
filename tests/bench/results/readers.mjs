// What is done with results, and who does it. Every reader makes the same of the same file; each answers a figure, and
// all figures of a task must agree.
import Anthropic from "@anthropic-ai/sdk";
import { Batchwise, ResultBlock } from "batchwise";
import { jsonLines } from "./ai-sdk.mjs";

const BATCH = "msgbatch_bench";
const CHUNK = 65_536;
const SUCCEEDED = ResultBlock.OUTCOMES.indexOf("succeeded");
/** USD for a million tokens. */
const [INPUT, OUTPUT] = [0.5, 2.5];

/** The tasks, done by hand on one parsed result; `sum` is what has come of those before. */
const TASKS = {
  count: () => {
    const counts = { succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    return { take: ({ result }) => counts[result.type]++, figure: () => counts.succeeded };
  },
  "retry list": () => {
    const again = [];
    const take = ({ custom_id, result }) => {
      if (result.type === "expired") again.push(custom_id);
      if (result.type === "errored" && result.error.error.type === "overloaded_error") again.push(custom_id);
    };
    return { take, figure: () => again.length };
  },
  "text by id": () => {
    const texts = new Texts();
    return { take: ({ custom_id, result }) => texts.add(custom_id, textOf(result)), figure: () => texts.figure };
  },
  "usage and cost": () => {
    const sum = { tokens: 0, cost: 0 };
    const take = ({ result }) => {
      if (result.type !== "succeeded") return;
      const { input_tokens, output_tokens } = result.message.usage;
      sum.tokens += input_tokens + output_tokens;
      sum.cost += (input_tokens * INPUT + output_tokens * OUTPUT) / 1e6;
    };
    return { take, figure: () => sum.tokens };
  },
  "full objects": () => {
    let seen = 0;
    return { take: ({ result }) => (seen += result.type.length), figure: () => seen };
  },
  CSV: () => {
    const csv = new Csv();
    const take = ({ custom_id, result }) => csv.add(custom_id, result.type, textOf(result));
    return { take, figure: () => csv.figure };
  },
};

/** The same with this package, the way its documentation shows for each. */
const OURS = {
  count: async (results) => (await results.summary()).outcomes.succeeded,
  "retry list": async (results) => {
    const again = [];
    for await (const block of results.blocks()) {
      for (let i = 0; i < block.length; i++) {
        if (block.outcome[i] !== SUCCEEDED && block.row(i).retry === "now") again.push(block.id(i));
      }
    }
    return again.length;
  },
  "text by id": async (results) => {
    const texts = new Texts();
    for await (const block of results.blocks()) {
      for (let i = 0; i < block.length; i++) texts.add(block.id(i), block.text(i));
    }
    return texts.figure;
  },
  "usage and cost": async (results) => {
    const { usage } = await results.summary();
    return usage.input_tokens + usage.output_tokens;
  },
  "full objects": (results) => each(results, TASKS["full objects"]()),
  CSV: async (results) => {
    const csv = new Csv();
    for await (const row of results.rows()) csv.add(row.custom_id, row.outcome, row.text);
    return csv.figure;
  },
};

export const tasks = Object.keys(TASKS);
export const readers = ["SDK", "AI SDK", "by hand", "JSON.parse", "batchwise"];

/** A function that does `task` once as `reader` does. */
export function reading(reader, task, { file, rows, lines }) {
  const door = { apiKey: "none", fetch: (input) => answer(input, file, rows), maxRetries: 0 };
  const make = TASKS[task];
  switch (reader) {
    case "SDK": {
      const { batches } = new Anthropic(door).messages;
      return async () => each(await batches.results(BATCH), make());
    }
    case "AI SDK":
      return async () => each(await jsonLines(stream(file)), make());
    case "by hand":
      return () => byHand(stream(file), make());
    case "JSON.parse":
      return async () => {
        const { take, figure } = make();
        for (const line of lines) take(JSON.parse(line));
        return figure();
      };
    default: {
      const { batches } = new Batchwise(door).messages;
      return async () => OURS[task](await batches.results(BATCH));
    }
  }
}

/** What every reader of a stream pays: taking the chunks out. */
export async function drained(file) {
  const reader = new Response(stream(file)).body.getReader();
  for (;;) if ((await reader.read()).done) return;
}

async function each(results, { take, figure }) {
  for await (const line of results) take(line);
  return figure();
}

/** No more than it takes: one decoder, one search for line feeds, JSON.parse. */
async function byHand(body, { take, figure }) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const chunk = done ? decoder.decode() : decoder.decode(value, { stream: true });
    let from = 0;
    for (let at = chunk.indexOf("\n"); at >= 0; at = chunk.indexOf("\n", from)) {
      const line = rest + chunk.slice(from, at);
      rest = "";
      from = at + 1;
      if (line !== "") take(JSON.parse(line));
    }
    rest += chunk.slice(from);
    if (done) return figure();
  }
}

function textOf(result) {
  if (result.type !== "succeeded") return "";
  let text = "";
  for (const block of result.message.content) if (block.type === "text") text += block.text;
  return text;
}

/** Texts by their ids, a few thousand at a time: kept to the end, the task would be to fill the heap. */
class Texts {
  figure = 0;
  #texts = new Map();

  add(id, text) {
    this.#texts.set(id, text);
    this.figure += text.length;
    if (this.#texts.size >= 4096) this.#texts.clear();
  }
}

/** A table as text, written out by the piece. */
class Csv {
  figure = 0;
  #piece = "";

  add(id, outcome, text) {
    const cell = /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    this.#piece += `${id},${outcome},${cell}\r\n`;
    if (this.#piece.length < 65_536) return;
    this.figure += this.#piece.length;
    this.#piece = "";
  }
}

function answer(input, file, rows) {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  if (pathname.endsWith("/results")) return Promise.resolve(new Response(stream(file)));
  return Promise.resolve(
    Response.json({
      id: BATCH,
      type: "message_batch",
      processing_status: "ended",
      request_counts: { processing: 0, succeeded: rows, errored: 0, canceled: 0, expired: 0 },
      created_at: "2026-11-20T10:00:00Z",
      expires_at: "2026-11-21T10:00:00Z",
      ended_at: "2026-11-20T11:00:00Z",
      cancel_initiated_at: null,
      archived_at: null,
      results_url: `https://api.anthropic.com/v1/messages/batches/${BATCH}/results`,
    }),
  );
}

function stream(file) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= file.length) return controller.close();
      controller.enqueue(file.subarray(at, at + CHUNK));
      at += CHUNK;
    },
  });
}
