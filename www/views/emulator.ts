// S10: the demo's clock and faults.
import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { advanceDemo, turnDemo } from "../actions.js";
import { View } from "../lib/element.js";
import { type DemoState, demo } from "../state.js";

const SPEEDS = [
  { words: "stopped", speed: 0 },
  { words: "real", speed: 1 },
  { words: "× 60", speed: 60 },
  { words: "× 3600", speed: 3600 },
] as const;
const MINUTE = 60_000;
const STEPS = [
  { words: "+ 1 min", ms: MINUTE },
  { words: "+ 20 min", ms: 20 * MINUTE },
  { words: "+ 2 h", ms: 120 * MINUTE },
] as const;

class Emulator extends View {
  /** Shows the drawer. */
  open(): void {
    this.querySelector("dialog")?.showModal();
  }

  protected override render(): TemplateResult {
    const shown = demo.value;
    return html`<dialog class="panel" aria-labelledby="emulator-title">
      <div class="panel-head"><h2 id="emulator-title">Emulator</h2>
        <button type="button" @click=${() => this.querySelector("dialog")?.close()}>Close</button></div>
      ${shown ? controls(shown) : html`<p class="muted">The emulator has not started yet.</p>`}
    </dialog>`;
  }
}

function controls(shown: DemoState): TemplateResult {
  const { now, speed, rates, invalidJson, lostResponse, limited, overloaded, failing, isOff, seed } = shown;
  const rate = (name: keyof DemoState["rates"]) => (value: number) => turnDemo({ rates: { ...rates, [name]: value } });
  return html`
    <p>It is <time>${new Date(now).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}</time> in the demo.</p>
    <div class="stack">
      <div class="row" role="group" aria-label="Clock">${SPEEDS.map(
        (each) =>
          html`<button type="button" aria-pressed=${each.speed === speed} @click=${() => turnDemo({ speed: each.speed })}>${each.words}</button>`,
      )}</div>
      <div class="row" role="group" aria-label="Step">${STEPS.map(
        ({ words, ms }) => html`<button type="button" @click=${() => advanceDemo(ms)}>${words}</button>`,
      )}</div>
      <p class="muted small">Faults strike what is sent from now on.</p>
      <div class="fields">
        ${percent("Errored %", rates.errored, rate("errored"))}
        ${percent("Expired %", rates.expired, rate("expired"))}
        ${percent("Truncated %", rates.truncated, rate("truncated"))}
        ${percent("Refusal %", rates.refusal, rate("refusal"))}
        ${percent("Invalid JSON %", invalidJson, (value) => turnDemo({ invalidJson: value }))}
        ${number("Seed", seed, (value) => turnDemo({ seed: Math.max(1, Math.floor(value)) }))}
      </div>
      <fieldset class="stack"><legend>The next create, once</legend>
        ${choice("Lost response after accept", lostResponse, (is) => turnDemo({ lostResponse: is }))}
        ${choice("429 on create", limited, (is) => turnDemo({ limited: is }))}
        ${choice("529 on create", overloaded, (is) => turnDemo({ overloaded: is }))}
        ${choice("500 on create", failing, (is) => turnDemo({ failing: is }))}
      </fieldset>
      ${choice("Network off", isOff, (is) => turnDemo({ isOff: is }))}
    </div>`;
}

function percent(label: string, value: number, set: (value: number) => void): TemplateResult {
  return number(label, value, (given) => set(Math.min(100, Math.max(0, given))));
}

function number(label: string, value: number, set: (value: number) => void): TemplateResult {
  const id = `emulator-${label.replace(/\W+/g, "-").toLowerCase()}`;
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} type="number" min="0" .value=${live(String(value))}
      @change=${(event: Event) => set(Number((event.target as HTMLInputElement).value) || 0)}></div>`;
}

function choice(label: string, isOn: boolean, set: (isOn: boolean) => void): TemplateResult {
  return html`<label class="choice"><input type="checkbox" .checked=${isOn}
    @change=${(event: Event) => set((event.target as HTMLInputElement).checked)}>${label}</label>`;
}

customElements.define("bw-emulator", Emulator);

declare global {
  interface HTMLElementTagNameMap {
    "bw-emulator": Emulator;
  }
}
