// What is in the answers, as charts: each field, or the whole answers where these are few.
import { html, nothing, type TemplateResult } from "lit";
import { count } from "../../js/cli/screen/format.js";
import type { Facet, Look } from "../shared.js";
import { barTable } from "./charts.js";

const MOST_BARS = 12;
/** Kinds that have a colour of their own; all others share one. */
const STATES = ["succeeded", "errored", "expired", "canceled", "missing"];

/** Charts of these results, of those rows that match. */
export function valueCharts({ facets }: Look): TemplateResult | typeof nothing {
  const shown = facets.filter(
    ({ name, values }) => values.length > 0 && (name === "state" || name === "label" || name.startsWith("field.")),
  );
  if (shown.length === 0) return nothing;
  return html`<details class="card charts"><summary>Charts</summary>
    <div class="chart-grid">${shown.map(chart)}</div>
  </details>`;
}

function chart({ name, label, values, isRange }: Facet): TemplateResult {
  const all = values.reduce((sum, each) => sum + each.count, 0);
  const first = isRange ? values : values.slice(0, MOST_BARS);
  const rest = values.slice(first.length).reduce((sum, each) => sum + each.count, 0);
  const listed = rest > 0 ? [...first, { value: "all others", count: rest }] : first;
  const share = (value: number): string => (all === 0 ? "" : ` (${((100 * value) / all).toFixed(0)} %)`);
  return barTable(
    label,
    listed.map(({ value, count: number }) => ({
      label: value,
      pieces: [{ value: number, kind: name === "state" && STATES.includes(value) ? value : "plain" }],
      words: `${count(number)}${share(number)}`,
    })),
  );
}
