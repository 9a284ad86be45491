// Who may use a relay: callers with its token; without one, callers on this machine.
import { isThisMachine, type Terms } from "./options.js";
import { refusal } from "./reply.js";

/** Makes the check of a request: null where it may go on, else the answer. */
export function admission(terms: Terms): (request: Request, url: URL) => Promise<Response | null> {
  return async (request, url) => {
    // A page whose name was pointed at this machine calls us by that name.
    if (terms.hosts && !isKnown(terms.hosts, hostOf(request, url))) {
      return refusal(403, "permission_error", "this relay does not answer to that host name (allowHosts)");
    }
    if (terms.accessToken === null) return null;
    const given = /^bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if (await isSame(given, terms.accessToken)) return null;
    return refusal(401, "authentication_error", "this relay wants its access token as Authorization: Bearer", {
      "www-authenticate": "Bearer",
    });
  };
}

/** The name the caller used. A runtime may build the address from something else than the header. */
export function hostOf(request: Request, url: URL): string {
  return (request.headers.get("host") ?? url.host).toLowerCase();
}

function isKnown(hosts: ReadonlySet<string>, host: string): boolean {
  return isThisMachine(host) || hosts.has(host);
}

/** Takes the same time wherever they differ, and whatever their lengths are. */
export async function isSame(given: string, wanted: string): Promise<boolean> {
  const [a, b] = await Promise.all([given, wanted].map(digest));
  let difference = 0;
  for (const [at, byte] of (a as Uint8Array).entries()) difference |= byte ^ ((b as Uint8Array)[at] ?? 0);
  return difference === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
