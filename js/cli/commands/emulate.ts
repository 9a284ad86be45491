// batchwise emulate: the API's model as a server on this machine.
import type { Command } from "commander";
import { serveEmulator } from "../../emulator/serve.js";
import { CommandError, Exit } from "../call/exit.js";
import { amount, share, whole } from "../call/numbers.js";

interface EmulateOptions {
  port: number;
  seed: number;
  speed: number;
  errored: number;
  answers?: string;
}

export function defineEmulate(program: Command): void {
  program
    .command("emulate")
    .description("serve a model of the API on this machine, for free")
    .option("--port <n>", "0 takes a free one", whole, 8787)
    .option("--seed <n>", "decides every id, text and failure", whole, 1)
    .option("--speed <n>", "how many times faster its time runs", amount, 1)
    .option("--errored <share>", "how many requests fail, such as 5% or 0.05", share, 0)
    .option("--answers <texts>", "what it answers, such as positive,negative; default made-up sentences")
    .action(emulate);
}

async function emulate({ port, seed, speed, errored, answers }: EmulateOptions): Promise<void> {
  const clock = speed === 1 ? "real" : speed;
  const texts = answers === undefined ? {} : { answers: answers.split(",") };
  const options = { port, seed, clock, ...texts, rates: { apiError: errored }, cors: true } as const;
  const server = await serveEmulator(options).catch((error) => {
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
