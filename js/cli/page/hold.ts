// Serves the page until somebody ends the command.
import { CommandError, Exit } from "../call/exit.js";
import { type PageOptions, servePage } from "./server.js";
import { show } from "./show.js";

/** What is served and said. */
export interface Held extends PageOptions {
  readonly open: boolean;
  readonly words: string;
  /** What the opened address has at its end. */
  readonly fragment: string;
}

/** Serves, prints the address, and waits for Ctrl-C. */
export async function hold({ open, words, fragment, ...options }: Held): Promise<void> {
  const server = await servePage(options).catch((error: { code?: string; message?: string }) => {
    const isTaken = error.code === "EADDRINUSE";
    const why = isTaken
      ? `port ${options.port} is taken: choose another with --port, or 0 for a free one`
      : error.message;
    throw new CommandError(Exit.usage, why ?? "the server could not start");
  });
  const address = server.url + fragment;
  process.stdout.write(`page      ${address}\n`);
  process.stderr.write(`          ${words}; Ctrl-C ends it\n`);
  if (open) show(address);
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
  await server.close();
}
