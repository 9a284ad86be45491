// The page: header, steps, and the view that the address names.
import { effect, untracked } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { dollars } from "../js/cli/screen/format.js";
import { bringFile, follow, openFile } from "./actions.js";
import { View } from "./lib/element.js";
import { icon } from "./lib/icons.js";
import { listen } from "./lib/keys.js";
import { route, STEPS, type Step, stepAddress } from "./lib/route.js";
import { nextTheme, theme } from "./lib/theme.js";
import { titleOf } from "./lib/title.js";
import * as state from "./state.js";
import "./views/check.js";
import "./views/compare.js";
import "./views/data.js";
import "./views/emulator.js";
import "./views/estimate.js";
import "./views/ghost.js";
import "./views/prompt.js";
import "./views/results.js";
import "./views/run.js";
import "./views/runs.js";
import "./views/settings.js";
import "./views/start.js";

const TITLES: Readonly<Record<Step, string>> = {
  data: "Data",
  prompt: "Prompt",
  check: "Check",
  estimate: "Estimate",
  run: "Run",
  results: "Results",
  compare: "Compare",
};

class App extends View {
  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    // After the first paint: the engine takes its time.
    requestAnimationFrame(() => setTimeout(() => effect(() => void (route.value && untracked(follow))), 0));
    effect(() => this.#focusNew(`${route.value.place} ${route.value.run} ${route.value.step}`));
    listen();
    addEventListener("beforeunload", (event) => {
      if (!state.isLasting.value && state.isSent.value) event.preventDefault();
    });
    addEventListener("online", () => (state.isOnline.value = true));
    addEventListener("offline", () => (state.isOnline.value = false));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file && state.run.value?.isGhost && route.value.place === "run") void bringFile(file);
      else if (file) void openFile(file, file.name);
    });
  }

  protected override updated(): void {
    const title = titleOf(route.value.place === "run" ? state.run.value : null, state.live.value);
    if (document.title !== title) document.title = title;
  }

  protected override render(): TemplateResult {
    const { place, run } = route.value;
    const isRun = place === "run" && run !== null;
    return html`
      <a class="skip" href="#main" @click=${skip}>Skip to content</a>
      ${this.#header()}
      ${state.awaited.value ? waitingBar(state.awaited.value) : state.connection.value.mode === "demo" ? ribbon() : nothing}
      ${state.isCut.value ? offlineBar() : nothing}
      ${state.isLasting.value ? nothing : volatileBar()}
      ${state.problem.value ? problemBar(state.problem.value) : nothing}
      <div class=${isRun ? "frame has-steps" : "frame"}>
        ${isRun ? steps(run) : nothing}
        <main id="main" tabindex="-1">${this.#view()}</main>
      </div>
      <div class="hidden" role="status" aria-live="polite" data-testid="live">${state.news.value}</div>
      <bw-emulator></bw-emulator>
    `;
  }

  #header(): TemplateResult {
    const label = state.awaited.value ? "Waiting" : state.connection.value.label;
    const isInRun = route.value.place === "run";
    const cost = isInRun ? (state.live.value.progress?.cost ?? state.lastAttempt.value?.report?.cost ?? null) : null;
    const isOffline = !state.isOnline.value;
    const way = state.isCut.value ? "Offline" : isOffline ? `${label} · Offline` : label;
    return html`<header class="bar">
      <a class="brand" href="#/">batchwise</a>
      <span class="bar-run">${isInRun ? (state.run.value?.name ?? "") : ""}</span>
      <span class="pill" data-testid="connection">${icon("dot")}${way}</span>
      ${cost === null ? nothing : html`<span class="pill spend" data-testid="spend">${dollars(cost)} so far</span>`}
      <nav class="bar-tools" aria-label="Tools">
        <a class="button quiet" href="#/runs">${icon("list")}<span>History</span></a>
        ${
          label === "Demo"
            ? html`<button class="quiet" type="button" @click=${() => document.querySelector("bw-emulator")?.open()}>
                ${icon("flask")}<span>Emulator</span>
              </button>`
            : nothing
        }
        <a class="button quiet" href="#/settings">${icon("gear")}<span>Settings</span></a>
        <button class="quiet" type="button" @click=${nextTheme}>${icon("theme")}<span>Theme: ${theme.value}</span></button>
      </nav>
    </header>`;
  }

  #view(): TemplateResult {
    const { place, step } = route.value;
    if (place === "runs") return html`<bw-runs></bw-runs>`;
    if (place === "settings") return html`<bw-settings></bw-settings>`;
    if (place === "start") return html`<bw-start></bw-start>`;
    if (!state.run.value || (state.run.value.isOpening && step !== "data"))
      return html`<h1>One moment</h1><p class="muted" role="status">Opening the run …</p>`;
    if (state.run.value.isGhost) return html`<bw-ghost></bw-ghost>`;
    const views: Readonly<Record<Step, TemplateResult>> = {
      data: html`<bw-data></bw-data>`,
      prompt: html`<bw-prompt></bw-prompt>`,
      check: html`<bw-check></bw-check>`,
      estimate: html`<bw-estimate></bw-estimate>`,
      run: html`<bw-run></bw-run>`,
      results: html`<bw-results></bw-results>`,
      compare: html`<bw-compare></bw-compare>`,
    };
    return views[step];
  }

  /** Whoever goes to another place with the keyboard goes on at its heading. */
  #focusNew(place: string): void {
    if (this.#place !== undefined && this.#place !== place) {
      requestAnimationFrame(() => {
        const heading = this.querySelector<HTMLElement>("main h1");
        heading?.setAttribute("tabindex", "-1");
        heading?.focus({ preventScroll: true });
        scrollTo(0, 0);
      });
    }
    this.#place = place;
  }

  #place: string | undefined;
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function ribbon(): TemplateResult {
  return html`<aside class="ribbon" aria-label="Demo">Demo: no network, outputs are made up, nothing is billed.</aside>`;
}

