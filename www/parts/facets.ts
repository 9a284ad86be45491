// Ways to have fewer rows: facets with counts and bars, search. What is chosen stands in the address.
import { html, type TemplateResult } from "lit";
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
    query.getAll(name).flatMap((text) => text.split("|").filter((value) => value !== "")),
  ]);
  return { facets: Object.fromEntries(facets), text: query.get("q") ?? "", sort: query.get("sort") ?? "" };
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
  requery({ [name]: next.join("|") });
}

/** Facets, and below them the button that clears them. */
export function facetBar(facets: readonly Facet[], query: Query, names: readonly string[]): TemplateResult {
  return html`<section class="facets" aria-label="Facets">
    ${facets.map((facet) => facetList(facet, query))}
    ${isFiltered(query) ? html`<button type="button" @click=${() => clear(names)}>Clear filter</button>` : ""}
  </section>`;
}

function facetList({ name, label, values }: Facet, query: Query): TemplateResult {
  const most = Math.max(...values.map((each) => each.count));
  const chosen = query.facets[name] ?? [];
  return html`<fieldset class="facet"><legend>${label}</legend>
    ${values.map(
      ({
        value,
        count: number,
      }) => html`<button type="button" class="facet-value" aria-pressed=${chosen.includes(value)}
        @click=${() => toggle(query, name, value)}>
        ${share(number, most)}<span class="facet-name">${value}</span><span class="facet-count">${count(number)}</span>
      </button>`,
    )}
  </fieldset>`;
}

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
