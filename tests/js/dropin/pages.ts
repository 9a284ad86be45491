// Lists, item by item and page by page.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
const one = { model: "claude-opus-5-5", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };
const ids: string[] = [];
for (let n = 0; n < 7; n++) {
  ids.push((await client.messages.batches.create({ requests: [{ custom_id: `r-${n}`, params: one }] })).id);
}
const at = (id: string) => ids.indexOf(id);

const all: number[] = [];
for await (const batch of client.messages.batches.list({ limit: 2 })) all.push(at(batch.id));
console.log("all", all);

let page = await client.messages.batches.list({ limit: 3 });
console.log("a page", page.data.length, page.has_more, at(page.first_id ?? ""), at(page.last_id ?? ""));
for (const batch of page.data) console.log(at(batch.id), batch.request_counts);
while (page.hasNextPage()) {
  page = await page.getNextPage();
  console.log(
    "the next",
    page.getPaginatedItems().map(({ id }) => at(id)),
  );
}

for await (const each of (await client.messages.batches.list({ limit: 5 })).iterPages()) console.log(each.data.length);
const newer: number[] = [];
for await (const batch of client.messages.batches.list({ limit: 2, before_id: ids[3] ?? "" })) newer.push(at(batch.id));
console.log("newer", newer);
const older = await client.messages.batches.list({ after_id: ids[3] ?? "" });
console.log(
  "older",
  older.data.map(({ id }) => at(id)),
);
