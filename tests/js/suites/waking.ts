// Time that passes while nobody looks: sleeps that are given up, machines that wake, bodies that all but stop.
import { assert, collect, rejection, test } from "../harness.js";
import { bench, idsOf, requests, until } from "../jobs.js";
import { batch, ended, json, scripted } from "../server.js";

test("a sleep of the caller's is told when nobody waits for it any more", async () => {
  const { client, emulator } = bench({ processingMs: 3_600_000 });
  const asleep: AbortSignal[] = [];
  const given: boolean[] = [];
  const job = await client.submit(requests(2), {
    now: () => emulator.clock.now(),
    sleep: (_ms, signal) =>
      new Promise((_, reject) => {
        given.push(signal instanceof AbortSignal);
        if (!signal) return;
        asleep.push(signal);
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  });
  await until(job, ({ parts }) => parts[0]?.state === "processing");
  while (asleep.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await job[Symbol.asyncDispose]();
  assert.isTrue(given.every(Boolean));
  assert.isTrue(asleep.every((signal) => signal.aborted));
});

test("a sleep that was slept is not aborted afterwards", async () => {
  const { client, emulator } = bench();
  const signals: AbortSignal[] = [];
  const job = await client.submit(requests(2), {
    now: () => emulator.clock.now(),
    sleep: (ms, signal) => {
      if (signal) signals.push(signal);
      return emulator.clock.advance(ms);
    },
  });
  await job.done();
  assert.isNotEmpty(signals);
  assert.isTrue(signals.every((signal) => !signal.aborted));
});

test("a page that is shown again, or has its network back, looks at once at what is due", async () => {
  for (const event of ["online", "pageshow", "visibilitychange"]) {
    const { client, emulator } = bench({ processingMs: 60_000 });
    const page = globalThis as unknown as Record<string, unknown>;
    const before = ["addEventListener", "removeEventListener", "document"].map((name) => [name, page[name]] as const);
    const own = before.map(([name]) => Object.getOwnPropertyDescriptor(globalThis, name));
    const target = new EventTarget();
    const put = (name: string, value: unknown): void =>
      void Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    const isPage = "document" in globalThis;
    if (!isPage) {
      put("document", target);
      put("addEventListener", target.addEventListener.bind(target));
      put("removeEventListener", target.removeEventListener.bind(target));
    }
    try {
      const job = await client.submit(requests(2), { now: () => emulator.clock.now() });
      await until(job, ({ parts }) => parts[0]?.state === "processing");
      // Two days pass while no timer of ours runs.
      await emulator.clock.advance(2 * 86_400_000);
      const asked = emulator.state.calls.retrieve;
      const where = isPage ? (event === "visibilitychange" ? document : globalThis) : target;
      (where as EventTarget).dispatchEvent(new Event(event));
      const began = performance.now();
      assert.lengthOf(idsOf(await collect(job)), 2);
      assert.isBelow(performance.now() - began, 4000, event);
      assert.isAbove(emulator.state.calls.retrieve, asked);
    } finally {
      before.forEach(([name], at) => {
        const was = own[at];
        if (was) Object.defineProperty(globalThis, name, was);
        else delete page[name];
      });
    }
  }
});

test("a body that brings a byte now and then is stalled all the same", async () => {
  let timer: ReturnType<typeof setInterval> | undefined;
  let left = false;
  const drip = (): Response =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          timer = setInterval(() => controller.enqueue(Uint8Array.of(0x20)), 10);
        },
        cancel: () => {
          left = true;
          clearInterval(timer);
        },
      }),
    );
  const { client } = scripted([json(ended()), drip], { idleTimeoutMs: 60 });
  const began = performance.now();
  const results = await client.messages.batches.results("msgbatch_01");
  const error = await rejection(collect(results));
  assert.equal(error["code"], "net/idle");
  assert.isBelow(performance.now() - began, 5000);
  assert.isTrue(left);
});

test("a client whose server is down repeats its calls twenty times and no more", async () => {
  const down = (): Response =>
    json({ type: "error", error: { type: "overloaded_error", message: "busy" } }, 529, { "retry-after-ms": "1" });
  const { client, asked } = scripted([down], { maxRetries: 1000 });
  for (let n = 0; n < 3; n++) await rejection(client.messages.batches.retrieve("msgbatch_01"));
  assert.lengthOf(asked, 3 + 20);
});

test("calls that succeed give a client its repetitions back", async () => {
  let n = 0;
  const flaky = (): Response =>
    n++ % 2 === 0
      ? json({ type: "error", error: { type: "overloaded_error", message: "busy" } }, 529, { "retry-after-ms": "1" })
      : json(batch());
  const { client, asked } = scripted([flaky]);
  for (let call = 0; call < 100; call++) await client.messages.batches.retrieve("msgbatch_01");
  assert.lengthOf(asked, 200);
});
