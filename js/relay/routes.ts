// What a relay answers: this list, and nothing else.

/** One path of the relay. */
export interface Route {
  readonly methods: readonly string[];
  /** The API's path; null for the relay's own announcement. */
  readonly path: string | null;
}

/** Where a relay says what it is. */
export const HELLO = "/_batchwise/hello";

/** No dot, no slash, no percent sign: an id cannot leave its place in the path. */
const ID = /^[A-Za-z0-9_-]{1,128}$/;
/** Ids of models have dots in them. */
const MODEL = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The route of an address; undefined where there is none. */
export function routeOf(url: URL, basePath: string): Route | undefined {
  if (!url.pathname.startsWith(`${basePath}/`)) return undefined;
  const path = url.pathname.slice(basePath.length);
  if (path === HELLO) return { methods: ["GET"], path: null };
  const methods = methodsOf(path.split("/").slice(1));
  return methods && { methods, path };
}

function methodsOf([version, kind, ...rest]: string[]): readonly string[] | undefined {
  if (version !== "v1") return undefined;
  const [first, second, third] = rest;
  if (kind === "models") {
    if (rest.length === 0) return ["GET"];
    return rest.length === 1 && MODEL.test(first ?? "") ? ["GET"] : undefined;
  }
  if (kind !== "messages") return undefined;
  if (rest.length === 1 && first === "count_tokens") return ["POST"];
  if (first !== "batches") return undefined;
  if (rest.length === 1) return ["GET", "POST"];
  if (!ID.test(second ?? "")) return undefined;
  if (rest.length === 2) return ["GET", "DELETE"];
  if (rest.length > 3) return undefined;
  if (third === "results") return ["GET"];
  return third === "cancel" ? ["POST"] : undefined;
}
