// What a page of the tests about tabs has at hand; tests/js/stores/tabs.ts drives it.
import * as batchwise from "batchwise";
import { lockJob } from "../../../js/stores/web-lock.js";

/** The package, and the server of this run. */
export interface TabTools {
  readonly batchwise: typeof batchwise;
  readonly lockJob: typeof lockJob;
}

Object.assign(globalThis, { tools: { batchwise, lockJob } satisfies TabTools });
