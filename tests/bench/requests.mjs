// Requests to measure with: four kinds that people send, and two that are harder to remember; the same in every run.

const WORDS =
  'Please tell me whether this message is likely spam, and answer "yes" or "no": naïve 🙂 offer\nfree 100% now'.split(
    " ",
  );
const SYSTEM = "You classify short messages. Answer with one word. Think of what the sender wants.";

/** The request at `index`. */
export function request(kind, index) {
  const params = { ...base(kind), messages: [{ role: "user", content: content(kind, index) }] };
  if (kind === "own limits") Object.assign(params, { max_tokens: 256 + index, metadata: { user_id: `user-${index}` } });
  // What is remembered of one request says nothing of the next.
  if (kind === "no two alike") params.messages = conversation(index);
  return { custom_id: `row-${index}`, params };
}

/** Between 1 and 73 turns, in blocks or not. */
function conversation(index) {
  const turns = Array.from({ length: 1 + 2 * ((index * 7919) % 37) }, (_, turn) => {
    const text = words(index + turn, 4 + ((index * 13 + turn * 7) % 16));
    const content = (index + turn) % 3 === 0 ? [{ type: "text", text }] : text;
    return { role: turn % 2 === 0 ? "user" : "assistant", content };
  });
  return turns;
}

function base(kind) {
  const params = { model: "claude-haiku-5-5", max_tokens: 256 };
  if (["short prompts", "own limits", "no two alike"].includes(kind)) return { ...params, system: SYSTEM };
  if (kind === "tools") return { ...params, tools: TOOLS, tool_choice: { type: "auto" } };
  return params;
}

function content(kind, index) {
  if (kind === "long prompts") return words(index, 2500);
  if (kind !== "base64 images") return words(index, 20 + (index % 20));
  const source = { type: "base64", media_type: "image/png", data: picture(index) };
  return [
    { type: "image", source },
    { type: "text", text: words(index, 10) },
  ];
}

function words(index, count) {
  return Array.from({ length: count }, (_, n) => WORDS[(index * 31 + n * 17 + (n >> 3)) % WORDS.length]).join(" ");
}

/** The first bytes of a PNG, and 60 to 120 kB that no decoder would like. */
function picture(index) {
  const bytes = Buffer.alloc(60_000 + ((index * 7919) % 60_000));
  let state = index + 1;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return bytes.toString("base64");
}

const field = (description) => ({ type: "string", description });
const TOOLS = ["get_order", "get_customer", "refund", "send_mail", "search_articles", "close_ticket"].map((name) => ({
  name,
  description: `Use ${name} when the customer's message asks for it, and never otherwise. Say what was done.`,
  input_schema: {
    type: "object",
    properties: {
      id: field("The number of the order or the customer, as it stands in the message."),
      reason: field("Why, in one sentence that the customer could read."),
      amount: { type: "number", description: "In euros, where money is meant." },
      tags: { type: "array", items: { type: "string" } },
    },
    required: ["id"],
  },
}));
