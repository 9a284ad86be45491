// Checks and prices while you type, sends, and shows each answer as it comes. With ?relay=https://… the calls go to a
// relay of yours, which holds the key; without it, to the model of the API in this page, whose hours pass at once.
import { Batchwise, table } from "batchwise";
import { createEmulator } from "batchwise/emulator";

const relay = new URLSearchParams(location.search).get("relay");
const { fetch, clock } = createEmulator({ clock: "manual", answers: ["positive", "negative", "neutral"] });
const emulated = { apiKey: "any", fetch };
const client = new Batchwise({
  ...(relay ? { baseURL: relay, apiKey: "held-by-the-relay" } : emulated),
  dangerouslyAllowBrowser: true, // no key of yours is in this page
});
const time = relay ? {} : { now: clock.now, sleep: clock.advance };

const element = (id) => document.getElementById(id);

function source() {
  const lines = element("reviews").value.split("\n");
  const rows = lines.filter((line) => line.trim() !== "").map((text, index) => ({ id: `review-${index + 1}`, text }));
  const prompt = "Is this review positive, negative or neutral? One word.\n\n{{text}}";
  return table(rows, { prompt, model: "claude-haiku-5-5", maxTokens: 8, key: "id" });
}

async function price() {
  const plan = await client.plan(source(), { validate: "warn" });
  element("price").textContent = `${plan.requestCount} requests, at most $${plan.estimate().total?.ceiling.toFixed(6)}`;
}

async function send() {
  element("rows").replaceChildren();
  const job = await client.submit(source(), { maxCost: 1, ...time });
  job.subscribe(({ finished, requestCount }) => {
    Object.assign(element("progress"), { value: finished, max: requestCount });
  });
  for await (const row of job.results({ order: "input" })) {
    const cells = [row.custom_id, row.outcome, row.text].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text; // what a model says is text, never HTML
      return cell;
    });
    const line = document.createElement("tr");
    line.append(...cells);
    element("rows").append(line);
  }
  element("rows").dataset.done = "yes";
}

element("reviews").addEventListener("input", price);
element("send").addEventListener("click", send);
await price();
