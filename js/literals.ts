// The objects of the API's result lines as literals, each with its keys in an order in which they were seen: those of one
// literal share their layout, which makes them fast to build and to read. Other keys are no error, only slower.

/** Makes an object or array of the values that stand from `i` on. */
export type Make = (v: readonly unknown[], i: number) => object;

const LITERALS: readonly Make[] = [
  // The line and its result.
  (v, i) => ({ custom_id: v[i], result: v[i + 1] }),
  (v, i) => ({ result: v[i], custom_id: v[i + 1] }),
  (v, i) => ({ type: v[i] }),
  (v, i) => ({ type: v[i], message: v[i + 1] }),
  (v, i) => ({ message: v[i], type: v[i + 1] }),
  (v, i) => ({ type: v[i], error: v[i + 1] }),
  (v, i) => ({ error: v[i], type: v[i + 1] }),
  // Errors.
  (v, i) => ({ type: v[i], error: v[i + 1], request_id: v[i + 2] }),
  (v, i) => ({ error_visibility: v[i] }),
  (v, i) => ({ error_code: v[i] }),
  (v, i) => ({ type: v[i], message: v[i + 1], details: v[i + 2] }),
  (v, i) => ({ details: v[i], type: v[i + 1], message: v[i + 2] }),
  // Messages.
  (v, i) => ({
    model: v[i],
    id: v[i + 1],
    type: v[i + 2],
    role: v[i + 3],
    content: v[i + 4],
    stop_reason: v[i + 5],
    stop_sequence: v[i + 6],
    usage: v[i + 7],
  }),
  (v, i) => ({
    model: v[i],
    id: v[i + 1],
    type: v[i + 2],
    role: v[i + 3],
    content: v[i + 4],
    stop_reason: v[i + 5],
    stop_sequence: v[i + 6],
    stop_details: v[i + 7],
    usage: v[i + 8],
  }),
  (v, i) => ({
    id: v[i],
    type: v[i + 1],
    role: v[i + 2],
    model: v[i + 3],
    content: v[i + 4],
    stop_reason: v[i + 5],
    stop_sequence: v[i + 6],
    usage: v[i + 7],
  }),
  // Content.
  (v, i) => ({ type: v[i], text: v[i + 1] }),
  (v, i) => ({ citations: v[i], type: v[i + 1], text: v[i + 2] }),
  (v, i) => ({ type: v[i], id: v[i + 1], name: v[i + 2], input: v[i + 3] }),
  (v, i) => ({ type: v[i], id: v[i + 1], name: v[i + 2], input: v[i + 3], caller: v[i + 4] }),
  (v, i) => ({ type: v[i], thinking: v[i + 1], signature: v[i + 2] }),
  (v, i) => ({ type: v[i], data: v[i + 1] }),
  // Usage.
  (v, i) => ({ ephemeral_5m_input_tokens: v[i], ephemeral_1h_input_tokens: v[i + 1] }),
  (v, i) => ({ thinking_tokens: v[i] }),
  (v, i) => ({ web_search_requests: v[i], web_fetch_requests: v[i + 1] }),
  (v, i) => ({
    input_tokens: v[i],
    cache_creation_input_tokens: v[i + 1],
    cache_read_input_tokens: v[i + 2],
    cache_creation: v[i + 3],
    output_tokens: v[i + 4],
    service_tier: v[i + 5],
  }),
  (v, i) => ({
    input_tokens: v[i],
    cache_creation_input_tokens: v[i + 1],
    cache_read_input_tokens: v[i + 2],
    cache_creation: v[i + 3],
    output_tokens: v[i + 4],
    service_tier: v[i + 5],
    inference_geo: v[i + 6],
  }),
  (v, i) => ({
    input_tokens: v[i],
    cache_creation_input_tokens: v[i + 1],
    cache_read_input_tokens: v[i + 2],
    cache_creation: v[i + 3],
    output_tokens: v[i + 4],
    output_tokens_details: v[i + 5],
    service_tier: v[i + 6],
    inference_geo: v[i + 7],
  }),
  (v, i) => ({ input_tokens: v[i], output_tokens: v[i + 1] }),
  (v, i) => ({ input_tokens: v[i], output_tokens: v[i + 1], service_tier: v[i + 2] }),
];

const KNOWN = new Map(LITERALS.map((make) => [JSON.stringify(Object.keys(make([], 0))), make]));

/** What makes an object with these keys, `sample` being one. */
export function makerOf(keys: readonly string[], sample: object): Make {
  return KNOWN.get(JSON.stringify(keys)) ?? copier(keys, { ...sample } as Record<string, unknown>);
}

/** A copy has the layout of what it is a copy of. */
function copier(keys: readonly string[], sample: Record<string, unknown>): Make {
  return (v, i) => {
    const made = { ...sample };
    for (let at = 0; at < keys.length; at++) made[keys[at] as string] = v[i + at];
    return made;
  };
}

/** What makes an array of so many elements. */
export function arrayMaker(length: number): Make {
  if (length === 1) return (v, i) => [v[i]];
  return (v, i) => v.slice(i, i + length);
}
