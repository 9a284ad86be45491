// `batchwise/relay`: the way from a page to the API that keeps the key out of the page. One `fetch` handler for Workers,
// Deno, Node and Bun.
import { announce } from "./relay/announce.js";
import { allowance, preflight } from "./relay/cors.js";
import { forward } from "./relay/forward.js";
import { admission } from "./relay/guard.js";
import { type RelayOptions, termsOf } from "./relay/options.js";
import { refusal } from "./relay/reply.js";
import { routeOf } from "./relay/routes.js";

export { type AskOptions, askRelay, type RelayHello } from "./relay/announce.js";
export type { RelayOptions } from "./relay/options.js";

/**
 * Makes a relay: it answers the calls of the Message Batches API, and those that list models and count tokens, by
 * making them with the key that it holds. Without an `accessToken` it answers this machine alone.
 *
 * @example
 * export default { fetch: (request, env) => createRelay({ apiKey: env.ANTHROPIC_API_KEY, accessToken: env.ACCESS_TOKEN })(request) };
 */
export function createRelay(options: RelayOptions): (request: Request) => Promise<Response> {
  const terms = termsOf(options);
  const admit = admission(terms);
  return async (request) => {
    const url = new URL(request.url);
    const origin = allowance(request, url, terms);
    if (origin === false) return refusal(403, "permission_error", "this relay does not answer pages of that origin");
    const answer = async (): Promise<Response> => {
      const route = routeOf(url, terms.basePath);
      if (!route) return refusal(404, "not_found_error", "this relay has no such path");
      if (request.method === "OPTIONS") return preflight(request, route, origin);
      if (!route.methods.includes(request.method)) {
        return refusal(405, "invalid_request_error", `this path takes ${route.methods.join(" or ")}`, {
          allow: route.methods.join(", "),
        });
      }
      const denied = await admit(request, url);
      if (denied) return denied;
      return route.path === null ? announce(terms) : forward(request, url, route.path, terms);
    };
    const response = await answer();
    response.headers.append("vary", "origin");
    if (origin !== null) {
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-expose-headers", [...response.headers.keys()].join(", "));
    }
    return response;
  };
}
