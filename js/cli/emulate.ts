// batchwise emulate: the API's model as a server on this machine.
import { serveEmulator } from "../emulator/serve.js";
import { CommandError, Exit } from "./exit.js";

interface EmulateOptions {
  port: number;
  seed: number;
  speed: number;
  errored: number;
}

export async function emulate({ port, seed, speed, errored }: EmulateOptions): Promise<void> {
  const clock = speed === 1 ? "real" : speed;
  const server = await serveEmulator({ port, seed, clock, rates: { apiError: errored }, cors: true }).catch((error) => {
    throw new CommandError(Exit.usage, whyNot(error, port));
  });
  process.stdout.write(`emulator  ${server.url}   key: anything\n`);
  process.stderr.write(
    `          ANTHROPIC_BASE_URL=${server.url} works with the official SDKs, too; Ctrl-C ends it\n`,
  );
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
  await server.close();
}

function whyNot(error: { code?: string; message?: string }, port: number): string {
  if (error.code === "EADDRINUSE") return `port ${port} is taken: choose another with --port, or 0 for a free one`;
  if (error.code === "EACCES") return `port ${port} is not allowed: choose one above 1023 with --port`;
  return `the server could not start: ${error.message}`;
}
