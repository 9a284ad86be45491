// How many bodies and results one isolate handles at once. Many jobs share its 128 MB, and their buffers add up.

/** At once, in one isolate. */
const MOST = 2;
/** Between two looks. */
const LOOK_MS = 50;
/** After this somebody is taken to have died without a word. */
const LONGEST_MS = 300_000;

let busy = 0;

/**
 * Runs `work` when the isolate has room for it. Everybody waits on timers of his own: what one request of a Worker begins
 * must not be waited for in another.
 */
export async function admitted<T>(work: () => Promise<T>): Promise<T> {
  for (let waited = 0; busy >= MOST && waited < LONGEST_MS; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  busy += 1;
  try {
    return await work();
  } finally {
    busy -= 1;
  }
}
