// What the snippets of README.md and docs/ take for granted, as globals. `client` and `time` belong to an emulator whose
// clock stands until a job waits; what calls https://api.anthropic.com, or the relay of docs/relay.md, meets another one,
// whose hours are seconds. Nothing leaves this process.
import { Batchwise, table } from "batchwise";
import { createEmulator } from "batchwise/emulator";
import { askRelay, createRelay } from "batchwise/relay";

const emulator = createEmulator({ seed: 1, clock: "manual", answers: ["positive", "negative"] });
const { clock } = emulator;
const reviews = [
  { id: "a1", text: "Loved it." },
  { id: "a2", text: "Broke after a day." },
  { id: "a3", text: "It is a chair." },
];
const source = table(reviews, {
  prompt: "Is this review positive or negative? One word.\n\n{{text}}",
  model: "claude-haiku-5-5",
  maxTokens: 8,
  key: "id",
});
const accessToken = "a-token-of-the-relay";

const api = createEmulator({ seed: 1, clock: 2000, answers: ["positive", "negative"] });
const relay = createRelay({ apiKey: "sk-ant-docs", accessToken });
const hosts = { "api.anthropic.com": api.fetch, "relay.example": (input, init) => relay(new Request(input, init)) };
globalThis.fetch = (input, init) => {
  const { host } = new URL(input instanceof Request ? input.url : input);
  const answer = hosts[host];
  return answer ? answer(input, init) : Promise.reject(new TypeError(`the docs call nobody at ${host}`));
};

Object.assign(globalThis, {
  accessToken,
  askRelay,
  client: new Batchwise({ apiKey: "any", fetch: emulator.fetch }),
  clock,
  emulator,
  request: new Request("https://relay.example/_batchwise/hello", {
    headers: { authorization: `Bearer ${accessToken}` },
  }),
  source,
  time: { now: clock.now, sleep: clock.advance },
});
