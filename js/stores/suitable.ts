// Whether what was given as a store can keep a journal. What is often given by mistake is told what it is.
import { BatchwiseError } from "../errors.js";
import type { Store } from "../store.js";

const METHODS = ["getItem", "setItem", "removeItem", "getKeys"] as const;

/** Workers KV, by whichever way: a read may be a minute old, so a create that was journalled would be sent again. */
const LAGGING = /^cloudflare-kv-/;

const KV_REFUSED =
  "Workers KV cannot keep a job: its reads lag by up to a minute, so a batch could be paid twice. Use durableObjectStore(ctx.storage) in a Durable Object";

/** Throws where `given` is no store that a job may be trusted to. */
export function checkStore(given: unknown): asserts given is Store {
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => typeof (given as Record<string, unknown>)[name] === "function");
  if (typeof given !== "object" || given === null) throw refused(`store must be an object, not ${typeof given}`);
  if (has("getWithMetadata", "get", "put")) throw refused(KV_REFUSED);
  if (has("get", "put", "transaction", "getAlarm"))
    throw refused("this is a Durable Object's storage: give durableObjectStore(it)");
  if (has("get", "atomic", "enqueue")) throw refused("this is a Deno.Kv: give denoKvStore(it)");
  if (has("getItem", "setItem", "key") && !has("getKeys")) {
    throw refused("localStorage cannot keep a job: its tabs overwrite each other. Use indexedDbStore()");
  }
  const missing = METHODS.filter((name) => !has(name));
  if (missing.length > 0) throw refused(`store has no ${missing.join(", no ")}: a store needs ${METHODS.join(", ")}`);
  if (mounts(given).some((name) => LAGGING.test(name))) throw refused(KV_REFUSED);
}

/** The drivers of an unstorage instance. */
function mounts(given: object): string[] {
  const { getMounts } = given as { getMounts?: () => unknown };
  const found: unknown = typeof getMounts === "function" ? getMounts.call(given) : [];
  return Array.isArray(found) ? found.map(({ driver }) => String(driver?.name)) : [];
}

function refused(message: string): BatchwiseError {
  return new BatchwiseError("misuse/option", message);
}
