// What each judge says of each sample: our check, the SDK's types, and the model of the API.
import { type BatchCreateParams, Batchwise, type Violation } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import type { Sample } from "./corpus.js";

/** What our check has against a sample: errors only. */
export async function checked(samples: readonly Sample[]): Promise<Violation[][]> {
  const client = new Batchwise({ apiKey: "none" });
  const found: Violation[][] = [];
  for (const { params, seed } of samples) {
    const { apiVersion, betas } = seed;
    // One plan each: a plan keeps only the first of many violations of one code.
    const plan = await client.plan(source([{ custom_id: "a", params }]), { validate: "warn", apiVersion, betas });
    found.push(plan.violations.filter(({ severity }) => severity === "error"));
  }
  return found;
}

/** What the model of the API has against a sample: the message of its row, null where the row succeeded. */
export async function emulated(samples: readonly Sample[]): Promise<(string | null)[]> {
  const messages: (string | null)[] = samples.map(() => null);
  for (const group of groups(samples)) {
    const { apiVersion, betas } = group.seed;
    const { fetch, clock } = createEmulator({ clock: "manual", queueLimit: null });
    const { batches } = new Batchwise({ apiKey: "none", fetch, apiVersion, betas }).messages;
    const requests = group.places.map((place) => ({ custom_id: `${place}`, params: samples[place]?.params }));
    const { id } = await batches.create({ requests } as unknown as BatchCreateParams);
    await batches.wait(id, { now: () => clock.now(), sleep: (ms: number) => clock.advance(ms) });
    for await (const { custom_id, result } of await batches.results(id)) {
      if (result.type === "errored") messages[Number(custom_id)] = result.error.error.message;
    }
  }
  return messages;
}

type Source = Parameters<Batchwise["plan"]>[0];

function source(requests: unknown): Source {
  return requests as Source;
}

/** Samples that can be sent in one batch. */
function groups(samples: readonly Sample[]): { seed: Sample["seed"]; places: number[] }[] {
  const found = new Map<string, { seed: Sample["seed"]; places: number[] }>();
  for (const [place, { seed }] of samples.entries()) {
    const key = JSON.stringify([seed.apiVersion, seed.betas]);
    const group = found.get(key) ?? { seed, places: [] };
    group.places.push(place);
    found.set(key, group);
  }
  return [...found.values()];
}
