// What people write with the official SDK: the loop of its documentation, and the same by somebody diligent.
import type Anthropic from "@anthropic-ai/sdk";
import { SPEED } from "./weather.js";

type Request = Anthropic.Messages.Batches.BatchCreateParams.Request;
type Row = Anthropic.Messages.MessageBatchIndividualResponse;

const POLL_MS = 60_000 / SPEED;
const TRIES = 6;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** As documented, on the SDK's defaults: create, retrieve until ended, read the results. Gives every row it got. */
export async function documentedLoop(sdk: Anthropic, chunks: readonly Request[][], rows: Map<string, Row>) {
  const { batches } = sdk.messages;
  const ids: string[] = [];
  for (const requests of chunks) ids.push((await batches.create({ requests })).id);
  for (const id of ids) {
    while ((await batches.retrieve(id)).processing_status !== "ended") await pause(POLL_MS);
    for await (const row of await batches.results(id)) rows.set(row.custom_id, row);
  }
}

/** Every step gets six tries with growing waits; an answer that is none counts as a failure; results are read again
 * from the start, and what came twice is kept once. */
export async function diligentLoop(sdk: Anthropic, chunks: readonly Request[][], rows: Map<string, Row>) {
  const { batches } = sdk.messages;
  const ids: string[] = [];
  for (const requests of chunks) {
    const made = await trying(async () => sound(await batches.create({ requests })));
    ids.push(made.id);
  }
  for (const id of ids) {
    while ((await trying(async () => sound(await batches.retrieve(id)))).processing_status !== "ended") {
      await pause(POLL_MS);
    }
    await trying(async () => {
      for await (const row of await batches.results(id)) rows.set(row.custom_id, row);
    });
  }
}

async function trying<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (attempt === TRIES) throw error;
      await pause((1_000 * 2 ** attempt) / SPEED);
    }
  }
}

function sound<T extends { id?: string }>(batch: T): T {
  if (typeof batch?.id !== "string") throw new Error("this is no batch");
  return batch;
}
