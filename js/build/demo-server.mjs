// The demo's API, in a process of its own: the emulator over HTTP, driven by its parent's messages.
import { at } from "./tools.mjs";

const { serveEmulator } = await import(at("target/demo/serve.js"));
const server = await serveEmulator(JSON.parse(process.argv[2] ?? "{}"));

const answers = {
  cut: () => server.cut(),
  restore: () => server.restore(),
  state: () => {
    const { state } = server.emulator;
    const batches = state.batches.map((batch) => ({ ...batch, ids: state.customIds(batch.id) }));
    return { commits: state.commits, faults: state.faults, batches, fates: [...state.requests()] };
  },
};

process.on("message", async (wish) => process.send({ wish, answer: (await answers[wish]()) ?? null }));
process.on("disconnect", () => process.exit(0));
process.send({ wish: "url", answer: server.url });
