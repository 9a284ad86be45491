// Origins that a served page may call besides its own.
import { usage } from "../call/exit.js";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** One more origin for the page's policy; the option may be given several times. */
export function origins(text: string, before: string[] = []): string[] {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.protocol === "http:" && LOOPBACK.test(url.hostname);
  if (url && (url.protocol === "https:" || isPlain) && url.origin === text.replace(/\/$/, "").toLowerCase()) {
    return [...before, url.origin];
  }
  throw usage(`--connect ${text}: give an origin such as https://relay.example, without a path`);
}
