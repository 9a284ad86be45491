// Requests that the API counts for free: the input's price is then known better, and the shape of a request is seen.
import type { BatchRequest, Estimate } from "batchwise/slim";
import { sampled } from "../../js/cli/screen/sample.js";
import type { Settings } from "../shared.js";
import type { Link } from "./link.js";
import { type Material, planned } from "./planning.js";

const SAMPLE = 40;
const AT_ONCE = 4;
/** What `count_tokens` understands of a request's parameters. */
const COUNTED = ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"] as const;

/** The estimate with requests from all over the plan counted. Rejects with what the API says of one. */
export async function preflighted(
  material: Material,
  settings: Settings,
  link: Link,
): Promise<{ estimate: Estimate; counted: number }> {
  const { plan } = await planned(material, settings, null, link.maxBodyBytes);
  try {
    const every = Math.max(1, Math.floor(plan.requestCount / SAMPLE));
    const chosen: BatchRequest[] = [];
    let bytes = 0;
    let at = 0;
    for await (const request of plan.requests()) {
      bytes += textBytes(request);
      if (at++ % every === 0 && chosen.length < SAMPLE) chosen.push(request);
    }
    const counts: { bytes: number; tokens: number }[] = [];
    const rest = chosen.values();
    const lane = async (): Promise<void> => {
      for (const request of rest) counts.push({ bytes: textBytes(request), tokens: await count(link, request) });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    const estimate = sampled(plan.estimate(), counts, { requests: plan.requestCount, bytes });
    return { estimate, counted: counts.length };
  } finally {
    plan.dispose();
  }
}

async function count({ client, headers }: Link, { params }: BatchRequest): Promise<number> {
  const body = Object.fromEntries(COUNTED.flatMap((name) => (name in params ? [[name, params[name as "model"]]] : [])));
  const call = client.fetch ?? fetch;
  const response = await call(`${client.baseURL}/v1/messages/count_tokens`, {
    method: "POST",
    headers: { ...headers, "anthropic-version": "2026-10-21", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json().catch(() => null)) as {
    input_tokens?: number;
    error?: { message?: string };
  } | null;
  if (response.ok && typeof answer?.input_tokens === "number") return answer.input_tokens;
  throw new Error(answer?.error?.message ?? `the API answered ${response.status}`);
}

/** What of a request the model reads, as far as its length says. */
function textBytes({ params }: BatchRequest): number {
  const { messages, system, tools } = params;
  return new TextEncoder().encode(JSON.stringify([messages, system, tools])).length;
}
