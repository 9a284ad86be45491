// The network goes away while the page is open.
import { createRelay } from "batchwise/relay";
import { withSession } from "../../js/cli/page/session.js";
import { serveEmulator } from "../../js/emulator/serve.js";
import { assert, test } from "../js/harness.js";
import { CANARY } from "../js/server.js";
import { downloaded, inPage, openFile, openSample, pass, step } from "./setting.js";

const TOKEN = "token-of-the-opened-address";
const ROWS = `id,text\n${Array.from({ length: 20 }, (_, n) => `r-${n},text ${n}`).join("\n")}\n`;

test("without a network all but sending works, and the page says so; with it again the run goes on and is read", async () => {
  const api = await serveEmulator({ clock: 60, keys: [CANARY], requestsPerMinute: null });
  const relay = createRelay({ apiKey: CANARY, baseURL: api.url, accessToken: TOKEN, allowHosts: [] });
  const options = { query: `#token=${TOKEN}`, server: { relay: withSession(relay, TOKEN) } };
  try {
    await inPage(async ({ page, context, offences, url }) => {
      const pill = page.getByTestId("connection");
      await pill.getByText("Local").waitFor();
      await page.waitForURL(url);
      // Once a file is read, the engine and all around it is loaded.
      await openFile(page, "rows.csv", ROWS);
      await page.getByText("20 rows · 2 columns").waitFor();
      await context.setOffline(true);
      await pill.getByText("Offline").waitFor();
      await page.getByText("All but sending works").waitFor();
      await step(page, "Prompt");
      await page.getByLabel("User prompt").fill("Say {{text}}");
      await page.getByTestId("preview").getByText("Say text 0").waitFor();
      await step(page, "Check");
      await page.getByText("No problems in 20 rows").waitFor();
      await step(page, "Estimate");
      const send = page.getByRole("button", { name: /^Send all/ });
      assert.isTrue(await send.isDisabled());
      await page.getByText("Nothing can be sent while the network is gone").waitFor();
      await context.setOffline(false);
      await send.click();
      await page.getByTestId("part").first().getByText("processing").waitFor();
      await context.setOffline(true);
      await page.getByText("What was sent goes on at Anthropic").waitFor();
      const asked = api.emulator.state.calls.retrieve;
      await step(page, "Data");
      await step(page, "Run");
      await context.setOffline(false);
      await page.getByText("Finished, all succeeded").waitFor({ timeout: 120_000 });
      assert.isAbove(api.emulator.state.calls.retrieve, asked);
      assert.equal(api.emulator.state.commits, 1);
      forgive(offences as string[]);
    }, options);
  } finally {
    await api.close();
  }
});

/** That loading fails while there is no network, be it the icon of the tab alone, is what this is about. */
function forgive(offences: string[]): void {
  const others = offences.filter((each) => !/ERR_INTERNET_DISCONNECTED/.test(each));
  offences.splice(0, Number.POSITIVE_INFINITY, ...others);
}

test("the demo needs no network once it is loaded: a run goes to its download without one", () =>
  inPage(async ({ page, context, offences }) => {
    await openSample(page);
    await context.setOffline(true);
    await page.getByTestId("connection").getByText("Demo · Offline").waitFor();
    await step(page, "Estimate");
    await page.getByRole("button", { name: /^Send all/ }).click();
    await page.getByText("reports nothing inside a batch").waitFor();
    await pass(page, 300);
    await page.getByText("Finished, all succeeded").waitFor();
    await step(page, "Results");
    await page.getByText("200 matching rows (200 total)").waitFor();
    assert.lengthOf((await downloaded(page, "Download merged JSONL")).trimEnd().split("\n"), 200);
    forgive(offences as string[]);
  }));
