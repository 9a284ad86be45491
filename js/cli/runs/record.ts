// A run as it lies on disk: what was asked of which input, and what came of it. No key, no answer.
import type { JobReport } from "batchwise";
import type { Kind } from "../input/open.js";
import type { Recipe } from "../input/request.js";

/** `run.json` of a run. */
export interface RunRecord {
  readonly version: 1;
  readonly id: string;
  readonly createdAt: string;
  /** Where its batches are. */
  readonly origin: string;
  /** The same input, recipe and origin give the same. */
  readonly fingerprint: string;
  readonly data: {
    readonly name: string;
    readonly kind: Kind;
    /** The file as it lies; null where a copy in the run's folder is what counts. */
    readonly path: string | null;
    readonly sha256: string;
    /** Whether finished requests lie in the run's folder, made of the rows. */
    readonly made: boolean;
  };
  readonly recipe: Recipe;
  readonly requestCount: number;
  readonly settings: RunSettings;
  /** Where `-o` sends what comes of it. */
  readonly output: string | null;
  /** The emulator's clock, where it runs faster than ours. */
  readonly clock: { readonly speed: number; readonly at: number } | null;
  /** Batches that were made elsewhere and are only read here. */
  readonly adopted?: readonly string[];
  /** The run whose failed rows this one sends again. */
  readonly retries?: string;
  /** The account, once there is one. */
  readonly report?: JobReport;
  readonly finishedAt?: string;
}

/** What decides how a run is driven. */
export interface RunSettings {
  readonly maxCost?: number | undefined;
  readonly rounds?: number | undefined;
  readonly pilot?: number | undefined;
}
