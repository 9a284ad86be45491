// S3: what is wrong, grouped by cause, with its rows and what helps.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { count, dollars } from "../../js/cli/screen/format.js";
import { download, setSettings, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { stepAddress } from "../lib/route.js";
import "../parts/grid.js";
import { remove } from "../parts/parameters.js";
import type { Facts, Group, Run } from "../shared.js";
import { facts, isChecking, run } from "../state.js";

class Check extends View {
  readonly #chosen = signal<string | null>(null);

  protected override render(): TemplateResult {
    const open = run.value;
    const found = facts.value;
    if (!open) return html``;
    if (open.data.kind === "table" && open.settings.prompt.trim() === "") {
      return html`<h1>Check</h1>
        <p>There is no prompt yet, so there is nothing to check.</p>
        <div class="row"><a class="button main" href=${stepAddress(open.id, "prompt")}>Write one</a></div>`;
    }
    if (!found)
      return html`<h1>Check</h1><p class="muted" role="status">Checking ${count(open.data.rowCount)} rows …</p>`;
    const chosen = found.groups.find(({ code }) => code === this.#chosen.value) ?? found.groups[0] ?? null;
    return html`
      <h1>Check</h1>
      <p class="lead" aria-live="polite">${headline(open, found)} <span class="muted small">${isChecking.value ? "checking …" : `in ${found.ms.toFixed(0)} ms`}</span></p>
      ${found.fault ? html`<p class="note wrong" role="alert"><code>${found.fault.code}</code> ${found.fault.message}</p>` : nothing}
      ${duplicates(open, found)}
      ${found.groups.length === 0 ? (found.fault ? nothing : allGood(open)) : this.#groups(open, found, chosen)}
      ${
        found.errors === 0 && found.requestCount > 0
          ? html`<div class="row"><a class="button main" href=${stepAddress(open.id, "estimate")}>Continue</a></div>`
          : nothing
      }
    `;
  }

  #groups(open: Run, { groups }: Facts, chosen: Group | null): TemplateResult {
    return html`<div class="split">
      <section class="stack" aria-labelledby="problems">
        <div class="row spread"><h2 id="problems">Problems by cause</h2>
          <button type="button" @click=${() => download("problems")}>${icon("down")}Download rows with problems</button></div>
        <ul class="groups">${groups.map(
          (group) => html`<li>
            <button type="button" class="group" aria-pressed=${group === chosen} @click=${() => (this.#chosen.value = group.code)}>
              <span class=${`tag ${group.severity}`}>${icon(group.severity === "error" ? "cross" : "warn")}${group.severity}</span>
              <code>${group.code}</code>
              <span class="group-count">${count(group.count)} ${group.count === 1 ? "row" : "rows"}</span>
              <span class="group-message">${group.message}</span>
            </button>
          </li>`,
        )}</ul>
      </section>
      ${chosen ? this.#affected(open, chosen) : nothing}
    </div>`;
  }

  #affected({ data }: Run, group: Group): TemplateResult {
    const { rows, count: all, code, hint } = group;
    const known = rows.length < all ? `, the first ${count(rows.length)} are listed` : "";
    const model = {
      label: `Rows with ${code}`,
      count: rows.length,
      version: `${code} ${rows.join()}`,
      columns: [
        { id: "#", label: "Row", width: "4.5rem", isNumber: true, cell: ([number]: [number]) => count(number + 1) },
        ...data.columns.slice(0, 6).map((name, at) => ({
          id: name,
          label: name,
          width: "minmax(8rem, 1fr)",
          isExtra: at > 1,
          cell: ([, cells]: [number, string[]]) =>
            cells[at] === "" ? html`<span class="empty-cell">empty</span>` : (cells[at] ?? ""),
        })),
      ],
      rows: async (from: number, size: number) => {
        const wanted = rows.slice(from, from + size);
        return (await worker.cells(wanted)).map((cells, n) => [wanted[n] ?? 0, cells]);
      },
    };
    return html`<section class="stack" aria-labelledby="affected">
      <h2 id="affected">${count(all)} matching ${all === 1 ? "row" : "rows"} (${count(data.rowCount)} total)</h2>
      ${hint ? html`<p class="muted">What helps: ${hint}${known}.</p>` : nothing}
      <div class="row">${fixes(group)}</div>
      ${rows.length > 0 ? html`<bw-grid class="short" .model=${model}></bw-grid>` : nothing}
    </section>`;
  }
}

/** The buttons that make a group go away. */
function fixes({ code, rows, path }: Group): TemplateResult {
  const isId = code.startsWith("id/");
  const name = /^\/params\/([^/]+)$/.exec(path)?.[1];
  const isExtra = name !== undefined && (run.value?.settings.params ?? "").includes(`"${name}"`);
  return html`
    ${
      isId && run.value?.data.kind === "table"
        ? html`<button type="button" @click=${() => setSettings({ keyAsId: false })}>Make valid IDs</button>`
        : nothing
    }
    ${isExtra ? html`<button type="button" @click=${() => remove(path)}>Remove</button>` : nothing}
    ${rows.length > 0 ? html`<button type="button" @click=${() => skip(rows)}>Skip rows</button>` : nothing}
  `;
}

function skip(rows: readonly number[]): void {
  const left = new Set([...(run.value?.settings.skip ?? []), ...rows]);
  setSettings({ skip: [...left].sort((a, b) => a - b) });
}

function headline({ data, settings }: Run, { requestCount, merged, errors }: Facts): string {
  const left = settings.skip.length > 0 ? `, ${count(settings.skip.length)} left out` : "";
  const twice = merged > 0 ? ` (${count(merged)} duplicates)` : "";
  const problems = errors === 0 ? "No problems" : errors === 1 ? "1 problem" : `${count(errors)} problems`;
  return `${problems}. ${count(data.rowCount - settings.skip.length)} rows → ${count(requestCount - merged)} requests${twice}${left}.`;
}

function duplicates({ settings }: Run, { merged, estimate }: Facts): TemplateResult {
  const saved = estimate?.saved.high ?? null;
  return html`<section class="card row spread" aria-labelledby="duplicates">
    <div>
      <h2 id="duplicates">Duplicates</h2>
      <p class="muted">${
        settings.dedupe
          ? `${count(merged)} rows render to the same request as another row and get its answer${saved ? `: saves up to ${dollars(saved)}` : ""}.`
          : "Rows that render to the same request can be sent once, and the answer copied."
      }</p>
    </div>
    <div class="row">
      ${settings.skip.length > 0 ? html`<button type="button" @click=${() => setSettings({ skip: [] })}>Take rows back in</button>` : nothing}
      <button type="button" aria-pressed=${settings.dedupe} @click=${() => setSettings({ dedupe: !settings.dedupe })}>Send once</button>
    </div>
  </section>`;
}

function allGood({ data }: Run): TemplateResult {
  return html`<div class="empty">
    <p class="empty-title">${icon("check")}No problems in ${count(data.rowCount)} rows</p>
    <p class="muted">Checked: ids, every parameter by type and range and model, templates, sizes, and what a batch does not take.</p>
  </div>`;
}

customElements.define("bw-check", Check);
