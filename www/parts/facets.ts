// Ways to have fewer rows: facets with counts and bars, search. What is chosen stands in the address.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { live as bound } from "lit/directives/live.js";
import { count } from "../../js/cli/screen/format.js";
import { requery, route } from "../lib/route.js";
import type { Facet, Query } from "../shared.js";
import { share } from "./charts.js";

/** What the address asks for, by these facets. Several values of one stand in a row, with bars between. */
export function queryOf(names: readonly string[]): Query {
  const { query } = route.value;
  const facets = names.map((name): [string, string[]] => [
    name,
    query.getAll(name).flatMap((text) =>
      text
        .split("|")
        .filter((value) => value !== "")
        .map(readable),
    ),
  ]);
  return { facets: Object.fromEntries(facets), text: query.get("q") ?? "", sort: query.get("sort") ?? "" };
}

/** These names, and those of fields and columns that the address has: what there is of these depends on the data. */
export function namesWith(names: readonly string[]): string[] {
  const own = [...route.value.query.keys()].filter((name) => /^(?:field|column)\./.test(name));
  return [...new Set([...names, ...own])];
}

/** A value as it stands in the address, where bars are between values. */
function written(value: string): string {
  return value.replace(/[%|]/g, encodeURIComponent);
}

function readable(value: string): string {
  return value.replace(/%(?:25|7C)/g, decodeURIComponent);
}

/** Whether a query leaves anything out. */
export function isFiltered({ facets, text }: Query): boolean {
  return text !== "" || Object.values(facets).some((values) => values.length > 0);
}

/** Shows all rows again. */
export function clear(names: readonly string[]): void {
  requery(Object.fromEntries([...names, "q"].map((name) => [name, null])));
}

/** Adds a value to what is asked for, or takes it away. */
export function toggle(query: Query, name: string, value: string): void {
  const chosen = query.facets[name] ?? [];
  const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
  requery({ [name]: next.map(written).join("|") });
}

/** Facets, those of the table's own columns below the others, and the button that clears them. */
export function facetBar(facets: readonly Facet[], query: Query, names: readonly string[]): TemplateResult {
  const isColumn = ({ name }: Facet): boolean => name.startsWith("column.");
  const columns = facets.filter(isColumn);
  const isUsed = columns.some(({ name }) => (query.facets[name]?.length ?? 0) > 0);
  return html`<section class="facets" aria-label="Facets">
    ${isFiltered(query) ? html`<button type="button" @click=${() => clear(names)}>Clear filter</button>` : nothing}
    ${facets.filter((facet) => !isColumn(facet)).map((facet) => facetList(facet, query))}
    ${
      columns.length === 0
        ? nothing
        : html`<details class="facet-columns" ?open=${areColumnsOpen.value || isUsed} @toggle=${noteColumns}><summary>Columns</summary>${columns.map((facet) => facetList(facet, query))}</details>`
    }
  </section>`;
}

/** Whoever has opened them finds them open after the next drawing. */
const areColumnsOpen = signal(false);

function noteColumns(event: Event): void {
  areColumnsOpen.value = (event.target as HTMLDetailsElement).open;
}

function facetList({ name, label, values, isRange }: Facet, query: Query): TemplateResult {
  const most = Math.max(...values.map((each) => each.count));
  const chosen = query.facets[name] ?? [];
  const button = ({ value, count: number }: Facet["values"][number]): TemplateResult =>
    html`<button type="button" class="facet-value" aria-pressed=${chosen.includes(value)} @click=${() => toggle(query, name, value)}>
      ${share(number, most)}<span class="facet-name">${value}</span><span class="facet-count">${count(number)}</span>
    </button>`;
  const isShort = isRange || values.length <= SHOWN + 1;
  // What is chosen stays in sight.
  const first = values.filter(({ value }, at) => isShort || at < SHOWN || chosen.includes(value));
  const rest = values.filter((value) => !first.includes(value));
  return html`<fieldset class="facet"><legend>${label}</legend>
    ${first.map(button)}
    ${rest.length === 0 ? nothing : html`<details><summary>${count(rest.length)} more</summary>${rest.map(button)}</details>`}
  </fieldset>`;
}

const SHOWN = 8;

/** The field that searches all text. */
export function searchField(query: Query, fault: string | null): TemplateResult {
  return html`<div class="field">
    <label for="search">Search</label>
    <input id="search" type="search" placeholder="refund, out:refund, /ref(und)?/" .value=${bound(query.text)} autocomplete="off" spellcheck="false"
      @input=${(event: Event) => requery({ q: (event.target as HTMLInputElement).value })} aria-invalid=${fault !== null} aria-describedby="search-fault">
    <p id="search-fault" class="small wrong-words">${fault ?? ""}</p>
  </div>`;
}

/** The text with what was searched for marked in it. */
export function marked(text: string, wanted: string): TemplateResult | string {
  const needle = wanted.replace(/^(?:out|in):/, "").trim();
  if (needle === "" || needle.startsWith("/")) return text;
  const at = text.toLowerCase().indexOf(needle.toLowerCase());
  if (at < 0) return text;
  return html`${text.slice(0, at)}<mark>${text.slice(at, at + needle.length)}</mark>${text.slice(at + needle.length)}`;
}
