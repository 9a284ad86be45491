// Which pages may read a relay's answers.
import { hostOf } from "./guard.js";
import type { Terms } from "./options.js";
import type { Route } from "./routes.js";

/** Headers that callers may send. */
const SENT = [
  "accept",
  "authorization",
  "content-type",
  "x-api-key",
  "anthropic-version",
  "anthropic-beta",
  "anthropic-workspace-id",
  "anthropic-user-profile-id",
  "anthropic-dangerous-direct-browser-access",
];
const REMEMBERED_S = 600;

/** The origin that the answer is for: null where no other page asks; false where one asks that may not. */
export function allowance(request: Request, url: URL, { origins }: Terms): string | false | null {
  const origin = request.headers.get("origin");
  if (origin === null) {
    // An image or a script of another site asks without saying who it is.
    return /^(?:cross|same)-site$/.test(request.headers.get("sec-fetch-site") ?? "") ? false : null;
  }
  if (origins.has(origin)) return origin;
  // Its own page. A server in front of the relay may have unwrapped https, so the name decides.
  return /^https?:\/\//.test(origin) && new URL(origin).host === hostOf(request, url) ? null : false;
}

/** Answers a browser that asks before it calls. */
export function preflight(request: Request, route: Route, origin: string | null): Response {
  const headers = new Headers({
    "access-control-allow-methods": route.methods.join(", "),
    "access-control-allow-headers": SENT.join(", "),
    "access-control-max-age": String(REMEMBERED_S),
  });
  if (origin !== null && request.headers.get("access-control-request-private-network") === "true") {
    headers.set("access-control-allow-private-network", "true");
  }
  return new Response(null, { status: 204, headers });
}
