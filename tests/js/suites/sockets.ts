// What a platform does on a real socket when nobody answers, a body stops, or the caller leaves: the same everywhere.
import { Batchwise } from "batchwise";
import { assert, rejection, serverUrl, test } from "../harness.js";
import { CANARY } from "../server.js";

const ID = "msgbatch_01";

/** A client of an address of its own, and how to wait for so many of its calls to hang there. */
function stuck(how: "answer" | "body", options: { timeoutMs?: number; idleTimeoutMs?: number } = {}) {
  const nonce = crypto.randomUUID();
  const baseURL = `${serverUrl()}/stuck/${how}/${nonce}`;
  const client = new Batchwise({ apiKey: CANARY, baseURL, maxRetries: 0, dangerouslyAllowBrowser: true, ...options });
  const waiting = async (): Promise<unknown> => (await fetch(`${serverUrl()}/stuck/waiting/${nonce}`)).json();
  const hanging = async (count: number): Promise<void> => {
    while ((await waiting()) !== count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { batches: client.messages.batches, hanging };
}

test("a call that nobody answers ends in its time, and its connection with it", async () => {
  const { batches, hanging } = stuck("answer", { timeoutMs: 500 });
  assert.equal((await rejection(batches.retrieve(ID)))["code"], "net/timeout");
  await hanging(0);
});

test("results that stop in the middle end in their time, behind the rows that came", async () => {
  const { batches, hanging } = stuck("body", { idleTimeoutMs: 100 });
  const rows: string[] = [];
  const error = await rejection(async () => {
    for await (const row of (await batches.results(ID)).rows()) rows.push(row.custom_id);
  });
  assert.deepEqual([error["code"], rows], ["net/idle", ["a"]]);
  await hanging(0);
});

test("a signal ends a call on the wire with the caller's own reason, and leaves nothing running", async () => {
  const { batches, hanging } = stuck("answer");
  const leaving = new AbortController();
  const reason = new Error("enough");
  const asked = batches.retrieve(ID, { signal: leaving.signal });
  asked.catch(() => undefined);
  await hanging(1);
  leaving.abort(reason);
  const error = await rejection(asked);
  assert.deepEqual([error["code"], error.cause], ["abort/user", reason]);
  await hanging(0);
});

test("a signal ends a download on the wire with the caller's own reason, behind the rows that came", async () => {
  const { batches, hanging } = stuck("body");
  const leaving = new AbortController();
  const reason = new Error("enough");
  const results = await batches.results(ID, { signal: leaving.signal });
  const rows: string[] = [];
  const error = await rejection(async () => {
    for await (const row of results.rows()) {
      rows.push(row.custom_id);
      setTimeout(() => leaving.abort(reason), 0);
    }
  });
  assert.deepEqual([error["code"], error.cause, rows], ["abort/user", reason, ["a"]]);
  await hanging(0);
});

test("whoever leaves a loop over results ends the download", async () => {
  const { batches, hanging } = stuck("body");
  for await (const row of (await batches.results(ID)).rows()) {
    assert.equal(row.custom_id, "a");
    break;
  }
  await hanging(0);
});

test("a time that is longer than any timer of the platform holds ends nothing early", async () => {
  const { batches } = stuck("body", { timeoutMs: 2 ** 31 + 1000, idleTimeoutMs: 2 ** 32 });
  assert.equal((await batches.retrieve(ID)).processing_status, "ended");
});
