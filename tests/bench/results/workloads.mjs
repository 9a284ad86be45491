// Results files of the kinds that jobs bring, from a fixed seed: no two rows alike, no two runs different.

const WORDS =
  "the model says that this message is quite likely harmless because its sender asks for nothing and names a date".split(
    " ",
  );

/** Each kind with how one row of it comes about. */
const KINDS = {
  short: (i, next) => line(i, answer(i, [text(["ham", "spam", "unclear"][next() % 3])], 4)),
  "2 KB": (i, next) => line(i, answer(i, [text(prose(next, 1_450))], 350)),
  "20 KB": (i, next) =>
    line(i, answer(i, [text("\0".repeat(3_200))], 3_000)).replaceAll("\\u0000", () => letter(next())),
  mixed: (i, next) => mixed(i, next),
  "1 MB": (i, next) => line(i, answer(i, [text(prose(next, 47_500).repeat(20))], 250_000)),
  "32 MiB": (i, next) => line(i, answer(i, [text(prose(next, 65_000).repeat(508))], 8_000_000)),
};

/** A file of about so many bytes; `rows` of it are results. */
export function workload(kind, size) {
  const next = random(kind.length * 7919 + 1);
  const lines = [];
  for (let bytes = 0, i = 0; bytes < size; i++) {
    const made = KINDS[kind](i, next);
    lines.push(made);
    bytes += made.length + 1;
  }
  const file = new TextEncoder().encode(`${lines.join("\n")}\n`);
  return { kind, file, rows: lines.length, lines };
}

function mixed(i, next) {
  const dice = next() % 100;
  const id = `toolu_${(i * 104729).toString(36).padStart(20, "0")}`;
  if (dice < 55) return line(i, answer(i, [text(prose(next, 200 + (next() % 600)))], 150));
  if (dice < 85) {
    const input = { city: WORDS[next() % WORDS.length], days: next() % 10, units: "metric", note: prose(next, 80) };
    const call = { type: "tool_use", id, name: "get_weather", input };
    return line(i, answer(i, dice < 70 ? [call] : [text(prose(next, 120)), call], 90, "tool_use"));
  }
  if (dice < 95) {
    const error = { type: "overloaded_error", message: "Overloaded", details: null };
    const request_id = `req_${(i * 7919).toString(36).padStart(20, "0")}`;
    return line(i, { type: "errored", error: { type: "error", error, request_id } });
  }
  return line(i, { type: dice < 98 ? "expired" : "canceled" });
}

function line(i, result) {
  return JSON.stringify({ custom_id: `request-${String(i).padStart(7, "0")}`, result });
}

function answer(i, content, tokens, stop_reason = "end_turn") {
  const usage = {
    input_tokens: 100 + ((i * 31) % 400),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: tokens + (i % 50),
    service_tier: "batch",
    inference_geo: "not_available",
  };
  const id = `msg_01${(i * 1_299_709).toString(36).padStart(22, "0")}`;
  const message = { model: "claude-haiku-4-5-20251001", id, type: "message", role: "assistant", content };
  return {
    type: "succeeded",
    message: { ...message, stop_reason, stop_sequence: null, stop_details: null, usage },
  };
}

const text = (words) => ({ type: "text", text: words });

/** About so many characters: lines and quotes as models write them, and in one answer of four some that are not ASCII. */
function prose(next, length) {
  const beyond = next() % 4 === 0;
  const parts = [];
  for (let made = 0; made < length; ) {
    const dice = next() % 40;
    const word = WORDS[next() % WORDS.length];
    const part =
      dice === 0
        ? `${word}.\n\n`
        : dice === 1
          ? `"${word}" `
          : dice === 2 && beyond
            ? `${word} – naïve 🙂 `
            : `${word} `;
    parts.push(part);
    made += part.length;
  }
  return parts.join("");
}

/** A letter of some other alphabet, written as an escape. */
const letter = (dice) => `\\u${(0x4e00 + (dice % 0x5000)).toString(16)}`;

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
