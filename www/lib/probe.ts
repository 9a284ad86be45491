// Whether the API answers pages. Asked only when somebody presses the button for it.

const TOLD_WITHIN_MS = 200;
const PATH = "/v1/messages/batches?limit=1";

/** An error with a code from the list of what the page says. */
function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Lists one batch. Resolves where the API lets this page do that; rejects with what stands in the way. */
export async function askDirectly(baseURL: string, key: string): Promise<void> {
  const headers = {
    "x-api-key": key,
    "anthropic-version": "2026-10-21",
    "anthropic-dangerous-direct-browser-access": "true",
  };
  const refused = blockedBy(new URL(baseURL).origin);
  let answer: Response;
  try {
    answer = await fetch(baseURL + PATH, { headers, redirect: "error", credentials: "omit" });
  } catch {
    const message =
      "browsers cannot call the batch endpoint directly: the API answers no preflight for it. Use `batchwise ui`, a relay of your own, or download the requests";
    throw coded("cors/blocked", (await refused()) ?? message);
  }
  if (answer.ok) return;
  const said = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
  const message = said?.error?.message ?? `the API answered ${answer.status}`;
  if (/CORS/.test(message)) throw coded("cors/org", message);
  throw coded(answer.status === 401 ? "auth/invalid" : "api/refused", message);
}

/** Watches whether the page's own policy stops calls to an origin; gives the words for it where it did. */
export function blockedBy(origin: string): () => Promise<string | null> {
  const words = `this page may call its own address only: start it with \`batchwise demo --connect ${origin}\` and open it again`;
  let tell: (words: string) => void;
  const told = new Promise<string>((resolve) => (tell = resolve));
  const note = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent): void => {
    if (effectiveDirective === "connect-src" && blockedURI.startsWith(origin)) tell(words);
  };
  document.addEventListener("securitypolicyviolation", note);
  return async () => {
    // The violation may be told after the call has failed.
    const nothing = new Promise<null>((resolve) => setTimeout(() => resolve(null), TOLD_WITHIN_MS));
    const said = await Promise.race([told, nothing]);
    document.removeEventListener("securitypolicyviolation", note);
    return said;
  };
}
