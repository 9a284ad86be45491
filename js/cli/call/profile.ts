// The profile of Anthropic's own command, `ant`: its token, as `ant auth login` left it, is read and never changed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { baseUrl, environment } from "./env.js";

/** A token that a profile holds, or why there is none in it. */
export type Profile = { readonly name: string } & ({ readonly token: string } | { readonly trouble: string });

/** Without this header the API takes no token of a login. */
export const LOGIN_BETA = "oauth-2025-04-20";

/** A token that is over sooner than this is over. */
const MARGIN_S = 60;
const NAME = /^(?!\.{1,2}$)[\w.-]+$/;

/** The profile that is named by ANTHROPIC_PROFILE, else the active one, else `default`; null where there is none. */
export function antProfile(): Profile | null {
  const folder = configFolder();
  if (folder === null) return null;
  const named = environment("ANTHROPIC_PROFILE");
  const name = named ?? textOf(join(folder, "active_config"))?.trim() ?? "default";
  if (!NAME.test(name)) return { name, trouble: `"${name}" is no name of an ant profile` };
  const config = read(join(folder, "configs", `${name}.json`));
  const path = config?.authentication?.credentials_path ?? join(folder, "credentials", `${name}.json`);
  const found = read(path);
  if (config === null && found === null) {
    return named === undefined ? null : { name, trouble: `there is no ant profile ${name} in ${folder}` };
  }
  return { name, ...judged(name, config ?? {}, found ?? {}) };
}

function judged(
  name: string,
  config: Content,
  { access_token, expires_at }: Content,
): { token: string } | { trouble: string } {
  const login = `ant auth login --profile ${name}`;
  const home = config.base_url?.replace(/\/+$/, "");
  if (home !== undefined && home !== baseUrl()) {
    return { trouble: `the ant profile ${name} is for ${home}, and this would ask ${baseUrl()}` };
  }
  if (!access_token) return { trouble: `the ant profile ${name} holds no token: ${login}` };
  if (expires_at !== undefined && expires_at - MARGIN_S < Date.now() / 1000) {
    return { trouble: `the token of the ant profile ${name} is over: ${login}` };
  }
  return { token: access_token };
}

/** What is read of the two files of a profile. */
interface Content {
  readonly authentication?: { readonly credentials_path?: string };
  readonly base_url?: string;
  readonly access_token?: string;
  /** In seconds since 1970. */
  readonly expires_at?: number;
}

/** Null where there is no such file; empty where it cannot be understood. */
function read(path: string): Content | null {
  const text = textOf(path);
  if (text === null) return null;
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? content : {};
  } catch {
    return {};
  }
}

function textOf(path: string): string | null {
  try {
    return mayRead(path) ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

/** Deno would ask its user, who has no idea of this file. */
function mayRead(path: string): boolean {
  const { Deno } = globalThis as {
    Deno?: { permissions: { querySync(ask: { name: "read"; path: string }): { state: string } } };
  };
  return Deno === undefined || Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** Where `ant` and the official SDK keep profiles. */
function configFolder(): string | null {
  const own = environment("ANTHROPIC_CONFIG_DIR");
  if (own !== undefined) return own;
  if (process.platform === "win32") {
    const data = environment("APPDATA");
    return data === undefined ? null : join(data, "Anthropic");
  }
  const config = environment("XDG_CONFIG_HOME");
  if (config !== undefined) return join(config, "anthropic");
  const home = environment("HOME");
  return home === undefined ? null : join(home, ".config", "anthropic");
}
