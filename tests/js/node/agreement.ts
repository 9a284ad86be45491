// Our check against two judges that nobody can tune to it: the official SDK's types, and the model of the API.
import { EMULATOR, TYPES } from "../agreement/allowed.js";
import { compare, note } from "../agreement/compare.js";
import { corpus } from "../agreement/corpus.js";
import { sdkTypes } from "../agreement/schema.js";
import { checked, emulated } from "../agreement/verdicts.js";
import { assert, test } from "../harness.js";

const samples = corpus();
const ours = checked(samples);
ours.catch(() => {});

test("check passes every valid request of the corpus", async () => {
  const errors = await ours;
  const seeds = samples.flatMap((sample, place) => (sample.kind === "seed" ? [{ sample, found: errors[place] }] : []));
  assert.isAtLeast(samples.length, 5000);
  for (const { sample, found } of seeds) assert.deepEqual(found, [], sample.seed.name);
});

test("check and the types of the official SDK agree, or the reason is known", async () => {
  const types = await sdkTypes();
  const verdicts = samples.map(({ params, seed }) =>
    types.allow(params, seed.betas !== undefined) ? null : "not of the type",
  );
  const { table, unexplained, unused } = compare("types", samples, await ours, verdicts, TYPES);
  note("agreement-types", `@anthropic-ai/sdk ${types.version}: ${table}`);
  assert.deepEqual(unexplained, [], "differences without a reason");
  assert.deepEqual(unused, [], "reasons without a difference");
});

test("check and the model of the API agree, or the reason is known", async () => {
  const verdicts = await emulated(samples);
  for (const [place, sample] of samples.entries()) {
    if (sample.kind === "seed") assert.isNull(verdicts[place], sample.seed.name);
  }
  const { table, unexplained, unused } = compare("emulator", samples, await ours, verdicts, EMULATOR);
  note("agreement-emulator", table);
  assert.deepEqual(unexplained, [], "differences without a reason");
  assert.deepEqual(unused, [], "reasons without a difference");
});
