// S9: where calls go, what is kept here, keys that work everywhere.
import { html, type TemplateResult } from "lit";
import { bytes } from "../../js/cli/screen/format.js";
import { View } from "../lib/element.js";
import { hasShortcuts } from "../lib/keys.js";
import { PRICES_AS_OF } from "../prices.js";
import { connection } from "../state.js";

class Settings extends View {
  protected override render(): TemplateResult {
    const { label, maxBodyBytes } = connection.value;
    return html`<h1>Settings</h1>
      <section class="card stack" aria-labelledby="connection">
        <h2 id="connection">Connection: ${label}</h2>
        ${
          label === "Demo"
            ? html`<p>The API is played by an emulator in this page. Nothing is sent and nothing is billed.</p>`
            : html`<p>The command that opened this page holds the key and makes the calls. The key is not needed here.</p>
                <p class="muted">Parts have at most ${bytes(maxBodyBytes ?? 0)}, for that is what it takes.</p>`
        }
        <p class="muted">Browsers cannot call the batch endpoint: Anthropic answers no preflight for it. For real runs a relay holds the key outside of the page.</p>
      </section>
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
      </section>`;
  }
}

customElements.define("bw-settings", Settings);
