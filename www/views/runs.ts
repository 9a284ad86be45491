// S8: all runs of this browser.
import { html, type TemplateResult } from "lit";
import { count, dollars } from "../../js/cli/screen/format.js";
import { duplicate, forget } from "../actions.js";
import { View } from "../lib/element.js";
import { stepAddress } from "../lib/route.js";
import type { Run } from "../shared.js";
import { runs } from "../state.js";

class Runs extends View {
  protected override render(): TemplateResult {
    if (runs.value.length === 0) {
      return html`<h1>History</h1><div class="empty"><p class="empty-title">No runs yet</p>
        <p class="muted">A run begins with a file.</p><a class="button main" href="#/">Open one</a></div>`;
    }
    return html`<h1>History</h1>
      <div class="table-scroll" tabindex="0" role="group" aria-label="Runs"><table>
        <thead><tr><th scope="col">Name</th><th scope="col">When</th><th scope="col">Model</th><th scope="col">Rows</th><th scope="col">State</th><th scope="col">Cost</th><th scope="col">Actions</th></tr></thead>
        <tbody>${runs.value.map(line)}</tbody>
      </table></div>`;
  }
}

function line(run: Run): TemplateResult {
  const { id, name, createdAt, settings, data, attempts } = run;
  const cost = attempts.reduce((sum, { report }) => sum + (report?.cost ?? 0), 0);
  return html`<tr>
    <th scope="row"><a href=${stepAddress(id, attempts.length > 0 ? "run" : "data")}>${name}</a></th>
    <td>${new Date(createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}</td>
    <td>${settings.model}</td>
    <td class="is-number">${count(data.rowCount)}</td>
    <td>${stateOf(run)}</td>
    <td class="is-number">${attempts.length === 0 ? "" : dollars(cost)}</td>
    <td><button type="button" @click=${() => duplicate(id)} aria-label=${`Duplicate: ${name}`}>Duplicate</button>
      <button type="button" @click=${() => forget(id)} aria-label=${`Delete here: ${name}`}>Delete here</button></td>
  </tr>`;
}

function stateOf({ attempts }: Run): string {
  const last = attempts.at(-1);
  if (!last) return "draft";
  if (last.failure) return "stopped";
  if (!last.report) return "in progress";
  return last.report.outcomes.succeeded === last.report.requestCount ? "finished" : "finished, some failed";
}

customElements.define("bw-runs", Runs);
