// Comes before everything else (js/build/build.mjs): libraries look at the environment when they are loaded. Deno would ask the user for
// each variable, or end the program; what it did not allow counts as unset.

interface DenoNow {
  readonly permissions: { querySync(ask: { name: "env"; variable: string }): { state: string } };
}

const { Deno } = globalThis as { Deno?: DenoNow };

if (Deno) {
  const isAllowed = (name: string | symbol): name is string =>
    typeof name === "string" && Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
  // Not around the real one: a proxy asks its target for more than it is asked for.
  const all = process.env;
  const env = new Proxy(Object.create(null) as NodeJS.ProcessEnv, {
    get: (_, name) => (isAllowed(name) ? all[name] : undefined),
    has: (_, name) => isAllowed(name) && name in all,
  });
  Object.defineProperty(process, "env", { value: env, configurable: true });
}
