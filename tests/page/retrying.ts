// What is tried again, what that may cost, and what each part has used.
import { assert, test } from "../js/harness.js";
import { inPage, openSample, pass, runAll, step } from "./setting.js";

declare const batchwiseDemo: import("batchwise/emulator").Emulator;

test("a retry says what it may cost before it is sent, and sends truncated rows with twice the tokens and the others as they were", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await page.getByRole("button", { name: "Emulator" }).click();
    for (const [label, value] of [
      ["Expired %", "60"],
      ["Truncated %", "20"],
    ] as const) {
      await page.getByLabel(label).fill(value);
      await page.getByLabel(label).blur();
    }
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await runAll(page);
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    const countOf = async (name: RegExp): Promise<number> =>
      Number(((await page.getByRole("button", { name }).first().textContent()) ?? "").replace(/\D/g, ""));
    const [expired, truncated] = [await countOf(/^expired/), await countOf(/^truncated/)];
    assert.isAbove(expired, 0);
    assert.isAbove(truncated, 0);

    await page.getByRole("button", { name: "Retry failed" }).click();
    const price = page.getByTestId("retry-price");
    await price.getByText(`${expired + truncated} requests: estimated $`).waitFor();
    const both = ceilingIn(await price.textContent());
    await page.getByRole("checkbox", { name: /truncated answers/ }).uncheck();
    await price.getByText(`${expired} requests: estimated $`).waitFor();
    assert.isBelow(ceilingIn(await price.textContent()), both);
    await page.getByRole("checkbox", { name: /failed, expired/ }).uncheck();
    await price.getByText("Nothing is chosen").waitFor();
    for (const name of [/truncated answers/, /failed, expired/]) await page.getByRole("checkbox", { name }).check();
    await price.getByText(`${expired + truncated} requests: estimated $`).waitFor();

    await page.evaluate(() => {
      const { fetch } = batchwiseDemo;
      const bodies: string[] = [];
      const heard = async (...[url, init]: Parameters<typeof fetch>): Promise<Response> => {
        if (init?.method === "POST") bodies.push(await new Response(init.body).text());
        return fetch(url, init);
      };
      Object.assign(globalThis, { bodies });
      Object.assign(batchwiseDemo, { fetch: heard });
    });
    await page.getByRole("button", { name: /^Retry \d+ rows/ }).click();
    await page.getByTestId("part").first().waitFor();
    await pass(page, 600);
    await page.getByText("Finished").first().waitFor();
    const [body] = await page.evaluate(() => (globalThis as unknown as { bodies: string[] }).bodies);
    const { requests } = JSON.parse(body ?? "") as { requests: { params: { max_tokens: number } }[] };
    const tokens = requests.map(({ params }) => params.max_tokens);
    assert.deepEqual(
      [tokens.filter((most) => most === 16).length, tokens.filter((most) => most === 32).length],
      [expired, truncated],
    );
  }));

test("charts say what each part has used and what the answers are, and their figures add up to those of the run", () =>
  inPage(async ({ page }) => {
    await openSample(page);
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send pilot/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    await pass(page, 20);
    await page.getByRole("button", { name: /^Send remaining/ }).click();
    await page.getByTestId("part").nth(1).getByText("processing").waitFor();
    await pass(page, 300);
    await page.getByText("Finished, all succeeded").waitFor();
    const used = page.getByRole("table", { name: "Tokens by part: input, then output" });
    await used.getByRole("row").nth(1).waitFor();
    const words = await used.getByRole("row").allInnerTexts();
    assert.match(words[0] ?? "", /^Part 1/);
    const costs = await page.getByRole("table", { name: "Cost by part" }).getByRole("row").allInnerTexts();
    const sum = costs.map((text) => Number(/\$([\d.]+)/.exec(text)?.[1])).reduce((all, each) => all + each, 0);
    const whole = Number(/\$([\d.]+)/.exec((await page.getByTestId("summary").textContent()) ?? "")?.[1]);
    assert.closeTo(sum, whole, whole / 20);

    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    await page.getByText("Charts", { exact: true }).click();
    const rows = await page.getByRole("table", { name: "Output" }).getByRole("row").allInnerTexts();
    const counts = rows.map((text) => Number(/(\d+) \(/.exec(text)?.[1]));
    assert.equal(
      counts.reduce((all, each) => all + each, 0),
      200,
    );
    // The longest bar is that of the largest count.
    const widths = await page
      .getByRole("table", { name: "Output" })
      .locator(".bar-fill")
      .evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
    assert.equal(widths.indexOf(Math.max(...widths)), counts.indexOf(Math.max(...counts)));
    await page.reload();
    await page.getByText("200 matching rows (200 total)").waitFor();
    await step(page, "Run");
    await used.getByRole("row").nth(1).waitFor();
  }));

function ceilingIn(text: string | null): number {
  return Number(/at most \$(\d+\.\d+)/.exec(text ?? "")?.[1]);
}
