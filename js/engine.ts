/// <reference lib="esnext.disposable" preserve="true" />
// The engine step by step: for drivers that make the calls, let the time pass and keep the state themselves.
export * from "./engine/machine.js";
export * from "./engine/planner.js";
export * from "./engine/reader.js";
export { BatchwiseError } from "./errors.js";
export type { JobEvent, JobProgress, JobReport, PartProgress, PartState } from "./job-types.js";
export type { Estimate, PlanPart, Violation } from "./plan.js";
export { ResultBlock, type ResultRow } from "./row.js";
export { memoryBytes } from "./start.js";
