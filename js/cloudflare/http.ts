// Jobs over HTTP: begin one, look at it, fetch its results, cancel it.
import { BatchwiseError } from "../errors.js";
import { isSame } from "../relay/guard.js";
import { reply, SAFE } from "../relay/reply.js";
import { type BatchwiseBindings, storageOf } from "./bindings.js";
import { causeOf } from "./cause.js";
import type { OutputObject } from "./output.js";
import { type CheckedSpec, checkedSpec, isJobId, linesOf } from "./spec.js";
import type { JobStatus } from "./status.js";
import type { JobStorage } from "./storage.js";

/** Who drives jobs. */
export interface JobsBackend {
  /** False where the name is taken. */
  create(spec: CheckedSpec): Promise<boolean>;
  status(id: string): Promise<JobStatus | null>;
  cancel(id: string): Promise<JobStatus | null>;
}

/** A Worker of jobs: what it exports as its default. */
export interface JobsWorker<Env extends BatchwiseBindings = BatchwiseBindings> {
  fetch(request: Request, env: Env): Promise<Response>;
}

/** The most that a body may have; larger inputs go to the storage first. */
const BODY_BYTES = 25_000_000;

/** Makes the Worker around `backendOf`. */
export function jobsWorker<Env extends BatchwiseBindings>(backendOf: (env: Env) => JobsBackend): JobsWorker<Env> {
  return {
    fetch: async (request, env) => {
      try {
        return (await refusedCaller(request, env)) ?? (await routed(request, env, backendOf(env)));
      } catch (error) {
        const { code, message } = causeOf(error);
        return problem(code.startsWith("misuse/") ? 500 : 503, code, message);
      }
    },
  };
}

async function refusedCaller(request: Request, env: BatchwiseBindings): Promise<Response | null> {
  if (!env.ACCESS_TOKEN) return problem(500, "misuse/option", "the Worker has no ACCESS_TOKEN: set the secret");
  const given = /^bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (await isSame(given, env.ACCESS_TOKEN)) return null;
  const message = "send the Worker's ACCESS_TOKEN as Authorization: Bearer";
  return problem(401, "auth/invalid", message, { "www-authenticate": "Bearer" });
}

async function routed(request: Request, env: BatchwiseBindings, backend: JobsBackend): Promise<Response> {
  const [root, id, deed, ...rest] = new URL(request.url).pathname.split("/").filter((name) => name !== "");
  const known = root === "jobs" && rest.length === 0 && (deed === undefined || deed === "results" || deed === "cancel");
  if (!known || (id !== undefined && !isJobId(id))) return problem(404, "api/404", "there is no such path");
  const method = id === undefined || deed === "cancel" ? "POST" : "GET";
  if (request.method !== method) {
    return problem(405, "misuse/option", `this path takes ${method}`, { allow: method });
  }
  if (id === undefined) return begun(request, env, backend);
  const status = await (deed === "cancel" ? backend.cancel(id) : backend.status(id));
  if (!status) return problem(404, "store/missing", `there is no job ${id}`);
  if (deed !== "results") return reply(deed ? 202 : 200, status);
  if (status.state === "done") return resultsOf(storageOf(env), status.outputs);
  return problem(409, "misuse/order", "the job is not done yet: its results are whole when it is");
}

async function begun(request: Request, env: BatchwiseBindings, backend: JobsBackend): Promise<Response> {
  const storage = storageOf(env);
  const refused = (error: unknown) => problem(400, "misuse/option", causeOf(error).message);
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > BODY_BYTES) {
    return problem(413, "api/413", `a body has up to ${BODY_BYTES} bytes: put the input into the storage`);
  }
  let spec: ReturnType<typeof checkedSpec>;
  try {
    spec = checkedSpec(JSON.parse(await request.text()));
  } catch (error) {
    if (error instanceof SyntaxError) return refused(new BatchwiseError("misuse/option", "the body is no JSON"));
    return refused(error);
  }
  const { requests, ...checked } = spec;
  if (await backend.status(checked.id)) return taken(checked.id);
  if (requests) await storage.put(checked.input, linesOf(requests));
  if (!(await backend.create(checked))) return taken(checked.id);
  const location = `/jobs/${checked.id}`;
  return reply(201, { id: checked.id, url: location }, { location });
}

function taken(id: string): Response {
  return problem(409, "store/exists", `there is a job ${id} already`);
}

/** All results, one object behind the other. */
function resultsOf(storage: JobStorage, outputs: readonly OutputObject[]): Response {
  const length = outputs.reduce((sum, { bytes }) => sum + bytes, 0);
  const { readable, writable } = new FixedLengthStream(length);
  const sending = async () => {
    for (const { key } of outputs) {
      const stream = await storage.get(key);
      if (!stream) throw new BatchwiseError("store/failed", `${key} is gone from the storage`);
      await stream.pipeTo(writable, { preventClose: true });
    }
    await writable.close();
  };
  // Whoever reads sees that it breaks off.
  sending().catch((error) => writable.abort(error).catch(() => {}));
  return new Response(readable, { headers: { ...SAFE, "content-type": "application/x-ndjson" } });
}

function problem(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return reply(status, { error: { code, message } }, headers);
}
