// What the environment says, as far as this process may read it.
import { environment } from "../../env.js";

export { environment };

/** Whether a variable is set to anything but the words for no. */
export function isSet(name: string): boolean {
  return !["", "0", "false"].includes(environment(name)?.toLowerCase() ?? "");
}

/** Where the API is. */
export function baseUrl(): string {
  return (environment("ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com").replace(/\/+$/, "");
}
