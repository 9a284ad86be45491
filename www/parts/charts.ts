// Figures as bars: counts at a glance, the same figures as words beside them.
import { html, type TemplateResult } from "lit";
import { count } from "../../js/cli/screen/format.js";
import { styled } from "../lib/styled.js";

const ORDER = ["succeeded", "errored", "expired", "canceled", "missing"] as const;

/** How many rows ended in which way. */
export function outcomeBar(outcomes: Readonly<Partial<Record<(typeof ORDER)[number], number>>>): TemplateResult {
  const listed = ORDER.map((name) => ({ name, value: outcomes[name] ?? 0 })).filter(({ value }) => value > 0);
  return html`<figure class="outcomes">
    <div class="outcome-bar" aria-hidden="true">${listed.map(
      ({ name, value }) => html`<span class=${`bar-piece ${name}`} ${styled({ "flex-grow": String(value) })}></span>`,
    )}</div>
    <figcaption>${listed.map(({ name, value }) => html`<span class="legend"><i class=${`swatch ${name}`}></i>${count(value)} ${name}</span>`)}</figcaption>
  </figure>`;
}

/** A share of the largest, as a bar behind a facet. */
export function share(value: number, most: number): TemplateResult {
  return html`<span class="share" aria-hidden="true" ${styled({ width: `${most === 0 ? 0 : (100 * value) / most}%` })}></span>`;
}
