// Keys that work everywhere in the page. They can be switched off.
import { signal } from "@preact/signals-core";
import { go, route, STEPS, stepAddress } from "./route.js";

/** Whether single keys do something. */
export const hasShortcuts = signal(true);

/** Listens from now on. */
export function listen(): void {
  addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const place = document.querySelector("dialog[open]") ?? document.querySelector("main");
      place?.querySelector<HTMLElement>("button.main:not(:disabled), a.button.main")?.click();
      return;
    }
    const isTyping = target.matches("input, textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !hasShortcuts.value) return;
    const { run } = route.value;
    const step = STEPS[Number(event.key) - 1];
    if (event.key === "/") {
      const search = document.querySelector<HTMLInputElement>("input[type=search]");
      if (search) event.preventDefault();
      search?.focus();
    } else if (run && step) {
      go(stepAddress(run, step));
    }
  });
}
