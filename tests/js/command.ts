// The command as a process: what a person types, what a script reads.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
  /** Called with the process while it runs. */
  during?: (child: ChildProcess) => void;
}

/** Runs `batchwise` with `args` against the run's emulator, with a key that it takes. */
export function batchwise(args: readonly string[], options: CallOptions = {}): Promise<Ended> {
  const own = { ANTHROPIC_BASE_URL: serverUrl(), ANTHROPIC_API_KEY: CANARY, NO_COLOR: "1", CI: "true" };
  const nobody = options.asNobody && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const [command = "", ...rest] = limited([...RUNTIMES[options.runtime ?? "node"], ...args], options.fileBytes);
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
  child.stdin.end(options.stdin ?? "");
  options.during?.(child);
  return new Promise((done, fail) => {
    child.on("close", (code) => {
      const shows = `${stdout}${stderr}`.includes(CANARY);
      if (shows) fail(new Error(`the key is in what \`batchwise ${args.join(" ")}\` printed`));
      else done({ code, stdout, stderr });
    });
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
