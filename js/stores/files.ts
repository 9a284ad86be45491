// What a store of files asks of the runtime. Loaded when it is first used, and by no `import`, which bundlers for
// browsers would follow.
import { storeFailed } from "./entry.js";

/** An open file. */
export interface OpenFile {
  writeFile(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The part of `node:fs/promises` that is used. */
export interface Files {
  open(path: string, flags: string): Promise<OpenFile>;
  readFile(path: string, encoding: "utf8"): Promise<string>;
  unlink(path: string): Promise<void>;
  mkdir(path: string, options: { recursive: true }): Promise<string | undefined>;
  readdir(path: string, options: { withFileTypes: true }): Promise<{ name: string; isDirectory(): boolean }[]>;
}

/** The part of `node:fs` that is used. */
export interface FilesNow {
  readonly promises: Files;
  /** Without a turn of the event loop between a last look and the deed. */
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  readlinkSync(path: string): string;
}

interface Runtime {
  readonly process?: {
    readonly pid: number;
    getBuiltinModule?(name: string): unknown;
    kill(pid: number, signal: 0): unknown;
  };
  readonly Deno?: {
    readonly permissions?: { querySync?(ask: { name: string; kind?: string; path?: string }): { state: string } };
  };
  readonly navigator?: { readonly userAgent?: string };
}

/** Linux: the space of process numbers that we live in. */
const SPACE = "/proc/self/ns/pid";

const runtime = globalThis as unknown as Runtime;

/** The files of this machine. Throws where the runtime has none that last. */
export function lastingFiles(): FilesNow {
  return builtin<FilesNow>("node:fs");
}

/** The absolute path that a path or a `file:` address means. */
export function pathOf(folder: string | URL): string {
  const { resolve } = builtin<{ resolve(path: string): string }>("node:path");
  if (typeof folder === "string") return resolve(folder);
  return builtin<{ fileURLToPath(url: URL): string }>("node:url")
    .fileURLToPath(folder)
    .replace(/[/\\]$/, "");
}

/** Who we are among the processes that may share a folder. `machine` is null where that is not ours to know. */
export interface Self {
  readonly pid: number;
  readonly machine: string | null;
}

/** This process. */
export function self(files: FilesNow): Self {
  return { pid: runtime.process?.pid ?? 0, machine: maySeeProcesses() ? machine(files) : null };
}

/** Whether a process of this machine is certainly gone. */
export function isGone(pid: number): boolean {
  try {
    runtime.process?.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

/** What the system calls an error, such as ENOENT. */
export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

/** Names the machine, and on Linux the space of process numbers: containers share the one and not the other. */
function machine(files: FilesNow): string {
  const { hostname } = builtin<{ hostname(): string }>("node:os");
  try {
    return `${hostname()} ${files.readlinkSync(SPACE)}`;
  } catch {
    return hostname();
  }
}

/** Deno asks the user for what it was not allowed; a library must not start a dialogue. */
function maySeeProcesses(): boolean {
  const permissions = runtime.Deno?.permissions;
  if (!permissions?.querySync) return true;
  const needed = [{ name: "run" }, { name: "sys", kind: "hostname" }, { name: "read", path: SPACE }];
  return needed.every((wish) => permissions.querySync?.(wish).state === "granted");
}

/** A module of the runtime's own. */
function builtin<T>(name: string): T {
  const module = runtime.process?.getBuiltinModule?.(name);
  // Workers have these modules, and forget their files with the request.
  if (module && runtime.navigator?.userAgent !== "Cloudflare-Workers") return module as T;
  throw storeFailed(
    "fileStore needs the files of Node, Deno or Bun: in a browser use indexedDbStore, in Workers durableObjectStore",
  );
}
