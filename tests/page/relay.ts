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

test("while a part is sent the page says how much of it has left, and parts leave one or two at a time", async () => {
  const api = await serveEmulator({ clock: 600, keys: [CANARY], requestsPerMinute: null });
  const inner = createRelay({ apiKey: CANARY, baseURL: api.url, accessToken: TOKEN, allowHosts: [] });
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let atOnce = 0;
  let mostAtOnce = 0;
  // A relay that reads no body before it is told to: a slow line.
  const slow = async (request: Request): Promise<Response> => {
    const isCreate = request.method === "POST" && new URL(request.url).pathname.endsWith("/batches");
    if (!isCreate) return inner(request);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await opened;
    return inner(request).finally(() => (atOnce -= 1));
  };
  try {
    await inPage(
      async ({ page, url }) => {
        await page.getByTestId("connection").getByText("Local").waitFor();
        await page.waitForURL(url);
        await page.evaluate(() => {
          const long = "many words ".repeat(9_000);
          const rows = Array.from({ length: 200 }, (_, n) => `r-${n},${n} ${long}`);
          const data = new DataTransfer();
          data.items.add(new File([`id,text\n${rows.join("\n")}\n`], "long.csv"));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        });
        await page.getByText("200 rows · 2 columns").waitFor();
        await step(page, "Prompt");
        await page.getByLabel("User prompt").fill("Say {{text}}");
        await page.getByLabel("Max tokens").fill("5");
        await step(page, "Estimate");
        await page.getByRole("button", { name: /^Send all/ }).click();
        const part = page.getByTestId("part").first();
        await part.getByText(/sending [1-9]\d? % of \d+\.\d MB/).waitFor();
        open();
        await page.getByText("Finished, all succeeded").waitFor({ timeout: 60_000 });
        assert.notInclude(await part.textContent(), "%");
        assert.isAtMost(mostAtOnce, 2);
        assert.equal(api.emulator.state.commits, 1);
      },
      { query: `#token=${TOKEN}`, server: { relay: withSession(slow, TOKEN) } },
    );
  } finally {
    open();
    await api.close();
  }
});
