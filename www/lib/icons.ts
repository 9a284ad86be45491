// Icons, drawn here: a page that asks nobody for anything brings its own.
import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";

const PATHS = {
  check: svg`<path d="M4 12.5l5 5L20 6.5"/>`,
  cross: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  warn: svg`<path d="M12 4l9 16H3zM12 10v4M12 17.2v.1"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`,
  dot: svg`<circle cx="12" cy="12" r="4"/>`,
  file: svg`<path d="M6 3h8l4 4v14H6zM14 3v4h4"/>`,
  down: svg`<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>`,
  search: svg`<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>`,
  gear: svg`<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1"/>`,
  play: svg`<path d="M7 4.5l12 7.5-12 7.5z"/>`,
  flask: svg`<path d="M9 3h6M10 3v6l-5.5 9.5A1.7 1.7 0 006 21h12a1.7 1.7 0 001.5-2.5L14 9V3M7.5 15h9"/>`,
  theme: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 000-17z" fill="currentColor"/>`,
  list: svg`<path d="M4 6h16M4 12h16M4 18h10"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof PATHS;

/** An icon; words beside it say what it means. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;
}
