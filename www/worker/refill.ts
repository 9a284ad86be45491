// Rows that a run had before it came into this browser: their results are still at the API, and are read once more.
import { Batchwise, type SinkRecord, type Snapshot } from "batchwise/slim";
import { Ids } from "./ids.js";
import { Ledger } from "./ledger.js";
import type { Link } from "./link.js";
import type { Outcomes } from "./outcomes.js";
import { type Planned, planned, ridesOf } from "./planning.js";
import { hasOwnIds, type Work } from "./running.js";

const AT_ONCE = 500;

/** What of a snapshot says which rows had their last word, and where that is. */
interface Account {
  /** A letter for each request: a small one where its row was taken; `.` and `h` where it is still owed. */
  readonly ledger: string;
  readonly merged?: number;
  readonly parts: readonly { readonly state: string; readonly batch: { readonly id: string } | null }[];
}

const TAKEN = /[a-gi-z]/;

/** Brings the rows that were taken elsewhere, and nothing that the job still brings by itself. */
export async function refill(work: Work, snapshot: Snapshot, link: Link, changed: () => void): Promise<void> {
  const { run, material, attempt, number, outcomes } = work;
  const account = snapshot as unknown as Account;
  const whole = await planned(material, attempt.settings, attempt.rows, link.maxBodyBytes);
  const { plan, kept } = whole;
  const ids = new Ids(material.rows, attempt.settings, kept, hasOwnIds(material));
  const wantsJson = attempt.settings.schema !== null;
  const rides = ridesOf(whole);
  const ledger = await Ledger.open({ run, attempt: number, ids, outcomes, wantsJson, rides }, changed);
  try {
    const wanted = new Set<number>();
    for (const [position, row] of kept.entries()) if (TAKEN.test(account.ledger[position] ?? "")) wanted.add(row);
    const client = new Batchwise(link.client);
    // A row that was sent again has its last word in the later part.
    for (const { state, batch } of account.parts.toReversed()) {
      if (state !== "done" || !batch || wanted.size === 0) continue;
      await read(client, batch.id, ids, wanted, ledger);
    }
    if (wanted.size > 0 && account.merged) await copy(whole, rides, wanted, ledger, outcomes);
    ledger.flush();
  } finally {
    ledger.close();
    plan.dispose();
  }
}

async function read(client: Batchwise, batch: string, ids: Ids, wanted: Set<number>, ledger: Ledger): Promise<void> {
  const results = await client.messages.batches.results(batch);
  let records: SinkRecord[] = [];
  for await (const result of results.rows()) {
    const row = ids.rowOf(result.custom_id);
    if (!wanted.delete(row)) continue;
    records.push({ custom_id: result.custom_id, outcome: result.outcome, result: result.toJSON().result });
    if (records.length < AT_ONCE) continue;
    ledger.put(records);
    records = [];
  }
  ledger.put(records);
}

/** Rows that were not sent, because another one was the same, have its answer. */
async function copy(
  { plan, kept }: Planned,
  rides: ReadonlyMap<number, number>,
  wanted: ReadonlySet<number>,
  ledger: Ledger,
  outcomes: Outcomes,
): Promise<void> {
  const records: SinkRecord[] = [];
  let position = 0;
  for await (const { custom_id } of plan.requests()) {
    const row = kept[position++] ?? -1;
    const leader = rides.get(row);
    const where = leader === undefined ? null : outcomes.place(leader);
    if (!where || !wanted.has(row)) continue;
    const { result } = JSON.parse(ledger.read(where.start, where.length)) as Pick<SinkRecord, "result">;
    records.push({ custom_id, outcome: result.type as SinkRecord["outcome"], result });
  }
  ledger.put(records);
}
