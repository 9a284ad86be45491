// Who may ask a Worker of jobs, and what it says to what it does not take.
import assert from "node:assert/strict";
import { inWorld, lines, TOKEN } from "./world.mjs";

export const cases = {
  "nobody without the token begins a job, sees one or cancels one": () =>
    inWorld("object", {}, async (world) => {
      world.bucket.put("in.jsonl", lines(3));
      const id = await world.begin({ input: "in.jsonl" });
      for (const authorization of ["", "Bearer", "Bearer x", `Bearer ${TOKEN}x`, `Basic ${TOKEN}`]) {
        for (const [path, method] of [
          ["/jobs", "POST"],
          [`/jobs/${id}`, "GET"],
          [`/jobs/${id}/cancel`, "POST"],
        ]) {
          const response = await world.ask(path, { method, headers: { authorization } });
          assert.equal(response.status, 401, `${method} ${path} with ${authorization}`);
          assert.equal((await response.json()).error.code, "auth/invalid");
        }
      }
    }),
  "what is no job is refused with the reason, and nothing begins": () =>
    inWorld("object", {}, async (world) => {
      const refusals = [
        ["no json", /no JSON/],
        ["[]", /a job is a JSON object/],
        [{}, /either input or requests/],
        [{ input: "a", requests: [] }, /either input or requests/],
        [{ requests: [] }, /not empty/],
        [{ input: "a", id: "../b" }, /id is 1 to 64/],
        [{ input: "a", speed: 1 }, /has no speed/],
        [{ input: "a", options: { retries: 1 } }, /no option retries/],
        [{ input: "a", table: { format: "xls" } }, /"csv", "tsv" or "jsonl"/],
        [{ input: "a", table: { format: "csv", prompt: "{{a}}", model: "m", maxTokens: 1 } }, /needs a key/],
      ];
      for (const [body, words] of refusals) {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        const response = await world.ask("/jobs", { method: "POST", body: text });
        assert.equal(response.status, 400, text);
        assert.match((await response.json()).error.message, words);
      }
      assert.equal((await world.ask("/jobs/nobody")).status, 404);
      assert.equal((await world.ask("/jobs/nobody/results")).status, 404);
      assert.equal((await world.ask("/jobs/a/b/c")).status, 404);
      assert.equal((await world.ask("/jobs")).status, 405);
      assert.equal(world.api.emulator.state.commits, 0);
    }),
  "a name is used once, and results are there when the job is done": () =>
    inWorld("object", { processingMs: 3_600_000 }, async (world) => {
      world.bucket.put("in.jsonl", lines(3));
      await world.begin({ id: "nightly", input: "in.jsonl" });
      const again = await world.ask("/jobs", {
        method: "POST",
        body: JSON.stringify({ id: "nightly", input: "in.jsonl" }),
      });
      assert.equal(again.status, 409);
      assert.equal((await world.ask("/jobs/nightly/results")).status, 409);
    }),
  "rows of a table become requests": () =>
    inWorld("object", {}, async (world) => {
      world.bucket.put("in.csv", 'id,text\na,"Loved it,\nreally."\nb,Broke.\n');
      const table = {
        format: "csv",
        prompt: "Good or bad? {{text}}",
        model: "claude-haiku-4-5",
        maxTokens: 8,
        key: "id",
      };
      const id = await world.begin({ input: "in.csv", table });
      await world.until(id, ({ state }) => state === "done");
      assert.deepEqual((await world.rows(id)).map((row) => row.custom_id).sort(), ["a", "b"]);
    }),
};
