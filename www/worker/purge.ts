// What was sent, deleted at the API once it has been read. What is in this browser stays.
import { Batchwise, NotFoundError } from "batchwise/slim";
import type { Run } from "../shared.js";
import type { Link } from "./link.js";

/** Deletes the batches of a run whose attempts have all ended. One that is gone already counts as deleted. */
export async function purged(run: Run, link: Link): Promise<Run> {
  const reports = run.attempts.map(({ report }) => report);
  if (reports.length === 0 || reports.includes(null))
    throw new Error("only what has ended and was read can be deleted");
  const client = new Batchwise(link.client);
  for (const id of reports.flatMap((report) => report?.batches ?? [])) {
    await client.messages.batches.delete(id).catch((error: unknown) => {
      if (!(error instanceof NotFoundError)) throw error;
    });
  }
  return { ...run, purgedAt: link.now() };
}
