// Every program in examples/, run as it stands against the emulator, beside an installed package.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { serveEmulator } from "../../../js/emulator/serve.js";
import { assert, test } from "../harness.js";

const FOLDER = "target/tests/examples";
const ANSWERS = ["positive", "negative"];

cpSync("examples", FOLDER, { recursive: true });

/** Imports a file of an example. */
function example<T>(...path: string[]): Promise<T> {
  return import(pathToFileURL(join(FOLDER, ...path)).href) as Promise<T>;
}

type Route = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;

test("the routes of the Next.js example make a batch, say how it stands, and stream its results", async () => {
  const { url, emulator, close } = await serveEmulator({ clock: "manual", answers: ANSWERS });
  Object.assign(process.env, { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-ant-example" });
  try {
    const api = "nextjs/app/api/batches";
    const { POST } = await example<{ POST: Route }>(api, "route.js");
    const { GET: status } = await example<{ GET: Route }>(api, "[id]/route.js");
    const { GET: results } = await example<{ GET: Route }>(api, "[id]/results/route.js");
    const none = { params: Promise.resolve({ id: "" }) };
    const post = (body: string) => POST(new Request("http://next/api/batches", { method: "POST", body }), none);
    const request = new Request("http://next/");

    const empty = await post("\n");
    assert.equal(empty.status, 400);
    assert.equal(emulator.state.commits, 0);

    const { id } = (await (await post("Loved it.\nBroke after a day.\n")).json()) as { id: string };
    const asked = { params: Promise.resolve({ id }) };
    assert.include(await (await status(request, asked)).json(), { id, processing_status: "in_progress" });
    await emulator.clock.advance(3_600_000);
    assert.include(await (await status(request, asked)).json(), { id, processing_status: "ended" });
    const lines = (await (await results(request, asked)).text()).trim().split("\n");
    const rows = lines.map((line) => JSON.parse(line) as { id: string; outcome: string; text: string });
    assert.sameMembers(
      rows.map((row) => `${row.id} ${row.outcome}`),
      ["review-1 succeeded", "review-2 succeeded"],
    );
    for (const { text } of rows) assert.include(ANSWERS, text);

    const nobody = { params: Promise.resolve({ id: "msgbatch_nobody" }) };
    assert.equal((await status(request, nobody)).status, 404);
  } finally {
    await close();
  }
});

test("the Worker of the relay example holds the key, answers its page, and nobody without the token", async () => {
  const { url, emulator, close } = await serveEmulator({ clock: "manual", keys: ["sk-ant-example"] });
  try {
    type Worker = { default: { fetch(request: Request, env: Record<string, string>): Promise<Response> } };
    const { default: worker } = await example<Worker>("relay-worker/worker.js");
    const env = {
      ANTHROPIC_API_KEY: "sk-ant-example",
      ANTHROPIC_BASE_URL: url,
      ACCESS_TOKEN: "page",
      ALLOW_ORIGINS: "https://batch.example, https://other.example",
    };
    const ask = (headers: Record<string, string>) =>
      worker.fetch(new Request("https://relay.example/v1/messages/batches", { headers }), env);
    const origin = "https://other.example";
    const answer = await ask({ origin, authorization: "Bearer page", "anthropic-version": "2026-10-21" });
    assert.deepEqual([answer.status, answer.headers.get("access-control-allow-origin")], [200, origin]);
    assert.equal((await ask({ origin })).status, 401);
    assert.equal(emulator.state.calls.list, 1);
  } finally {
    await close();
  }
});
