// S8: all runs of this browser.
import { signal } from "@preact/signals-core";
import { html, type TemplateResult } from "lit";
import { count, dollars } from "../../js/cli/screen/format.js";
import { duplicate, forget, purge } from "../actions.js";
import { View } from "../lib/element.js";
import { stepAddress } from "../lib/route.js";
import type { Run } from "../shared.js";
import { connection, runs } from "../state.js";

const HEADS = [
  { words: "Name", look: "" },
  { words: "When", look: "is-extra" },
  { words: "Model", look: "is-extra" },
  { words: "Rows", look: "is-number is-extra" },
  { words: "State", look: "" },
  { words: "Cost", look: "is-number is-extra" },
  { words: "Actions", look: "" },
] as const;

/** A table by its roles as well: on a narrow page its lines are laid out as cards, and stay a table for those who hear it. */
class Runs extends View {
  readonly #asked = signal<Run | null>(null);

  protected override render(): TemplateResult {
    if (runs.value.length === 0) {
      return html`<h1>History</h1><div class="empty"><p class="empty-title">No runs yet</p>
        <p class="muted">A run begins with a file.</p><a class="button main" href="#/">Open one</a></div>`;
    }
    return html`<h1>History</h1>
      <div class="table-scroll" tabindex="0" role="group" aria-label="Runs"><table class="list" role="table">
        <thead role="rowgroup"><tr role="row">${HEADS.map(({ words, look }) => html`<th scope="col" role="columnheader" class=${look}>${words}</th>`)}</tr></thead>
        <tbody role="rowgroup">${runs.value.map((run) => line(run, () => this.#ask(run)))}</tbody>
      </table></div>
      ${this.#dialog()}`;
  }

  #dialog(): TemplateResult {
    const run = this.#asked.value;
    const batches = run?.attempts.flatMap(({ report }) => report?.batches ?? []).length ?? 0;
    const close = (): void => this.querySelector("dialog")?.close();
    const go = (): void => {
      close();
      if (run) void purge(run.id);
    };
    return html`<dialog aria-labelledby="purge-title">
      <h2 id="purge-title">Delete at the provider</h2>
      <p>${count(batches)} ${batches === 1 ? "batch" : "batches"} of ${run?.name} with ${batches === 1 ? "its" : "their"} results. The results that are here stay; nothing brings the others back.</p>
      <div class="row"><button type="button" class="main" @click=${go}>Delete ${count(batches)} ${batches === 1 ? "batch" : "batches"}</button>
        <button type="button" @click=${close}>Close</button></div>
    </dialog>`;
  }

  #ask(run: Run): void {
    this.#asked.value = run;
    this.querySelector("dialog")?.showModal();
  }
}

/** Whether there is something at the API, and all of it was read. */
function canPurge({ attempts, purgedAt, mode }: Run): boolean {
  const isOurs = mode === connection.value.mode;
  return isOurs && purgedAt === undefined && attempts.length > 0 && attempts.every(({ report }) => report !== null);
}

function line(run: Run, ask: () => void): TemplateResult {
  const { id, name, createdAt, settings, data, attempts } = run;
  const cost = attempts.reduce((sum, { report }) => sum + (report?.cost ?? 0), 0);
  return html`<tr role="row">
    <th scope="row" role="rowheader"><a href=${stepAddress(id, attempts.length > 0 ? "run" : "data")}>${name}</a></th>
    <td role="cell" class="is-extra">${new Date(createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}</td>
    <td role="cell" class="is-extra">${settings.model}</td>
    <td role="cell" class="is-number is-extra">${count(data.rowCount)}</td>
    <td role="cell">${stateOf(run)}</td>
    <td role="cell" class="is-number is-extra">${attempts.length === 0 ? "" : dollars(cost)}</td>
    <td role="cell"><div class="row"><button type="button" @click=${() => duplicate(id)} aria-label=${`Duplicate: ${name}`}>Duplicate</button>
      <button type="button" @click=${() => forget(id)} aria-label=${`Delete here: ${name}`}>Delete here</button>
      ${canPurge(run) ? html`<button type="button" @click=${ask} aria-label=${`Delete at provider: ${name}`}>Delete at provider</button>` : ""}</div></td>
  </tr>`;
}

function stateOf({ attempts, purgedAt }: Run): string {
  if (purgedAt !== undefined) return "finished, deleted at the provider";
  const last = attempts.at(-1);
  if (!last) return "draft";
  if (last.failure) return "stopped";
  if (!last.report) return "in progress";
  return last.report.outcomes.succeeded === last.report.requestCount ? "finished" : "finished, some failed";
}

customElements.define("bw-runs", Runs);
