// How the page is watched from inside: when something was drawn, how long frames and tasks took, what memory is held.

const FRAMES = 120;
const STEP_PX = 400;
const WARM_FRAMES = 10;

/** Runs in the page before anything else of it: times count from the last `input` or `change`. */
export function observe() {
  const probe = {
    times: {},
    wanted: [],
    since: 0,
    longest: 0,
    begin() {
      this.since = performance.now();
      this.times = {};
      this.longest = 0;
    },
    look() {
      for (const { name, selector, text } of this.wanted) {
        if (this.times[name] !== undefined || this.since === 0) continue;
        const found = document.querySelector(selector);
        if (found && new RegExp(text).test(found.textContent)) this.times[name] = performance.now() - this.since;
      }
    },
  };
  globalThis.probe = probe;
  addEventListener("change", () => probe.begin(), true);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) probe.longest = Math.max(probe.longest, duration);
  }).observe({ type: "longtask" });
  new MutationObserver(() => probe.look()).observe(document, { subtree: true, childList: true, characterData: true });
}

/** Has the time noted at which the first element of `selector` has such a text. */
export function seen(page, name, selector, pattern) {
  return page.evaluate((wanted) => globalThis.probe.wanted.push(wanted), { name, selector, text: pattern.source });
}

/**
 * Scrolls the first element of `selector`: the p95 of its frames, how many there were, and the most nodes that were in the
 * grid meanwhile.
 */
export function scrolled(page, selector) {
  return page.evaluate(
    async ([selector, count, warm, step]) => {
      const frames = (work) =>
        new Promise((done) => {
          const times = [];
          let last = performance.now();
          const frame = (now) => {
            times.push(now - last);
            last = now;
            work();
            if (times.length < count + warm) requestAnimationFrame(frame);
            else done(times.slice(warm).sort((a, b) => a - b)[Math.floor(count * 0.95)]);
          };
          requestAnimationFrame(frame);
        });
      const scroll = document.querySelector(selector);
      let nodes = 0;
      const p95 = await frames(() => {
        scroll.scrollTop += step;
        nodes = Math.max(nodes, document.querySelectorAll("[data-testid=grid] *").length);
      });
      return { p95, nodes, count: count + warm };
    },
    [selector, FRAMES, WARM_FRAMES, STEP_PX],
  );
}

/** The p95 of frames of a page with nothing in it that is scrolled the same way: what this machine needs for itself. */
export async function blank(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.setContent('<div id="box" style="height:36rem;overflow:auto"><div style="height:3600000px"></div></div>');
  const { p95 } = await scrolled(page, "#box");
  await page.close();
  return p95;
}

/** Asks how many milliseconds the page's own thread has worked so far, and how many of them its scripts. */
export async function ownThread(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (wanted) => 1000 * (metrics.find(({ name }) => name === wanted)?.value ?? 0);
    return { all: of("TaskDuration"), script: of("ScriptDuration") };
  };
}

/** Types words letter by letter into the search, each letter once the answer to the one before is there. */
export async function typed(page, words) {
  const times = await page.evaluate(async (words) => {
    const field = document.querySelector("#search");
    const told = [];
    const answer = (wanted) =>
      new Promise((found) => {
        const look = () => document.querySelector("[data-testid=matching]")?.dataset.query === wanted;
        const observer = new MutationObserver(() => {
          if (!look()) return;
          observer.disconnect();
          found();
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        if (look()) found();
      });
    for (const word of words) {
      for (let end = 1; end <= word.length; end += 1) {
        const text = word.slice(0, end);
        const start = performance.now();
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await answer(text);
        told.push([performance.now() - start, Number(document.querySelector("[data-testid=matching]").dataset.ms)]);
      }
    }
    return told;
  }, words);
  const p95 = (at) => times.map((time) => time[at]).sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
  return { p95: p95(0), worker: p95(1), count: times.length };
}

/** The same work in plain JavaScript, in the page, on the same file. */
export async function beside(page, path, work) {
  const name = `reference-${work}`;
  await page.evaluate((id) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", id });
    input.addEventListener("change", (event) => event.stopPropagation());
    document.body.append(input);
  }, name);
  await page.locator(`#${name}`).setInputFiles(path);
  return page.evaluate(
    async ([id, work]) => {
      const text = await document.getElementById(id).files[0].text();
      document.getElementById(id).remove();
      if (work === "search") {
        const texts = text
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line).result.message?.content[0].text ?? "");
        const start = performance.now();
        const found = texts.filter((each) => each.toLowerCase().includes("refund of")).length;
        return `in plain JavaScript a search takes ${(performance.now() - start).toFixed(0)} ms (${found} found)`;
      }
      const start = performance.now();
      let [count, cell, inQuotes] = [0, 0, false];
      const rows = [];
      let row = [];
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (code === 34) inQuotes = !inQuotes;
        else if (!inQuotes && (code === 44 || code === 10)) {
          row.push(text.slice(cell, at));
          cell = at + 1;
          if (code === 10) {
            rows.push(row);
            row = [];
            count += 1;
          }
        }
      }
      return `in plain JavaScript the cells of the table take ${(performance.now() - start).toFixed(0)} ms (${count} rows)`;
    },
    [name, work],
  );
}

/**
 * Milliseconds of processor that the page's process has used so far, its worker and its drawing among them: where others
 * keep the machine busy, the clock says how busy it was, and this what the page did.
 */
export async function processor(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}

/** Megabytes of scripts' heaps in the page and its worker, and of what lies outside of them. */
export async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  const usage = [];
  const worker = new Promise((found) => {
    session.on("Target.attachedToTarget", ({ sessionId }) => {
      const send = (id, method) =>
        session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
      session.on("Target.receivedMessageFromTarget", ({ message }) => {
        const { id, result } = JSON.parse(message);
        if (id === 1) void send(2, "Runtime.getHeapUsage");
        if (id === 2) found(result);
      });
      void send(1, "HeapProfiler.collectGarbage");
    });
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  usage.push(await worker);
  await session.send("HeapProfiler.collectGarbage");
  usage.push(await session.send("Runtime.getHeapUsage"));
  const sum = (of) => usage.reduce((total, each) => total + of(each), 0) / 1e6;
  return {
    script: sum(({ usedSize }) => usedSize),
    outside: sum(({ backingStorageSize = 0, embedderHeapUsedSize = 0 }) => backingStorageSize + embedderHeapUsedSize),
  };
}
