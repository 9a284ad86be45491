// S5: what is under way, part by part, and no invented progress.

import type { PartProgress } from "batchwise/slim";
import { html, nothing, type TemplateResult } from "lit";
import { bytes, count, counted, dollars, duration } from "../../js/cli/screen/format.js";
import { download, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { stepAddress } from "../lib/route.js";
import { outcomeBar } from "../parts/charts.js";
import "../parts/part-charts.js";
import type { Live, Run } from "../shared.js";
import { demo, isRunning, lastAttempt, live, run } from "../state.js";

/** The words for where a part stands. */
const STATES: Readonly<Record<PartProgress["state"], string>> = {
  planned: "planned",
  marking: "sending",
  sending: "sending",
  uncertain: "unknown, looking in the list",
  processing: "processing",
  ended: "ended",
  harvesting: "fetching",
  done: "stored",
  dropped: "split",
};

class RunView extends View {
  protected override render(): TemplateResult {
    const open = run.value;
    const now = live.value;
    const attempt = lastAttempt.value;
    if (!open) return html``;
    if (!attempt) {
      return html`<h1>Run</h1><p>Nothing has been sent yet.</p>
        <div class="row"><a class="button main" href=${stepAddress(open.id, "estimate")}>See the price first</a></div>`;
    }
    const report = attempt.report;
    return html`
      <h1>Run</h1>
      <div class="stack wide">
      <p class="lead" data-testid="summary">${summary(now, open)}</p>
      ${now.state === "failed" || (attempt.failure && now.state === "idle") ? failed(open) : nothing}
      ${now.state === "pilot" ? pilot(now, open) : nothing}
      ${now.isFollowed && isRunning.value ? html`<p class="note">Followed: another tab drives this run, and this one shows what it does. When that one is closed, this one goes on.</p>` : nothing}
      ${now.progress ? parts(now) : report ? outcomeBar(report.outcomes) : html`<p class="muted" role="status">Starting …</p>`}
      <bw-part-charts></bw-part-charts>
      ${now.progress && now.state !== "done" ? silence(now) : nothing}
      <div class="row">
        ${now.state === "done" || report ? html`<a class="button main" href=${stepAddress(open.id, "results")}>Continue</a>` : nothing}
        ${["running", "pilot"].includes(now.state) ? html`<button type="button" @click=${() => worker.cancel()}>Cancel all</button>` : nothing}
        <button type="button" @click=${() => download("run")}>${icon("down")}Run file</button>
      </div>
      ${["running", "pilot"].includes(now.state) ? html`<p class="muted small">Cancelling may still bill what already ran.</p>` : nothing}
      ${now.events.length > 0 ? events(now) : nothing}
      </div>
    `;
  }
}

function summary({ state, progress }: Live, open: Run): string {
  const attempt = open.attempts.at(-1);
  const report = attempt?.report;
  if (report && (state === "idle" || state === "done")) {
    const failedCount = report.requestCount - report.outcomes.succeeded;
    const words = failedCount === 0 ? "Finished, all succeeded" : `Finished, ${counted(failedCount, "row")} failed`;
    return `${words} · ${counted(report.requestCount, "request")} · ${dollars(report.cost)} computed from reported usage`;
  }
  if (!progress) return state === "failed" ? "Stopped" : "Starting …";
  const { parts: all, finished, requestCount } = progress;
  const ended = all.filter(({ state: is }) => is === "done").length;
  const since =
    attempt && demo.value ? ` · ${duration(Math.max(0, demo.value.now - attempt.startedAt))} since start` : "";
  return `${count(ended)} of ${counted(all.length, "part")} finished · ${count(finished)} of ${counted(requestCount, "request")} done${since}`;
}

function failed(open: Run): TemplateResult {
  const failure = live.value.failure ?? open.attempts.at(-1)?.failure;
  return html`<div class="note wrong" role="alert">
    <p><code>${failure?.code}</code> ${failure?.message}</p>
    <button type="button" @click=${() => worker.again()}>Continue</button>
  </div>`;
}

function pilot({ pilot: report, progress }: Live, open: Run): TemplateResult {
  if (!report) return html``;
  const { usage, outcomes, cost, requestCount } = report;
  const each = outcomes.succeeded > 0 ? usage.output_tokens / outcomes.succeeded : null;
  const size = Object.values(outcomes).reduce((sum, ended: number) => sum + ended, 0);
  const rest = (progress?.requestCount ?? requestCount) - size;
  const perRow = cost === null || outcomes.succeeded === 0 ? null : cost / outcomes.succeeded;
  return html`<section class="card stack" aria-labelledby="pilot">
    <h2 id="pilot">The pilot has ended</h2>
    <p>${counted(size, "row")}: ${count(outcomes.succeeded)} succeeded, ${count(size - outcomes.succeeded)} did not.
      ${each === null ? "" : html`<strong>${each.toFixed(0)}</strong> output tokens per row.`} Cost ${dollars(cost)}.</p>
    ${
      perRow === null
        ? nothing
        : html`<p>The rest is likely to cost between ${dollars(perRow * rest * 0.85)} and ${dollars(perRow * rest * 1.15)}; your limit is ${dollars(open.attempts.at(-1)?.maxCost ?? open.guard)}.</p>`
    }
    <div class="row">
      <button type="button" class="main" @click=${() => worker.proceed(true)}>
        Send remaining ${count(rest)} requests${perRow === null ? "" : ` (≈ ${dollars(perRow * rest)})`}</button>
      <button type="button" @click=${() => worker.proceed(false)}>Stop here</button>
    </div>
  </section>`;
}

function silence({ progress }: Live): TemplateResult | typeof nothing {
  const processing = progress?.parts.filter(({ state }) => state === "processing") ?? [];
  const [first] = processing;
  if (!first) return nothing;
  const at = (ms: number | null): string =>
    ms === null ? "" : new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return html`<p class="note">Anthropic reports nothing inside a batch. Accepted ${at(first.createdAt)}. Most batches end within 1 hour; this one expires tomorrow ${at(first.expiresAt)}.</p>`;
}

function parts({ progress, upload }: Live): TemplateResult {
  if (!progress) return html``;
  return html`
    ${
      // Once all is stored, the bar of the outcomes says more.
      progress.state === "done"
        ? nothing
        : html`<div class="segments" aria-hidden="true">${progress.parts.map(({ state }) => html`<span class=${`segment ${state}`}></span>`)}</div>`
    }
    ${progress.finished > 0 ? outcomeBar(progress.outcomes) : nothing}
    <div class="table-scroll" tabindex="0" role="group" aria-label="Parts">
      <table>
        <thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col" class="is-number">Rows</th><th scope="col" class="is-number is-extra">Size</th><th scope="col">Batch</th><th scope="col">Duration</th></tr></thead>
        <tbody>${progress.parts.map((part) => partRow(part, upload))}</tbody>
      </table>
    </div>`;
}

function partRow(part: PartProgress, upload: Live["upload"]): TemplateResult {
  const { index, round, state, requestCount, bodyBytes, batchId, createdAt, endedAt, canceling } = part;
  const sign =
    state === "done"
      ? icon("check")
      : state === "uncertain"
        ? icon("warn")
        : icon(state === "planned" ? "dot" : "clock");
  const time = createdAt !== null && endedAt !== null ? duration(endedAt - createdAt) : "";
  return html`<tr data-testid="part">
    <th scope="row">${index + 1}${round > 1 ? html` <span class="muted">try ${round}</span>` : nothing}</th>
    <td><span class=${`state ${state}`}>${sign}${canceling && state === "processing" ? "cancelling" : STATES[state]}${upload ? sentShare(part, upload) : ""}</span></td>
    <td class="is-number">${count(requestCount)}</td>
    <td class="is-number is-extra">${bytes(bodyBytes)}</td>
    <td>${batchId ? html`<code>${batchId}</code>` : html`<span class="muted">none yet</span>`}</td>
    <td>${time}</td>
  </tr>`;
}

/** How much of a part's body has left. The length tells which part it is of. */
function sentShare({ state, bodyBytes }: PartProgress, { bytes: size, sent }: NonNullable<Live["upload"]>): string {
  if (state !== "sending" || size !== bodyBytes || size === 0) return "";
  return ` ${Math.floor((100 * sent) / size)} % of ${bytes(size)}`;
}

function events({ events: all }: Live): TemplateResult {
  const shown = all.slice(-20).toReversed();
  return html`<details class="card"><summary>What happened (${count(all.length)})</summary>
    <ol class="plain events">${shown.map(
      (event) => html`<li><time>${new Date(event.told).toLocaleTimeString()}</time> ${words(event)}</li>`,
    )}</ol></details>`;
}

function words(event: Live["events"][number]): string {
  const part = "part" in event ? `Part ${event.part + 1}` : "";
  switch (event.type) {
    case "created":
      return `${part} accepted${event.adopted ? " (found in list)" : ""}: ${event.batchId}`;
    case "uncertain":
      return `${part}: we do not know whether it was accepted. Checking the list before sending again.`;
    case "settled":
      return `${part} was not accepted; it is sent again.`;
    case "ended":
      return `${part} ended.`;
    case "retrying":
      return `${event.reason}. Retrying in ${duration(Math.max(0, event.at - event.told))}.`;
    case "round":
      return `Trying ${count(event.requests)} failures again.`;
    case "pilot":
      return "The pilot is done.";
    default:
      return `${part} ${event.type}`.trim();
  }
}

customElements.define("bw-run", RunView);
