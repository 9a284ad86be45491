// What the runtime around us says: its environment variables, and whether it is a page.

/** Just the parts that are asked for. */
interface Runtime {
  readonly Deno?: {
    readonly permissions?: { querySync?(ask: { name: "env"; variable: string }): { state: string } };
    readonly env?: { get(name: string): string | undefined };
  };
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
  readonly window?: { readonly document?: unknown };
  readonly navigator?: unknown;
}

/** The environment variable `name` without blanks around it; undefined where it is unset, empty, or not ours to read. */
export function environment(name: string): string | undefined {
  try {
    return read(globalThis as Runtime, name)?.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Whether this is a page, where whoever looks can read a key. */
export function isBrowser(): boolean {
  const { window, navigator } = globalThis as Runtime;
  return typeof window === "object" && window.document !== undefined && navigator !== undefined;
}

/**
 * A body that the runtime sends once. Deno sends text anew, and says nothing of it, where a connection that was kept
 * open is closed without an answer; a blob it cannot.
 */
export function sentOnce(json: string): string | Blob {
  return (globalThis as Runtime).Deno ? new Blob([json], { type: "application/json" }) : json;
}

/**
 * Calls `wake` when a page is shown again, comes out of the cache, or the network is back: timers stood still meanwhile.
 * Answers the function that ends it. Where the runtime has no such events nothing is called.
 */
export function onWaking(wake: () => void): () => void {
  const { document } = globalThis as { document?: Partial<EventTarget> };
  const page = globalThis as Partial<EventTarget>;
  const heard: [Partial<EventTarget> | undefined, string][] = [
    [page, "online"],
    [page, "pageshow"],
    [document, "visibilitychange"],
  ];
  for (const [target, event] of heard) target?.addEventListener?.(event, wake);
  return () => {
    for (const [target, event] of heard) target?.removeEventListener?.(event, wake);
  };
}

function read(runtime: Runtime, name: string): string | undefined {
  const { Deno } = runtime;
  if (!Deno?.env) return runtime.process?.env?.[name];
  // Reading a variable without the permission asks the user; a library must not start a dialogue.
  const state = Deno.permissions?.querySync?.({ name: "env", variable: name }).state;
  return state === undefined || state === "granted" ? Deno.env.get(name) : undefined;
}
