// The emulator's clock in its three modes.
import { createEmulator } from "batchwise/emulator";
import { assert, rejection, test } from "../harness.js";

test("a manual clock stands until it is moved", async () => {
  const { clock } = createEmulator({ clock: "manual", startMs: 1_000 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(clock.now(), 1_000);
  await clock.advance(0);
  await clock.advance(250.5);
  assert.equal(clock.now(), 1_250);
});

test("moving the clock wakes what waits, in its order, and what waits again on the way", async () => {
  const { clock } = createEmulator({ clock: "manual", startMs: 0 });
  const woken: string[] = [];
  const wait = async (name: string, ...steps: number[]) => {
    for (const ms of steps) {
      await clock.sleep(ms);
      woken.push(`${name}${clock.now()}`);
    }
  };
  const all = Promise.all([wait("a", 30, 30), wait("b", 10, 10, 10, 10), wait("c", 30), wait("d", 0)]);
  await clock.advance(35);
  assert.deepEqual(woken, ["d0", "b10", "b20", "a30", "c30", "b30"]);
  await clock.advance(1_000);
  await all;
  assert.deepEqual(woken.slice(6), ["b40", "a60"]);
  assert.equal(clock.now(), 1_035);
});

test("a call that was made before the clock is moved arrives before", async () => {
  const { clock, fetch, state } = createEmulator({ clock: "manual", startMs: 0 });
  const headers = { "x-api-key": "any", "anthropic-version": "2026-10-21" };
  const params = { model: "claude-haiku-4-5", max_tokens: 9, messages: [{ role: "user", content: "Hi." }] };
  const body = new Blob([JSON.stringify({ requests: [{ custom_id: "a", params }] })]);
  const call = fetch("https://api.anthropic.com/v1/messages/batches", { method: "POST", headers, body });
  await clock.advance(60_000);
  await call;
  assert.equal(state.batches[0]?.createdMs, 0);
});

test("a faster clock runs ahead by its factor, and what it tells callers to wait shrinks by it", async () => {
  const { clock, fetch } = createEmulator({ clock: 1_000, startMs: 0, processingMs: 3_600_000 });
  const headers = { "x-api-key": "any", "anthropic-version": "2026-10-21" };
  const params = { model: "claude-haiku-4-5", max_tokens: 9, messages: [{ role: "user", content: "Hi." }] };
  const body = JSON.stringify({ requests: [{ custom_id: "a", params }] });
  const url = "https://api.anthropic.com/v1/messages/batches";
  const { id } = (await (await fetch(url, { method: "POST", headers, body })).json()) as { id: string };
  const reply = await fetch(`${url}/${id}`, { headers });
  assert.equal(reply.headers.get("retry-after"), "0.01");
  const start = { virtual: clock.now(), real: Date.now() };
  await clock.sleep(20_000);
  const [virtual, real] = [clock.now() - start.virtual, Date.now() - start.real];
  assert.isAtLeast(virtual, 20_000);
  assert.closeTo(virtual / 1_000, real, 2);
});

test("a running clock can be moved ahead, too", async () => {
  const { clock } = createEmulator();
  const start = clock.now();
  assert.closeTo(start, Date.now(), 1_000);
  const slept = clock.sleep(3_600_000);
  await clock.advance(3_600_000);
  await slept;
  assert.isAtLeast(clock.now() - start, 3_600_000);
});

test("sleeping ends with the reason of a signal", async () => {
  const { clock } = createEmulator({ clock: "manual" });
  const controller = new AbortController();
  const reason = new Error("enough");
  const slept = rejection(clock.sleep(1_000, controller.signal));
  const other = clock.sleep(1_000);
  controller.abort(reason);
  assert.equal(await slept, reason);
  assert.equal(await rejection(clock.sleep(1, controller.signal)), reason);
  await clock.advance(1_000);
  await other;
});

test("a clock does not go backwards", async () => {
  const { clock } = createEmulator({ clock: "manual" });
  for (const ms of [-1, Number.NaN]) assert.instanceOf(await rejection(clock.advance(ms)), TypeError);
});
