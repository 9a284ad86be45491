// The page beside the relay that `batchwise ui` starts: the key is in that process, and nowhere in the browser.
import { createRelay } from "batchwise/relay";
import { withSession } from "../../js/cli/page/session.js";
import { serveEmulator } from "../../js/emulator/serve.js";
import { assert, test } from "../js/harness.js";
import { CANARY } from "../js/server.js";
import { inPage, openFile, step } from "./setting.js";

const TOKEN = "token-of-the-opened-address";

test("a run goes through the relay with a key that no request of the browser has", async () => {
  const api = await serveEmulator({ clock: 600, keys: [CANARY], requestsPerMinute: null });
  const relay = createRelay({
    apiKey: CANARY,
    baseURL: api.url,
    accessToken: TOKEN,
    allowHosts: [],
    maxBodyBytes: 2000,
  });
  const options = { query: `#token=${TOKEN}`, server: { relay: withSession(relay, TOKEN) } };
  try {
    await inPage(async ({ page, context, url }) => {
      const seen: string[] = [];
      context.on(
        "request",
        async (request) =>
          void seen.push(JSON.stringify(await request.allHeaders().catch(() => "gone")) + request.url()),
      );
      await page.getByTestId("connection").getByText("Local").waitFor();
      await page.waitForURL(url); // The token leaves the address.
      assert.equal(await page.getByText("Demo: no network").count(), 0);
      await openFile(
        page,
        "rows.csv",
        `id,text\n${Array.from({ length: 20 }, (_, n) => `r-${n},text ${n}`).join("\n")}\n`,
      );
      await step(page, "Prompt");
      await page.getByLabel("User prompt").fill("Say {{text}}");
      await step(page, "Estimate");
      await page.getByRole("button", { name: /^Send all/ }).click();
      await page.getByText("Finished, all succeeded").waitFor({ timeout: 50_000 });
      // 20 requests have more than 2,000 bytes: the relay's limit made parts of them.
      assert.isAbove(await page.getByTestId("part").count(), 1);
      await page.reload();
      await page.getByText("Finished, all succeeded").waitFor();
      assert.isAbove(api.emulator.state.commits, 1);
      assert.isAbove(seen.length, 5);
      for (const request of seen) assert.notInclude(request, CANARY);
    }, options);
  } finally {
    await api.close();
  }
});

test("without the token of the opened address the relay answers nobody, and the page says so", async () => {
  const relay = createRelay({ apiKey: CANARY, accessToken: TOKEN, allowHosts: [] });
  const server = { relay: withSession(relay, TOKEN) };
  await inPage(
    async ({ page, url, offences }) => {
      await page.getByRole("alert").getByText("access token").waitFor();
      for (const path of ["v1/messages/batches", "_batchwise/hello"]) {
        assert.equal((await fetch(url + path)).status, 401);
      }
      const crossed = await fetch(`${url}v1/messages/batches`, { headers: { origin: "https://evil.example" } });
      assert.equal(crossed.status, 403);
      // The browser notes the 401 that this is about.
      (offences as string[]).length = 0;
    },
    { query: "", server },
  );
});
