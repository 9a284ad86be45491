// Half a character: what JavaScript leaves of an emoji that it has cut in two. The API refuses the whole batch for one.
import { Batchwise, type InvalidRequestsError, type Source, table, type Violation } from "batchwise";
import { assert, rejection, test } from "../harness.js";
import { CANARY } from "../server.js";

const calls: string[] = [];
const client = new Batchwise({
  apiKey: CANARY,
  dangerouslyAllowBrowser: true,
  fetch: async (url) => {
    calls.push(String(url));
    throw new TypeError("nothing is to be sent");
  },
});

const CUT = "😀".slice(0, 1);
const OPTIONS = { prompt: "Rate {{text}}", model: "claude-haiku-4-5", maxTokens: 5, key: "id" };
const request = (custom_id: string, content: string) => ({
  custom_id,
  params: { model: "claude-haiku-4-5", max_tokens: 5, messages: [{ role: "user" as const, content }] },
});
/** The first is whole, and speaks of an escape. */
const REQUESTS = [request("whole", "😀 \\ud83d"), request("cut", `x${CUT}`)];
const PLACE = "/params/messages/0/content";

const problems = ({ violations }: InvalidRequestsError<Violation>): string[] =>
  violations.map(({ code, line, index, custom_id, path }) => `${code} ${line ?? `#${index}`} ${custom_id} ${path}`);

async function refused(source: Source): Promise<InvalidRequestsError<Violation>> {
  return (await rejection(client.plan(source))) as unknown as InvalidRequestsError<Violation>;
}

test("half a character in a request is refused with its place", async () => {
  assert.deepEqual(problems(await refused(REQUESTS)), [`json/surrogate #1 cut ${PLACE}`]);
  const lines = REQUESTS.map((item) => JSON.stringify(item)).join("\n");
  assert.deepEqual(problems(await refused(new Blob([lines]))), [`json/surrogate 2 cut ${PLACE}`]);
  const { params } = request("key", "x");
  const schema = { type: "object", additionalProperties: false, properties: { [`k${CUT}`]: { type: "string" } } };
  const keyed = { ...params, tools: [{ name: "n", input_schema: schema }] };
  assert.deepEqual(problems(await refused([{ custom_id: "key", params: keyed }] as never)), [
    "json/surrogate #0 key /params/tools/0/input_schema/properties/k\ufffd",
  ]);
});

test("half a character in a table is refused, and never sent as another", async () => {
  const rows = await refused(
    table(
      [
        { id: "a", text: "fine", other: CUT },
        { id: "b", text: CUT },
      ],
      OPTIONS,
    ),
  );
  assert.deepEqual(problems(rows), ["json/surrogate #1 null "]);
  assert.include(rows.message, 'the column "text"');
  const params = { metadata: { user_id: CUT } };
  for (const option of [{ prompt: CUT }, { system: CUT }, { model: CUT }, { key: CUT }, { params }]) {
    const error = await rejection(async () => client.plan(table([{ id: "a", text: "x" }], { ...OPTIONS, ...option })));
    assert.equal(error["code"], "misuse/option", Object.keys(option)[0]);
  }
  assert.throws(() => table(`id,text\na,${CUT}\n`, OPTIONS), "rows holds half a character at 10");
});

test("half a character in a create of one's own is refused before it is sent", async () => {
  const error = await rejection(client.messages.batches.create({ requests: REQUESTS }));
  assert.deepEqual([error.name, error["code"]], ["InvalidRequestsError", "data/invalid"]);
  const violations = problems(error as unknown as InvalidRequestsError<Violation>);
  assert.deepEqual([violations, calls], [[`json/surrogate #1 cut ${PLACE}`], []]);
  assert.equal(
    (await rejection(client.messages.batches.create({ requests: REQUESTS.slice(0, 1) })))["code"],
    "send/unknown",
  );
  assert.lengthOf(calls, 1);
});
