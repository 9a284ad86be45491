// Ways to the API: the demo, the relay that served the page, a relay elsewhere, and, should it ever be open, directly.
import { askRelay } from "batchwise/relay";
import { askDirectly, blockedBy } from "./lib/probe.js";
import type { Remote } from "./lib/rpc.js";
import * as state from "./state.js";
import type { WorkerOffer } from "./worker/main.js";

/** What people type in to reach a relay of their own. Nothing of it is kept but the address. */
export interface OwnRelay {
  readonly address: string;
  readonly token: string;
  /** Only where the relay holds none. */
  readonly key: string;
}

const KEPT = "relay-address";
const MOST_DIRECT_BYTES = 24_000_000;

/** The relay that served this page holds the key. The token of the address becomes a cookie, and leaves the address. */
export async function connectHere(worker: Remote<WorkerOffer>): Promise<void> {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    await fetch("_batchwise/session", { method: "POST", headers: { authorization: `Bearer ${token}` } });
  }
  const { origin } = location;
  const hello = await askRelay(origin);
  if (!hello) throw new Error("the relay does not answer: start `batchwise ui` again");
  state.connection.value = { mode: "relay", label: "Local", baseURL: origin, maxBodyBytes: hello.maxBodyBytes };
  await worker.relay({ baseURL: origin, token: null, key: null, maxBodyBytes: hello.maxBodyBytes });
}

/** A relay that somebody runs elsewhere. Says what is missing where it does not work. */
export async function connectRelay(worker: Remote<WorkerOffer>, { address, token, key }: OwnRelay): Promise<void> {
  const baseURL = addressOf(address);
  const refused = blockedBy(new URL(baseURL).origin);
  const hello = await askRelay(baseURL, { accessToken: token });
  if (!hello)
    throw new Error(
      (await refused()) ??
        `nothing at ${baseURL} answers as a relay: is the address right, and this page's origin among its allowOrigins?`,
    );
  if (hello.key === "forward" && key === "") {
    throw new Error("this relay holds no key: enter yours too; it stays in the memory of this tab");
  }
  const { maxBodyBytes } = hello;
  await worker.relay({ baseURL, token: token || null, key: hello.key === "forward" ? key : null, maxBodyBytes });
  await worker.keep(KEPT, baseURL);
  state.connection.value = { mode: "relay", label: "Worker", baseURL, maxBodyBytes };
  state.awaited.value = null;
}

/** Asks the API itself whether it lets pages call the batch endpoint, and goes that way if it does. */
export async function connectDirectly(worker: Remote<WorkerOffer>, address: string, key: string): Promise<void> {
  const baseURL = addressOf(address);
  await askDirectly(baseURL, key);
  await worker.relay({ baseURL, token: null, key, maxBodyBytes: MOST_DIRECT_BYTES });
  state.connection.value = { mode: "relay", label: "Direct", baseURL, maxBodyBytes: MOST_DIRECT_BYTES };
  state.awaited.value = null;
}

/** The address of the relay that was used last; it wants its token again after a reload. */
export async function awaitedRelay(worker: Remote<WorkerOffer>): Promise<string | null> {
  return (await worker.value(KEPT)) || null;
}

/** Forgets address, token and key: the page is what it was when it came. */
export async function disconnect(worker: Remote<WorkerOffer>): Promise<void> {
  await worker.keep(KEPT, "");
  location.reload();
}

function addressOf(text: string): string {
  try {
    const { protocol, href, username, search, hash } = new URL(text.trim());
    const isLocal = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/]/.test(href);
    if ((protocol === "https:" || isLocal) && !username && !search && !hash) return href.replace(/\/$/, "");
  } catch {
    // Said below.
  }
  throw new Error(
    "give an address such as https://relay.example: https, or http on this machine, and nothing after the path",
  );
}