function offlineBar(): TemplateResult {
  return html`<aside class="ribbon" aria-label="Network">The network is gone. All but sending works. What was sent goes on at Anthropic, and this page looks again when the network is back.</aside>`;
}

function volatileBar(): TemplateResult {
  return html`<aside class="ribbon" aria-label="Storage">This browser keeps nothing here, as in a private window: runs will not survive closing this tab. Download the run file before you leave.</aside>`;
}

function waitingBar(address: string): TemplateResult {
  return html`<aside class="ribbon" aria-label="Connection">Your runs are safe. <a href="#/settings">Enter the access token</a> of ${address} to go on.</aside>`;
}

function problemBar({ title, message }: { title: string; message: string }): TemplateResult {
  return html`<div class="problem-bar" role="alert">
    ${icon("warn")}
    <p><strong>${title}.</strong> ${message}</p>
    <button type="button" class="quiet" @click=${() => (state.problem.value = null)}>Close</button>
  </div>`;
}

function steps(run: string): TemplateResult {
  const current = route.value.step;
  return html`<nav class="steps" aria-label="Steps">
    <ol>
      ${STEPS.map((step) => {
        const mark = markOf(step);
        return html`<li>
          <a href=${stepAddress(run, step)} aria-current=${step === current ? "step" : nothing} aria-describedby=${`mark-${step}`}>
            <span class="step-name">${TITLES[step]}</span>
            <span class=${`step-mark ${mark.kind}`} aria-hidden="true">${mark.sign}</span>
          </a>
          <span class="hidden" id=${`mark-${step}`}>${mark.words}</span>
        </li>`;
      })}
    </ol>
  </nav>`;
}

interface Mark {
  readonly kind: "done" | "todo" | "wrong" | "busy";
  readonly sign: TemplateResult | string;
  readonly words: string;
}

function markOf(step: Step): Mark {
  const done: Mark = { kind: "done", sign: icon("check"), words: "done" };
  const todo: Mark = { kind: "todo", sign: "", words: "" };
  const facts = state.facts.value;
  const settings = state.run.value?.settings;
  const isTable = state.run.value?.data.kind === "table";
  switch (step) {
    case "data":
      return done;
    case "prompt":
      return !isTable || (settings && settings.prompt.trim() !== "") ? done : todo;
    case "check": {
      if (!facts || (isTable && settings?.prompt.trim() === "")) return todo;
      if (facts.errors > 0) return { kind: "wrong", sign: String(facts.errors), words: `${facts.errors} problems` };
      return done;
    }
    case "estimate":
      return state.isSent.value ? done : todo;
    case "run":
      if (state.isRunning.value) return { kind: "busy", sign: icon("clock"), words: "running" };
      return state.lastAttempt.value?.report ? done : todo;
    default:
      return todo;
  }
}

customElements.define("bw-app", App);
