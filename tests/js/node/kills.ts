// Processes that drive a job are killed and the job taken up by others. `make test-deep` does it at every write.
import { fileURLToPath } from "node:url";
import { assert, test } from "../harness.js";
import { campaign } from "../kill/campaign.js";
import { RUNTIMES, type Runtime } from "../kill/parent.js";

const script = fileURLToPath(new URL("kill-child.js", import.meta.url));
const folder = fileURLToPath(new URL("folders/kills", import.meta.url));

for (const runtime of Object.keys(RUNTIMES) as Runtime[]) {
  test(`a job whose ${runtime} processes are killed loses no row and pays for none twice`, async () => {
    const tally = await campaign(runtime, { script, folder, stride: 9, random: 1, atOnce: 4 });
    assert.deepEqual(tally.troubles, []);
    assert.deepEqual([tally.lost, tally.twice], [0, 0]);
    assert.isAtLeast(tally.kills, 5);
    process.stdout.write(`note: ${tally.kills} kills of ${runtime} processes, at writes of the store and at random\n`);
  });
}
