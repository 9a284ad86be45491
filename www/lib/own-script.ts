// The policy of the page lets no script be run but its own: browsers with Trusted Types want to hear that of an address.

interface Rules {
  createScriptURL(url: string): string;
}

/** The address of one of the page's own scripts, as a worker takes it. May be called once. */
export function ownScript({ href }: URL): string {
  const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): Rules } }).trustedTypes;
  if (!types) return href;
  return types.createPolicy("batchwise", { createScriptURL: () => href }).createScriptURL(href);
}
