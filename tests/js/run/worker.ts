// Runs the registered cases inside a worker: a request asks for one of them, because on Workers what was begun for one
// request must end with it.
import { count, runOne } from "./plain.js";

interface Env {
  readonly BATCHWISE_TEST_SERVER: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    (globalThis as { batchwiseServer?: string }).batchwiseServer = env.BATCHWISE_TEST_SERVER;
    const index = new URL(request.url).searchParams.get("case");
    return Response.json(index === null ? count() : await runOne(Number(index)));
  },
};
