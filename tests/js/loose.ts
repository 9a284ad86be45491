// Rejections that nobody handles, in every runtime that tells of them.

interface Host {
  readonly process?: { on?(type: string, hear: Hear): void; off?(type: string, hear: Hear): void };
  readonly addEventListener?: (type: string, hear: (event: Event) => void) => void;
  readonly removeEventListener?: (type: string, hear: (event: Event) => void) => void;
}

type Hear = (reason: unknown) => void;

/** Calls `hear` with the reason of each, until the answer is called. Such a rejection ends no process meanwhile. */
export function hearLoose(hear: Hear): () => void {
  const host = globalThis as unknown as Host;
  // Bun has both and tells of them only here; in Next's edge runtime looking at it is an error.
  if (!host.addEventListener || "Bun" in host) {
    host.process?.on?.("unhandledRejection", hear);
    return () => host.process?.off?.("unhandledRejection", hear);
  }
  const listener = (event: Event): void => {
    event.preventDefault?.();
    hear((event as PromiseRejectionEvent).reason);
  };
  host.addEventListener("unhandledrejection", listener);
  return () => host.removeEventListener?.("unhandledrejection", listener);
}

/** What a reason says, with its stack, which is no part of the message in Firefox, nor the message of it. */
export function said(reason: unknown): string {
  const words = String(reason);
  const stack = reason instanceof Error ? (reason.stack ?? "") : "";
  return stack.includes(words) ? stack : `${words}\n${stack}`.trim();
}
