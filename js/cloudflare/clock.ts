// The time of a job: the runtime's, or one that keeps pace with an emulator whose hours are seconds.
import { BatchwiseError } from "../errors.js";

/** Where a job's time comes from. */
export interface JobClock {
  now(): number;
  /** When it will be so late, by the runtime's own clock. */
  real(moment: number): number;
}

/**
 * The clock that `BATCHWISE_CLOCK` names: `600@1793000000000` runs 600 times faster since that moment in milliseconds
 * since 1970. Without it the runtime's.
 */
export function clockOf(text: string | undefined): JobClock {
  if (!text) return { now: () => Date.now(), real: (moment) => moment };
  const [, speed, at] = (/^(\d+(?:\.\d+)?)@(\d+)$/.exec(text) ?? []).map(Number);
  if (!speed || at === undefined) {
    throw new BatchwiseError("misuse/option", "BATCHWISE_CLOCK is a speed and a moment, such as 600@1793000000000");
  }
  return {
    now: () => Math.round(at + (Date.now() - at) * speed),
    real: (moment) => Math.ceil(at + (moment - at) / speed),
  };
}
