// The demo's own: its faults, and its tabs, of which one plays the API for all.
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { inPage, openSample, pass, step, truth } from "./setting.js";

declare const batchwiseDemo: import("batchwise/emulator").Emulator;
declare const calls: string[];

/** Turns the emulator's switches by their labels: a percentage, or on. */
async function turn(page: Page, switches: Readonly<Record<string, string | true>>): Promise<void> {
  await page.getByRole("button", { name: "Emulator" }).click();
  for (const [label, value] of Object.entries(switches)) {
    const field = page.getByLabel(label);
    if (value === true) await field.check();
    else {
      await field.fill(value);
      await field.blur();
    }
  }
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
}

test("a second tab of the demo goes by the first one's clock, and its own run is played to the end there", () =>
  inPage(async ({ page, context, url }) => {
    await openSample(page);
    const second = await context.newPage();
    await second.goto(`${url}?seed=7&clock=manual`);
    await openSample(second);
    await step(second, "Estimate");
    await second.getByRole("button", { name: /^Send all/ }).click();
    await second.getByText("reports nothing inside a batch").waitFor();
    assert.equal((await truth(page)).commits, 1, "the tab that plays has the batch");
    // Whichever tab moves the time on, it passes in both.
    await pass(page, 30);
    await pass(second, 600);
    await second.getByText("Finished, all succeeded").waitFor();
    const [here, there] = [await clockOf(page), await clockOf(second)];
    assert.equal(here, there);

    // A switch is turned for all of them.
    await turn(second, { "429 on create": true });
    await page.getByRole("button", { name: "Emulator" }).click();
    assert.isTrue(await page.getByLabel("429 on create").isChecked());
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

    // The one that played goes; the other one plays on, with what was there.
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await passUntilSent(page);
    const address = page.url();
    await page.close();
    await second.waitForFunction(() => batchwiseDemo.state.commits === 2);
    await second.goto(address);
    await second.getByText("reports nothing inside a batch").waitFor();
    await pass(second, 600);
    await second.getByText("Finished, all succeeded").waitFor();
    assert.equal((await truth(second)).commits, 2);
  }));

test("of two tabs that show one run a single one asks the API", () =>
  inPage(async ({ page, context }) => {
    await openSample(page);
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByText("another tab drives this run").waitFor();
    // What a tab asks the one that plays goes over this channel.
    await page.evaluate(() => {
      Object.assign(globalThis, { calls: [] });
      const channel = new BroadcastChannel("batchwise-demo");
      channel.onmessage = ({ data }) => data.kind === "call" && calls.push(data.request.url);
      Object.assign(globalThis, { channel });
    });
    const before = await page.evaluate(() => batchwiseDemo.state.calls.retrieve + batchwiseDemo.state.calls.list);
    await pass(page, 10);
    const after = await page.evaluate(() => batchwiseDemo.state.calls.retrieve + batchwiseDemo.state.calls.list);
    assert.isAbove(after, before, "the run is watched");
    assert.deepEqual(await page.evaluate(() => calls), []);
    await pass(page, 600);
    await second.getByText("Finished, all succeeded").waitFor();
  }));

test("four faults at once are counted as the emulator has them, and the title says how it ended", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Prompt");
    await page.getByLabel("Output", { exact: true }).selectOption("json");
    await turn(page, { "Errored %": "40", "Expired %": "10", "Truncated %": "6", "Invalid JSON %": "5" });
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    assert.include(await page.title(), "0/1");
    await pass(page, 3_000);
    await page.getByText(/^Finished, \d+ rows failed/).waitFor();
    assert.match(await page.title(), /some failed/);
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const truth = await page.evaluate(async () => {
      const found: Record<string, number> = {};
      const note = (name: string): number => (found[name] = (found[name] ?? 0) + 1);
      const last = new Map<string, { type: string; message?: { stop_reason: string; content: { text: string }[] } }>();
      for (const { id } of batchwiseDemo.state.batches) {
        const reply = await batchwiseDemo.fetch(`https://demo.invalid/v1/messages/batches/${id}/results`, {
          headers: { "x-api-key": "demo", "anthropic-version": "2023-06-01" },
        });
        for (const line of (await reply.text()).trimEnd().split("\n")) {
          const { custom_id, result } = JSON.parse(line);
          // A request that was tried again has its last word.
          if (last.get(custom_id)?.type !== "succeeded") last.set(custom_id, result);
        }
      }
      for (const { type, message } of last.values()) {
        note(type);
        if (!message) continue;
        const isJson = ((): boolean => {
          try {
            JSON.parse(message.content[0]?.text ?? "");
            return true;
          } catch {
            return false;
          }
        })();
        if (message.stop_reason === "max_tokens") note("truncated");
        if (message.content[0]?.text && !isJson) note("invalid JSON");
      }
      return found;
    });
    const shown: Record<string, number> = {};
    for (const group of ["State", "Answer"]) {
      for (const text of await page
        .getByRole("group", { name: group, exact: true })
        .locator(".facet-value")
        .allInnerTexts()) {
        const [name = "", number = ""] = text.split("\n").map((piece) => piece.trim());
        shown[name] = Number(number);
      }
    }
    assert.deepEqual(shown, truth);
    for (const name of ["errored", "truncated", "invalid JSON"]) assert.isAbove(shown[name] ?? 0, 0, name);
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("cell", { name: "finished, some failed" }).waitFor();
  }));

test("creates that are refused with 529 and 500, and a network that is off, are waited out, and paid for once", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await turn(page, { "529 on create": true, "500 on create": true });
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await passUntilSent(page);
    assert.equal((await truth(page)).commits, 1);
    // Each struck once, and is off again.
    await page.getByRole("button", { name: "Emulator" }).click();
    for (const label of ["529 on create", "500 on create"]) assert.isFalse(await page.getByLabel(label).isChecked());
    await page.getByLabel("Network off").check();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await pass(page, 300);
    await page.getByTestId("part").first().getByText("processing").waitFor();
    await page.getByRole("button", { name: "Emulator" }).click();
    await page.getByLabel("Network off").uncheck();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await pass(page, 600);
    await page.getByText("Finished, all succeeded").waitFor();
    assert.equal((await truth(page)).commits, 1);
  }));

/** Lets minutes pass until the API has the batch: on a busy machine a create leaves later, and what it waits for begins later. */
async function passUntilSent(page: Page): Promise<void> {
  await page.getByTestId("part").first().waitFor();
  // A batch takes two minutes here: it must be seen before it ends.
  for (let minutes = 0; minutes < 20; minutes += 0.25) {
    await pass(page, 0.25);
    if (await page.getByText("reports nothing inside a batch").isVisible()) return;
  }
  throw new Error(`nothing was sent: ${await page.getByTestId("part").first().textContent()}`);
}

function clockOf(page: Page): Promise<number> {
  return page
    .getByRole("button", { name: "Emulator" })
    .click()
    .then(async () => {
      const text = await page.getByRole("dialog").locator("time").textContent();
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      return Date.parse(text ?? "");
    });
}
