// S9: where calls go, what is kept here, keys that work everywhere.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { bytes } from "../../js/cli/screen/format.js";
import { disconnect, goDirectly, useRelay } from "../actions.js";
import { View } from "../lib/element.js";
import { hasShortcuts } from "../lib/keys.js";
import { PRICES_AS_OF } from "../prices.js";
import { awaited, busy, connection } from "../state.js";

class Settings extends View {
  readonly #room = signal<StorageEstimate | null>(null);

  override connectedCallback(): void {
    super.connectedCallback();
    void navigator.storage?.estimate?.().then((room) => (this.#room.value = room));
  }

  protected override render(): TemplateResult {
    return html`<h1>Settings</h1>
      <div class="stack narrow">
        ${current()}
        ${connection.value.label === "Local" ? nothing : relayForm()}
        ${connection.value.label === "Local" ? nothing : directForm()}
        ${storage(this.#room.value)}
        <section class="card stack" aria-labelledby="keys">
          <h2 id="keys">Keyboard</h2>
          <label class="choice"><input type="checkbox" .checked=${hasShortcuts.value}
            @change=${(event: Event) => (hasShortcuts.value = (event.target as HTMLInputElement).checked)}>
            <span>Single keys: <kbd>/</kbd> search, <kbd>1</kbd> to <kbd>7</kbd> steps, <kbd>j</kbd> <kbd>k</kbd> rows</span></label>
          <p class="muted"><kbd>Ctrl</kbd> <kbd>Enter</kbd> does what the coloured button of the screen does.</p>
        </section>
        <section class="card stack" aria-labelledby="prices">
          <h2 id="prices">Prices</h2>
          <p>Table of ${PRICES_AS_OF}, part of the package. A model that is not in it has no price here, and nothing is guessed.</p>
        </section>
      </div>`;
  }
}

const WORDS = {
  Demo: "The API is played by an emulator in this page. Nothing is sent and nothing is billed.",
  Local: "The command that opened this page holds the key and makes the calls. The key is not needed here.",
  Worker: "A relay of yours makes the calls.",
  Direct: "This page calls the API itself.",
} as const;

function current(): TemplateResult {
  const { label, maxBodyBytes, baseURL } = connection.value;
  const waits = awaited.value;
  return html`<section class="card stack" aria-labelledby="connection">
    <h2 id="connection">Connection: ${waits ? "waiting" : label}</h2>
    <p>${waits ? `The relay at ${waits} wants its access token again: nothing of it was kept.` : WORDS[label]}</p>
    ${label === "Demo" ? nothing : html`<p class="muted">${baseURL}: parts have at most ${bytes(maxBodyBytes ?? 0)}, for that is what it takes.</p>`}
    ${
      label === "Worker" || label === "Direct" || waits
        ? html`<div class="row"><button type="button" @click=${() => disconnect()}>${waits ? "Use the demo instead" : "Disconnect and forget"}</button></div>`
        : nothing
    }
  </section>`;
}

function relayForm(): TemplateResult {
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const of = fieldsOf(form);
    if (await useRelay({ address: of("relay-address"), token: of("relay-token"), key: of("relay-key") })) form.reset();
  };
  return html`<form class="card stack" aria-labelledby="own-relay" @submit=${submit}>
    <h2 id="own-relay">A relay of your own</h2>
    <p class="muted">A Worker that you run, with <code>createRelay</code> in it. It holds the key; this page sends it the access token that you chose.</p>
    <div class="field"><label for="relay-address">Worker URL</label>
      <input id="relay-address" name="relay-address" type="url" required placeholder="https://relay.example" .defaultValue=${awaited.value ?? ""} autocomplete="off"></div>
    <div class="field"><label for="relay-token">Access token</label>
      <input id="relay-token" name="relay-token" type="password" autocomplete="off" aria-describedby="kept"></div>
    <div class="field"><label for="relay-key">API key, only if the Worker holds none</label>
      <input id="relay-key" name="relay-key" type="password" autocomplete="off" aria-describedby="kept"></div>
    <p id="kept" class="muted small">Kept in this tab's memory. Gone when you reload; your runs are not.</p>
    <div class="row"><button type="submit" class="main" ?disabled=${busy.value !== null}>Connect</button></div>
  </form>`;
}

function directForm(): TemplateResult {
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const of = fieldsOf(form);
    if (await goDirectly(of("direct-address"), of("direct-key"))) form.reset();
  };
  return html`<form class="card stack" aria-labelledby="direct" @submit=${submit}>
    <h2 id="direct">Directly</h2>
    <p class="muted">Browsers cannot call the batch endpoint as far as is known: Anthropic answers no preflight for it. Whether that still holds is asked when you press the button, and not before.</p>
    <div class="field"><label for="direct-address">API address</label>
      <input id="direct-address" name="direct-address" type="url" required .defaultValue=${"https://api.anthropic.com"} autocomplete="off"></div>
    <div class="field"><label for="direct-key">API key</label>
      <input id="direct-key" name="direct-key" type="password" required autocomplete="off" aria-describedby="kept-key"></div>
    <p id="kept-key" class="muted small">Kept in this tab's memory. Use one of a workspace with a limit.</p>
    <div class="row"><button type="submit" ?disabled=${busy.value !== null}>Ask the API</button></div>
  </form>`;
}

function fieldsOf(form: HTMLFormElement): (name: string) => string {
  const fields = new FormData(form);
  return (name) => String(fields.get(name) ?? "").trim();
}

function storage(room: StorageEstimate | null): TemplateResult {
  const words = room ? `${bytes(room.usage ?? 0)} of ${bytes(room.quota ?? 0)} used by this page.` : "";
  return html`<section class="card stack" aria-labelledby="storage">
    <h2 id="storage">Storage</h2>
    <p>Rows, results and runs lie in this browser. ${words}</p>
    ${room?.quota ? html`<progress max=${room.quota} value=${room.usage ?? 0} aria-label="Storage used"></progress>` : nothing}
  </section>`;
}

customElements.define("bw-settings", Settings);
