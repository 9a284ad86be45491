// An engine that dies in the middle of its work: its memory is never used again, and everybody is told.
import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, test } from "../harness.js";

const SCRIPT = `
  import { readFile } from "node:fs/promises";
  import { createEmulator } from "batchwise/emulator";
  import { Batchwise, init } from "batchwise/slim";

  let dies = false;
  const { Instance } = WebAssembly;
  const deadly = (value) => (...args) => {
    if (dies) throw new WebAssembly.RuntimeError("unreachable");
    return value(...args);
  };
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    return { exports: { ...exports, job_snapshot: deadly(exports.job_snapshot) } };
  };
  await init(readFile(new URL(import.meta.resolve("batchwise/wasm"))));

  const { fetch, clock } = createEmulator({ clock: "manual" });
  const client = new Batchwise({ apiKey: "any", fetch });
  const params = { model: "claude-haiku-4-5", max_tokens: 8, messages: [{ role: "user", content: "Hi" }] };
  const source = [{ custom_id: "a", params }];
  const job = await client.submit(source, { now: clock.now, sleep: clock.advance });
  await job.done();
  job.snapshot();
  dies = true;
  const code = async (work) => { try { await work(); return "none"; } catch (error) { return error.code; } };
  console.log(await code(() => job.snapshot()));
  dies = false;
  console.log(await code(() => job.snapshot()), await code(() => job.progress));
  console.log(await code(() => new Batchwise({ apiKey: "any" })), await code(() => client.submit(source)));
  console.log(await code(() => client.messages.batches.retrieve("msgbatch_1")));`;

test("an engine that has trapped says so from then on", async () => {
  const args = ["--input-type=module", "--eval", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: dirname(fileURLToPath(import.meta.url)),
  });
  assert.deepEqual(
    stdout.trim().split(/\s+/),
    Array.from({ length: 6 }, () => "wasm/trap"),
  );
});
