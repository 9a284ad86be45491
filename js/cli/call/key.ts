// Where the key comes from. Never from the command line itself, which other users of a machine can read.
import { Batchwise } from "batchwise";
import { openFile } from "../input/file-blob.js";
import { environment } from "./env.js";
import { CommandError, Exit, usage } from "./exit.js";

/** Options of every command that may speak to the API. */
export interface KeyOptions {
  keyFile?: string;
  keyStdin?: boolean;
}

/** The key that was named, or the environment's; null where there is none. */
export interface Credentials {
  readonly apiKey: string | null;
  readonly authToken: string | null;
  /** Where it was found. */
  readonly from: string;
}

let piped: Promise<string> | undefined;

/** Finds the key: `--key-file`, `--key-stdin`, ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN. */
export async function credentials({ keyFile, keyStdin }: KeyOptions): Promise<Credentials> {
  if (keyFile !== undefined) return key(await openFile(keyFile).text(), `the file ${keyFile}`);
  if (keyStdin) {
    piped ??= readPiped();
    return key(await piped, "stdin");
  }
  const apiKey = environment("ANTHROPIC_API_KEY") ?? null;
  const authToken = apiKey === null ? (environment("ANTHROPIC_AUTH_TOKEN") ?? null) : null;
  return { apiKey, authToken, from: apiKey === null ? "ANTHROPIC_AUTH_TOKEN" : "ANTHROPIC_API_KEY" };
}

/** A client. Without a key it plans, and its calls fail. */
export async function clientOf(options: KeyOptions): Promise<Batchwise> {
  const { apiKey, authToken } = await credentials(options);
  return new Batchwise({ apiKey, authToken });
}

/** Without a key nothing can be sent: better to know before the work. */
export async function needKey(options: KeyOptions): Promise<Credentials> {
  const found = await credentials(options);
  if (found.apiKey !== null || found.authToken !== null) return found;
  throw new CommandError(
    Exit.auth,
    "no API key: set ANTHROPIC_API_KEY, or name a file with --key-file, and run this again [auth/missing]",
  );
}

function key(text: string, from: string): Credentials {
  const apiKey = text.trim();
  if (apiKey === "" || /\s/.test(apiKey)) throw usage(`${from} holds no key: it must be one line, the key alone`);
  return { apiKey, authToken: null, from };
}

async function readPiped(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}
