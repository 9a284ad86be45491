// batchwise ui: the page, and a relay beside it that holds the key.
import { createRelay } from "batchwise/relay";
import type { Command } from "commander";
import { baseUrl } from "../call/env.js";
import { type KeyOptions, needKey } from "../call/key.js";
import { whole } from "../call/numbers.js";
import { hold } from "../page/hold.js";
import { withSession } from "../page/session.js";

interface UiOptions extends KeyOptions {
  port: number;
  open: boolean;
}

export function defineUi(program: Command): void {
  program
    .command("ui")
    .description("open the page; this command holds the key and makes the calls")
    .option("--port <n>", "0 takes a free one", whole, 0)
    .option("--no-open", "print the address and open nothing")
    .option("--key-file <file>", "a file with the API key in it")
    .action(ui);
}

async function ui({ port, open, ...keys }: UiOptions): Promise<void> {
  const { apiKey, authToken, betas } = await needKey(keys);
  const token = crypto.randomUUID();
  const relay = createRelay({
    apiKey,
    ...(authToken === null ? {} : { authToken }),
    baseURL: baseUrl(),
    fetch: (input, init) => fetch(input, { ...init, headers: withBetas(init?.headers, betas) }),
    accessToken: token,
    // With a token any name would do; this page has the names of this machine.
    allowHosts: [],
  });
  await hold({
    port,
    open,
    words: "the key stays in this process",
    fragment: `#token=${token}`,
    relay: withSession(relay, token),
  });
}

/** What a key has to say with it, beside what the page says. */
function withBetas(given: RequestInit["headers"], betas: readonly string[]): Headers {
  const headers = new Headers(given);
  for (const beta of betas) headers.append("anthropic-beta", beta);
  return headers;
}
