// What a relay says itself, in the API's own form.

/** Nothing of an answer may be kept, or be taken for a page. */
export const SAFE = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "x-content-type-options": "nosniff",
} as const;

/** An error. It has no request id: whoever reads it knows that it is not the API's. */
export function refusal(status: number, type: string, message: string, headers: Record<string, string> = {}): Response {
  return reply(status, { type: "error", error: { type, message: `relay: ${message}` } }, headers);
}

/** An answer of JSON. */
export function reply(status: number, value: object, headers: Record<string, string> = {}): Response {
  const all = { ...SAFE, "content-type": "application/json", ...headers };
  return new Response(JSON.stringify(value), { status, headers: all });
}
