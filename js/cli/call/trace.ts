// What --verbose tells besides: every call that is made, and what came of it. Never a key, never a body.
import { paint } from "../screen/screen.js";

let isOn = false;

/** From now on everything is told. */
export function beVerbose(): void {
  isOn = true;
}

/** A line for whoever asked for all of them. */
export function trace(line: string): void {
  if (isOn) process.stderr.write(`${paint("dim", `trace     ${line}`)}\n`);
}

/** `fetch`, telling of each call where that was asked for. */
export const tracedFetch: typeof fetch = async (input, init) => {
  if (!isOn) return fetch(input, init);
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  const call = `${init?.method ?? "GET"} ${pathname}${search}`;
  const start = performance.now();
  const after = (): string => `${Math.round(performance.now() - start)} ms`;
  try {
    const response = await fetch(input, init);
    trace([call, response.status, after(), response.headers.get("request-id") ?? ""].join("  ").trimEnd());
    return response;
  } catch (error) {
    trace(`${call}  no answer  ${after()}  ${error instanceof Error ? error.message : error}`);
    throw error;
  }
};
