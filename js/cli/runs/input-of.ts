// The input of a run, when it begins and when it is taken up again.
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import type { Batchwise } from "batchwise";
import { baseUrl } from "../call/env.js";
import { CommandError, Exit, usage } from "../call/exit.js";
import { openFile } from "../input/file-blob.js";
import type { Input } from "../input/open.js";
import { type Prepared, planOf } from "../input/prepare.js";
import type { Recipe } from "../input/request.js";
import type { Run } from "./folder.js";
import type { RunRecord } from "./record.js";
import { doing } from "./results-file.js";

/** What a run keeps of its input. Its bytes are not among it: they lie in the file, or in the run's folder. */
export async function dataOf({ input, made }: Prepared): Promise<RunRecord["data"]> {
  const { name, kind, path } = input;
  const sha256 = await digestOf(made === null ? [input.blob] : [input.blob, made]);
  return { name, kind, path: path === null ? null : resolve(path), sha256, made: made !== null };
}

/** What makes two runs the same: asking the same of the same rows at the same place. */
export function fingerprintOf(data: RunRecord["data"], recipe: Recipe): string {
  const said = JSON.stringify([data.sha256, data.kind, baseUrl(), sorted(recipe)]);
  return createHash("sha256").update(said).digest("hex");
}

/** Keeps in the run's folder what lies nowhere else. */
export async function keepInput(run: Run, { input, made }: Prepared): Promise<void> {
  if (input.path === null) await copied(run.path("input"), input.blob);
  if (made !== null) await copied(run.path("requests.jsonl"), made);
}

/** The input that a run was begun with. */
export async function inputOf(run: Run): Promise<{ input: Input; made: Blob | null }> {
  const { data } = run.record;
  const path = data.path ?? run.path("input");
  if (!existsSync(path)) {
    throw usage(`${path} is gone, and run ${run.id} was begun with it: put it back, and run this again`);
  }
  const blob = openFile(path);
  const made = data.made ? openFile(run.path("requests.jsonl")) : null;
  return { input: { name: data.name, kind: data.kind, path: data.path, blob }, made };
}

/** A run's input and plan, provided that the input is still what it was. */
export async function preparedAgain(run: Run, client: Batchwise): Promise<Prepared> {
  const { data, recipe } = run.record;
  const { input, made } = await inputOf(run);
  if ((await digestOf(made === null ? [input.blob] : [input.blob, made])) !== data.sha256) {
    throw new CommandError(
      Exit.usage,
      `${input.path} was changed since run ${run.id} began: put it back as it was to go on, or begin a new run with --new`,
    );
  }
  return { client, input, made, recipe, plan: await planOf(client, input, made, recipe) };
}

async function digestOf(blobs: readonly Blob[]): Promise<string> {
  const hash = createHash("sha256");
  for (const blob of blobs) {
    const reader = blob.stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
    }
  }
  return hash.digest("hex");
}

async function copied(path: string, blob: Blob): Promise<void> {
  const file = doing(path, "written", () => openSync(path, "w"));
  try {
    const reader = blob.stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      doing(path, "written", () => {
        for (let at = 0; at < value.length; ) at += writeSync(file, value, at);
      });
    }
  } finally {
    closeSync(file);
  }
}

/** With its names in order: how options were written must not matter. */
function sorted(recipe: Recipe): [string, unknown][] {
  const given = Object.entries(recipe).filter(([, value]) => value !== undefined);
  return given.sort(([a], [b]) => (a < b ? -1 : 1));
}
