// Two things that the README says of the official SDK, done to it and to this package, as lines.
import Anthropic from "@anthropic-ai/sdk";
import { Batchwise } from "batchwise";
import { type ServedEmulator, serveEmulator } from "../../../js/emulator/serve.js";
import { CANARY } from "../server.js";
import { requests } from "./job.js";
import { SPEED, TIMEOUT_MS } from "./weather.js";

/** The lines, from real calls over HTTP. */
export async function facts(): Promise<string[]> {
  return [...(await lostReplies()), ...(await shortResults())];
}

/** Every reply to a create is lost after the batch was made. */
async function lostReplies(): Promise<string[]> {
  const theirs = await served(async ({ url, emulator }) => {
    emulator.faults.set("create", { reset: { when: "after" } });
    const sdk = new Anthropic({ apiKey: CANARY, baseURL: url });
    const made = sdk.messages.batches.create({ requests: requests() as never });
    const outcome = await made.then(
      ({ id }) => `the caller has ${id}`,
      (error: Error) => `the caller has ${error.constructor.name} and no id`,
    );
    return `${emulator.state.commits} batches were made, ${outcome}`;
  });
  const ours = await served(async ({ url, emulator }) => {
    emulator.faults.set("create", { reset: { when: "after" } });
    const report = await (await submitted(url, emulator.clock)).done();
    return `${emulator.state.commits} batch was made, the caller has ${report.outcomes.succeeded} of 300 rows`;
  });
  return [`the reply to every create is lost, official SDK: ${theirs}`, `the same, batchwise: ${ours}`];
}

/** The first download of the results ends early and cleanly, as every runtime lets some cut bodies end. */
async function shortResults(): Promise<string[]> {
  const theirs = await served(async ({ url, emulator }) => {
    const sdk = new Anthropic({ apiKey: CANARY, baseURL: url });
    const { id } = await sdk.messages.batches.create({ requests: requests() as never });
    await emulator.clock.advance(86_400_000);
    emulator.faults.set("results", { cutAtLine: { calls: [1], ending: "clean" } });
    let rows = 0;
    const reading = (async () => {
      for await (const _ of await sdk.messages.batches.results(id)) rows += 1;
    })();
    const outcome = await reading.then(
      () => "no error",
      (error: Error) => error.constructor.name,
    );
    return `${rows} of 300 rows, ${outcome}`;
  });
  const ours = await served(async ({ url, emulator }) => {
    emulator.faults.set("results", { cutAtLine: { calls: [1], ending: "clean" } });
    const report = await (await submitted(url, emulator.clock)).done();
    return `${report.outcomes.succeeded} of 300 rows, after ${emulator.state.calls.results} downloads`;
  });
  return [`results end early and cleanly, official SDK: ${theirs}`, `the same, batchwise: ${ours}`];
}

async function served<T>(work: (server: ServedEmulator) => Promise<T>): Promise<T> {
  const server = await serveEmulator({ seed: 7, clock: SPEED, requestsPerMinute: null });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

function submitted(url: string, { now, sleep }: { now(): number; sleep(ms: number): Promise<void> }) {
  const client = new Batchwise({ apiKey: CANARY, baseURL: url, timeoutMs: TIMEOUT_MS, idleTimeoutMs: TIMEOUT_MS });
  return client.submit(requests(), { now, sleep });
}
