// Where the key comes from. Never from the command line itself, which other users of a machine can read.
import { Batchwise } from "batchwise";
import { openFile } from "../input/file-blob.js";
import { environment } from "./env.js";
import { CommandError, Exit, usage } from "./exit.js";
import { antProfile, LOGIN_BETA } from "./profile.js";
import { tracedFetch } from "./trace.js";

/** Options of every command that may speak to the API. */
export interface KeyOptions {
  keyFile?: string;
  keyStdin?: boolean;
}

/** The key or token that was found; both null where there is none. */
export interface Credentials {
  readonly apiKey: string | null;
  readonly authToken: string | null;
  /** Where it was found. */
  readonly from: string;
  /** What has to be said with it. */
  readonly betas: readonly string[];
  /** Why the last place that was looked at holds none, where it should. */
  readonly trouble?: string;
}

let piped: Promise<string> | undefined;

/** Finds the key: `--key-file`, `--key-stdin`, ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, the profile of `ant`. */
export async function credentials({ keyFile, keyStdin }: KeyOptions): Promise<Credentials> {
  if (keyFile !== undefined) return key(await openFile(keyFile).text(), `the file ${keyFile}`);
  if (keyStdin) {
    piped ??= readPiped();
    return key(await piped, "stdin");
  }
  const apiKey = environment("ANTHROPIC_API_KEY") ?? null;
  if (apiKey !== null) return { apiKey, authToken: null, from: "ANTHROPIC_API_KEY", betas: [] };
  const authToken = environment("ANTHROPIC_AUTH_TOKEN") ?? null;
  if (authToken !== null) return { apiKey, authToken, from: "ANTHROPIC_AUTH_TOKEN", betas: [] };
  const profile = antProfile();
  if (profile === null) return { apiKey, authToken, from: "nowhere", betas: [] };
  const from = `the ant profile ${profile.name}`;
  if ("trouble" in profile) return { apiKey, authToken, from, betas: [], trouble: profile.trouble };
  return { apiKey, authToken: profile.token, from, betas: [LOGIN_BETA] };
}

/** A client. Without a key it plans, and its calls fail. */
export async function clientOf(options: KeyOptions): Promise<Batchwise> {
  return clientWith(await credentials(options));
}

/** A client with what was found. */
export function clientWith({ apiKey, authToken, betas }: Credentials): Batchwise {
  return new Batchwise({ apiKey, authToken, betas, fetch: tracedFetch });
}

/** Without a key nothing can be sent: better to know before the work. */
export async function needKey(options: KeyOptions): Promise<Credentials> {
  const found = await credentials(options);
  if (found.apiKey !== null || found.authToken !== null) return found;
  const why = found.trouble ?? "no API key";
  throw new CommandError(
    Exit.auth,
    `${why}: set ANTHROPIC_API_KEY, or name a file with --key-file, and run this again [auth/missing]`,
  );
}

function key(text: string, from: string): Credentials {
  const apiKey = text.trim();
  if (apiKey === "" || /\s/.test(apiKey)) throw usage(`${from} holds no key: it must be one line, the key alone`);
  return { apiKey, authToken: null, from, betas: [] };
}

async function readPiped(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}
