// Nine ways to cut a results file, on real sockets: whatever a runtime's fetch makes of them, nothing is lost.
import { Batchwise, type Job } from "batchwise";
import { assert, rejection, serverUrl, test } from "../harness.js";
import { requests } from "../jobs.js";

const CUTS = [
  "rst-chunked",
  "fin-chunked",
  "fin-short-of-length",
  "clean-short-end",
  "close-delimited-fin",
  "close-delimited-rst",
  "gzip-clean-short-end",
  "gzip-close-delimited",
  "gzip-short-of-length",
];

const COUNT = 1000;

for (const cut of CUTS) {
  test(`results that are cut are read again until they are whole: ${cut}`, async () => {
    const job = await submitted(cut);
    const seen = new Set<string>();
    let rows = 0;
    for await (const row of job) {
      assert.equal(row.outcome, "succeeded");
      seen.add(row.custom_id);
      rows++;
    }
    assert.deepEqual([rows, seen.size], [COUNT, COUNT]);
    const report = await job.done();
    assert.deepEqual([report.batches.length, report.missing.length, report.duplicateIds.length], [1, 0, 0]);
  });

  test(`results that are cut never end as if they were whole: ${cut}`, async () => {
    const client = clientOf(cut);
    const { batches } = client.messages;
    const { id } = await batches.create({ requests: requests(COUNT) });
    const rows: string[] = [];
    const error = await rejection(async () => {
      for await (const row of (await batches.results(id)).rows()) rows.push(row.custom_id);
    });
    assert.include(["results/truncated", "net/connection"], error["code"]);
    assert.isBelow(rows.length, COUNT);
  });
}

function clientOf(cut: string): Batchwise {
  const baseURL = `${serverUrl()}/${cut}/${crypto.randomUUID()}`;
  return new Batchwise({ apiKey: "any", baseURL, dangerouslyAllowBrowser: true });
}

/** A job whose waits take no time. */
function submitted(cut: string): Promise<Job> {
  let now = Date.parse("2026-11-21T12:00:00Z");
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  return clientOf(cut).submit(requests(COUNT), { now: () => now, sleep });
}
