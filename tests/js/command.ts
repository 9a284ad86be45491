// The command as a process: what a person types, what a script reads.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { EmulatorOptions } from "batchwise/emulator";
import type { ServedEmulator } from "../../js/emulator/serve.js";
import { serverUrl } from "./harness.js";
import { CANARY } from "./server.js";

const entry = fileURLToPath(new URL("node_modules/batchwise/js/dist/cli.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A way to run the command. */
export type Runtime = keyof typeof RUNTIMES;

/** What a user of Deno is told to allow, the network of this machine in the place of the API's. */
const ALLOWED = [
  "--allow-read=.",
  "--allow-write=.",
  "--allow-net=127.0.0.1",
  "--allow-env=ANTHROPIC_API_KEY,ANTHROPIC_BASE_URL",
];
const DENO = ["deno", "run", "--no-prompt", "--no-config", "--no-lock", "--node-modules-dir=manual", ...ALLOWED];

const RUNTIMES = {
  node: [process.execPath, entry],
  bun: ["bun", "--no-install", entry],
  deno: [...DENO, entry],
  /** May also see whether a process is gone. */
  denoThatSees: [...DENO, "--allow-run", "--allow-sys=hostname", "--allow-read=/proc/self/ns/pid", entry],
  /** By the name of the package, as documented. */
  denoByName: [...DENO, "npm:batchwise/cli"],
} as const;

export interface CallOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  stdin?: string;
  /** Which runtime runs it; default this one. */
  runtime?: Runtime;
  /** Without the rights of root, where this runs as root. */
  asNobody?: boolean;
  /** No file may grow beyond this. */
  fileBytes?: number;
  /** On a terminal: what is typed as soon as a question is asked that fits. Everything shown is in `stdout` then. */
  typed?: readonly (readonly [question: RegExp, answer: string])[];
  /** Called with the process while it runs. */
  during?: (child: ChildProcess) => void;
}

/** Runs `batchwise` with `args` against the run's emulator, with a key that it takes. */
export function batchwise(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
  const own = { ANTHROPIC_BASE_URL: serverUrl(), ANTHROPIC_API_KEY: CANARY, NO_COLOR: "1", CI: "true" };
  const nobody = options.asNobody && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const call = limited([...RUNTIMES[options.runtime ?? "node"], ...args], options.fileBytes);
  const [command = "", ...rest] = options.typed === undefined ? call : onTerminal(call);
  const child = spawn(command, rest, {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env["PATH"], ...own, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
    ...nobody,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.stdin.on("error", () => {});
  if (options.typed === undefined) child.stdin.end(options.stdin ?? "");
  else answering(child, [...options.typed] as [RegExp, string][]);
  options.during?.(child);
  return new Promise((done, fail) => {
    child.on("close", (code) => {
      const shows = `${stdout}${stderr}`.includes(CANARY);
      if (shows) fail(new Error(`the key is in what \`batchwise ${args.join(" ")}\` printed`));
      else done({ code, stdout, stderr });
    });
  });
}

/** The call with a terminal of its own around it. */
function onTerminal(call: string[]): string[] {
  const quoted = call.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  return ["script", "--quiet", "--return", "--command", quoted, "/dev/null"];
}

/** Types each answer when its question stands there. */
function answering(child: ChildProcess, left: [RegExp, string][]): void {
  let seen = "";
  child.stdout?.on("data", (data) => {
    seen += stripVTControlCharacters(String(data));
    const [next] = left;
    if (!next?.[0].test(seen)) return;
    left.shift();
    seen = "";
    child.stdin?.write(next[1]);
  });
}

/** The call under a shell that bounds how large a file may become. */
function limited(call: string[], bytes: number | undefined): string[] {
  if (bytes === undefined) return call;
  return ["/bin/sh", "-c", `trap '' XFSZ; ulimit -f ${Math.floor(bytes / 512)}; exec "$@"`, "sh", ...call];
}

/** A folder of its own for one case, with these files in it. */
export async function inFolder(
  files: Record<string, string | Uint8Array>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    await work(folder);
    assertNoKey(folder);
  } finally {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** No file that a command wrote may hold the key. */
export function assertNoKey(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && readFileSync(path).includes(CANARY)) throw new Error(`the key is in the file ${path}`);
  }
}

/** The text of a file in a folder. */
export function textOf(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** Serves an emulator of a case's own. */
export async function startServer(options: EmulatorOptions): Promise<ServedEmulator> {
  const { serveEmulator } = (await import(
    String(new URL("serve.js", import.meta.url))
  )) as typeof import("../../js/emulator/serve.js");
  return serveEmulator(options);
}
