// An estimate whose input was counted on some requests: by their tokens for a byte, with a margin for who was not asked.
import type { Estimate, EstimateRange } from "batchwise";
import { count } from "./format.js";

/** Of a normal distribution, 90 % lie within so many standard errors. */
const NINETY = 1.645;

/** The estimate with the input that the counts make likely. The ceiling stays: a sample bounds nothing. */
export function sampled(
  rough: Estimate,
  counts: readonly { bytes: number; tokens: number }[],
  all: { requests: number; bytes: number },
): Estimate {
  const [model] = rough.models;
  if (counts.length === 0 || !model || rough.models.length > 1) return rough;
  const sum = (of: (one: { bytes: number; tokens: number }) => number): number =>
    counts.reduce((total, one) => total + of(one), 0);
  const rate = sum(({ tokens }) => tokens) / sum(({ bytes }) => bytes);
  const variance = sum(({ bytes, tokens }) => (tokens - rate * bytes) ** 2) / Math.max(1, counts.length - 1);
  const likely = rate * all.bytes;
  // Counts are estimates themselves, so some margin is left however well they agree.
  const margin = Math.max(0.02 * likely, NINETY * all.requests * Math.sqrt(variance / counts.length));
  const { ceiling } = model.inputTokens;
  const inputTokens = {
    low: Math.max(0, likely - margin),
    high: Math.min(likely + margin, ceiling ?? Infinity),
    ceiling,
  };
  const input = scaled(rough.input, model.inputTokens, inputTokens);
  const share = likely === 0 ? 0 : (100 * margin) / likely;
  return {
    ...rough,
    input,
    total: {
      low: plus(input.low, rough.output.low),
      high: plus(input.high, rough.output.high),
      ceiling: plus(input.ceiling, rough.output.ceiling),
    },
    basis: `input counted by the API on ${count(counts.length)} of ${count(all.requests)} requests, ± ${share.toFixed(0)} %; ${rough.basis.replace(/^[^;]*; /, "")}`,
    models: [{ ...model, inputTokens, input }],
  };
}

/** Money for tokens at the prices that the rough estimate took. */
function scaled(usd: EstimateRange, from: EstimateRange, to: EstimateRange): EstimateRange {
  const price = (end: "low" | "high"): number | null => {
    const [money, tokens] = [usd[end], from[end]];
    return money === null || tokens === null || tokens === 0 ? null : money / tokens;
  };
  const [low, high] = [price("low"), price("high")];
  if (low === null || high === null) return usd;
  return { low: low * (to.low ?? 0), high: high * (to.high ?? 0), ceiling: usd.ceiling };
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
