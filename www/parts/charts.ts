// Figures as bars: counts at a glance, the same figures as words beside them.
import { html, type TemplateResult } from "lit";
import { count } from "../../js/cli/screen/format.js";
import { type Crossing, KINDS } from "../comparison.js";
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

/** One line of a chart. */
export interface Bar {
  readonly label: string;
  /** How much, and of which kind: the kinds of a chart follow each other in one bar. */
  readonly pieces: readonly { readonly value: number; readonly kind: string }[];
  /** The same in words. */
  readonly words: string;
}

/** Bars on one scale with their figures beside them: a chart to look at, and a table to read. */
export function barTable(title: string, bars: readonly Bar[]): TemplateResult {
  const sumOf = ({ pieces }: Bar): number => pieces.reduce((sum, { value }) => sum + value, 0);
  const most = Math.max(...bars.map(sumOf));
  const width = (value: number): string => `${most === 0 ? 0 : (100 * value) / most}%`;
  return html`<table class="bars">
    <caption>${title}</caption>
    <tbody>${bars.map(
      (bar) => html`<tr><th scope="row">${bar.label}</th>
        <td aria-hidden="true"><div class="bar-line">${bar.pieces.map(({ value, kind }) => html`<span class=${`bar-fill ${kind}`} ${styled({ width: width(value) })}></span>`)}</div></td>
        <td class="is-number">${bar.words}</td></tr>`,
    )}</tbody>
  </table>`;
}

/** A share of the largest, as a bar behind a facet. */
export function share(value: number, most: number): TemplateResult {
  return html`<span class="share" aria-hidden="true" ${styled({ width: `${most === 0 ? 0 : (100 * value) / most}%` })}></span>`;
}

/** The rows of two runs by what became of them; positions are those of {@link KINDS}. */
export function kindBar(kinds: readonly number[]): TemplateResult {
  const listed = KINDS.map((name, at) => ({ name, at, value: kinds[at] ?? 0 })).filter(({ value }) => value > 0);
  return html`<figure class="outcomes">
    <div class="outcome-bar" aria-hidden="true">${listed.map(
      ({ at, value }) => html`<span class=${`bar-piece kind-${at}`} ${styled({ "flex-grow": String(value) })}></span>`,
    )}</div>
    <figcaption>${listed.map(({ name, at, value }) => html`<span class="legend"><i class=${`swatch kind-${at}`}></i>${count(value)} ${name}</span>`)}</figcaption>
  </figure>`;
}

/** Answers of A down, of B across; a figure is a button that shows its rows. */
export function crossingTable(
  { a, b, counts }: Crossing,
  chosen: readonly string[],
  choose: (value: string) => void,
): TemplateResult {
  const most = Math.max(1, ...counts.flat());
  const cell = (x: string, y: string, value: number): TemplateResult =>
    html`<td class=${x === y ? "is-number met" : "is-number"}>${
      value === 0
        ? html`<span class="muted">0</span>`
        : html`<button type="button" class="heat" aria-pressed=${chosen.includes(`${x} → ${y}`)} aria-label=${`A ${x}, B ${y}: ${count(value)} rows`}
            @click=${() => choose(`${x} → ${y}`)} ${styled({ "--heat": `${Math.round((60 * value) / most)}%` })}>${count(value)}</button>`
    }</td>`;
  return html`<div class="table-scroll bare" tabindex="0" role="group" aria-label="Which answer met which"><table class="crossing">
    <thead><tr><th scope="col">A ↓ B →</th>${b.map((label) => html`<th scope="col" class="is-number">${label}</th>`)}</tr></thead>
    <tbody>${a.map(
      (label, x) =>
        html`<tr><th scope="row">${label}</th>${b.map((other, y) => cell(label, other, counts[x]?.[y] ?? 0))}</tr>`,
    )}</tbody>
  </table></div>`;
}
