// What a page that shows strangers' text must not do, and what it must not keep.
import { assert, test } from "../js/harness.js";
import { inPage, kept, openFile, runAll, step } from "./setting.js";

/** Ways in which text has become script elsewhere. */
const SEEDS = [
  "<script>hit()</script>",
  "<img src=x onerror=hit()>",
  "<svg onload=hit()>",
  "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
  "<a href='javascript:hit()'>a</a>",
  "javascript:hit()",
  "![x](https://evil.example/pixel.png)",
  "[x](javascript:hit())",
  '"><script>hit()</script>',
  "'-hit()-'",
  "</textarea><script>hit()</script>",
  "</pre><img src=x onerror=hit()>",
  "{{constructor.constructor('hit()')()}}",
  "`${" + "hit()}`",
  "<!--<img src=--><img src=x onerror=hit()//>",
  "<style>@import'https://evil.example/x.css'</style>",
  "<link rel=stylesheet href=https://evil.example/x.css>",
  "<meta http-equiv=refresh content='0;url=https://evil.example'>",
  "<form action=https://evil.example><button>",
  "=cmd|'/c calc'!A1",
];
const WRAPS = [
  (text: string) => text,
  (text: string) => `before ${text} after`,
  encodeURIComponent,
  (text: string) => text.toUpperCase(),
  (text: string) => `\u202e${text}\u0000`,
];

test("a hundred hostile cells and file names are shown as text on every screen, and execute nothing", () =>
  inPage(async ({ page }) => {
    await page.evaluate(() => {
      const counter = { hits: 0, hit: () => (counter.hits += 1) };
      Object.assign(globalThis, { counter, hit: counter.hit });
    });
    const payloads = WRAPS.flatMap((wrap) => SEEDS.map(wrap));
    assert.lengthOf(payloads, 100);
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const csv = `${cell("<img src=x onerror=hit()>")},text\n${payloads.map((text, n) => `k${n},${cell(text)}`).join("\n")}\n`;
    await openFile(page, "<img src=x onerror=hit()>.csv", csv);
    await page.getByText("100 rows · 2 columns").waitFor();
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    for (const _ of SEEDS) await page.getByRole("button", { name: "Next" }).click();
    await step(page, "Check");
    await page.getByText("100 requests").waitFor();
    await runAll(page);
    await step(page, "Results");
    await page.getByText("100 matching rows (100 total)").waitFor();
    await page.getByRole("searchbox").fill("<img src=x onerror=hit()>");
    await page.getByText(/^\d+ matching rows/).waitFor();
    await page.getByRole("gridcell").first().click();
    await page.getByTestId("output").waitFor();
    assert.equal(await page.evaluate(() => (globalThis as unknown as { counter: { hits: number } }).counter.hits), 0);
    assert.equal(await page.locator("main img, main iframe, main script, dialog img").count(), 0);
  }));

test("a results file from elsewhere is shown as text, whatever the model wrote", () =>
  inPage(async ({ page }) => {
    const message = (text: string): object => ({
      ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5", stop_reason: "end_turn" },
      content: [{ type: "text", text }],
      usage: { input_tokens: 3, output_tokens: 5 },
    });
    const lines = SEEDS.map((text, n) =>
      JSON.stringify({ custom_id: `row-${n}`, result: { type: "succeeded", message: message(text) } }),
    );
    await openFile(page, "results.jsonl", `${lines.join("\n")}\n`);
    await page.getByText("20 matching rows (20 total)").waitFor();
    await page.getByRole("gridcell", { name: "<svg onload=hit()>" }).click();
    await page.getByTestId("output").getByText("<svg onload=hit()>").waitFor();
    assert.equal(await page.locator("main img, main iframe, dialog img").count(), 0);
  }));

test("the policy lets no inline script run, no string be evaluated and nothing be fetched from elsewhere", () =>
  inPage(async ({ page, url, offences }) => {
    const answer = await page.request.get(url);
    const policy = answer.headers()["content-security-policy"] ?? "";
    for (const rule of [
      "default-src 'none'",
      "require-trusted-types-for 'script'",
      "frame-ancestors 'none'",
      "connect-src 'self'",
    ]) {
      assert.include(policy, rule);
    }
    const refused = await page.evaluate(async () => {
      // What a test itself calls is exempt from the rule against evaluation; what runs later is not.
      const later = (work: () => unknown): Promise<unknown> =>
        new Promise(
          (resolve, reject) => void setTimeout(() => new Promise((done) => done(work())).then(resolve, reject)),
        );
      const tries: [string, () => unknown][] = [
        ["eval", () => later(() => new Function("return 1"))],
        ["markup", () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>")],
        ["fetch", () => fetch("https://evil.example/")],
        ["worker", () => new Worker("blob:x")],
      ];
      const names: string[] = [];
      for (const [name, work] of tries) {
        try {
          await work();
        } catch {
          names.push(name);
        }
      }
      return names;
    });
    assert.deepEqual(refused, ["eval", "markup", "fetch", "worker"]);
    // They were tried on purpose.
    (offences as string[]).length = 0;
  }));

test("no storage of the page holds a key after a whole run", () =>
  inPage(async ({ page }) => {
    await openFile(page, "rows.csv", "id,text\na,one\nb,two\n");
    await step(page, "Prompt");
    await page.getByLabel("User prompt").fill("Say {{text}}");
    await runAll(page);
    const all = await kept(page);
    // The scan sees what is there: the prompt, the rows, the results.
    for (const known of ["Say {{text}}", "a,one", '"custom_id":"a"']) assert.include(all, known);
    assert.notMatch(all, /sk-ant-|x-api-key|authorization|"apiKey"/i);
  }));
