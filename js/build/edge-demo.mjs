// make edge-demo: the example Worker with Workflows runs a job from curl to its results, on workerd on this machine, with
// an emulator as API and a bucket of its own. What it asks is asked by curl, and printed.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inWorld, isDone, lines, TOKEN } from "../../tests/edge/world.mjs";
import { fail } from "./tools.mjs";

const run = promisify(execFile);
const COUNT = 5000;
const SHOWN = 300;

await inWorld("workflow", { rates: { overloaded: 0.02 }, processingMs: 1_800_000 }, async (world) => {
  const { url } = world.worker;
  const curl = async (path, ...args) => {
    process.stdout.write(`\n$ curl ${url}${path} -H "authorization: Bearer $ACCESS_TOKEN" ${args.join(" ")}\n`);
    const all = ["-sS", "--fail-with-body", `${url}${path}`, "-H", `authorization: Bearer ${TOKEN}`, ...args];
    const { stdout: answer } = await run("curl", all, { maxBuffer: 1 << 28 });
    process.stdout.write(`${answer.slice(0, SHOWN)}${answer.length > SHOWN ? " …" : ""}\n`);
    return answer;
  };
  world.bucket.put("inputs/five-thousand.jsonl", lines(COUNT));
  const job = { input: "inputs/five-thousand.jsonl", options: { maxRequests: 1500 } };
  const { id } = JSON.parse(await curl("/jobs", "-d", JSON.stringify(job)));
  await curl(`/jobs/${id}`);
  await world.until(id, isDone, 120_000);
  const { account } = JSON.parse(await curl(`/jobs/${id}`));
  const rows = (await curl(`/jobs/${id}/results`)).trimEnd().split("\n");
  const unique = new Set(rows.map((row) => JSON.parse(row).custom_id));
  const fates = [...world.api.emulator.state.requests()];
  const twice = fates.filter(([, { billed }]) => billed > 1).length;
  if (rows.length !== COUNT || unique.size !== COUNT || twice > 0 || !account.isAccounted) {
    fail(`${rows.length} rows, ${unique.size} requests of ${COUNT}, ${twice} paid twice`);
  }
  const { length } = account.batches;
  process.stdout.write(`\nverified  ${COUNT} requests in ${length} batches, each with one row; none paid twice\n`);
});
