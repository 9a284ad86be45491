// Every screen, in both themes, wide and narrow: what axe finds, and whether the page scrolls sideways.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { assert, test } from "../js/harness.js";
import { inPage, openFile, openSample, pass, runAll, step } from "./setting.js";

const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const { BATCHWISE_SHOTS = "" } = process.env;

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** What is wrong with a screen; also kept as a picture where a folder for them is named. */
async function examine(page: Page, screen: string, look: string): Promise<string[]> {
  if (BATCHWISE_SHOTS !== "") await page.screenshot({ path: `${BATCHWISE_SHOTS}/${screen}-${look}.png` });
  await page.evaluate(AXE);
  const { violations, sideways } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Found[] }> } };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run({ runOnly: { type: "tag", values: tags } });
    return { violations, sideways: document.documentElement.scrollWidth > innerWidth };
  });
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ target, failureSummary }) => `${screen}, ${look}: ${id} ${String(target)} ${failureSummary}`),
  );
  return sideways ? [...faults, `${screen}, ${look}: scrolls sideways`] : faults;
}

const CSV = "id,review\na,good\na,bad\nb c,\n";

const LOOKS = [
  { colorScheme: "light", forcedColors: "none", width: 1280 },
  { colorScheme: "light", forcedColors: "none", width: 390 },
  { colorScheme: "dark", forcedColors: "none", width: 1280 },
  { colorScheme: "dark", forcedColors: "none", width: 390 },
  { colorScheme: "dark", forcedColors: "active", width: 360 },
] as const;

for (const { colorScheme, forcedColors, width } of LOOKS) {
  const look = `${forcedColors === "active" ? "forced" : colorScheme}-${width}`;
  test(`every screen is free of barriers and does not scroll sideways: ${look.replace("-", ", ")} pixels wide`, () =>
    inPage(
      async ({ page }) => {
        const faults: string[] = [];
        const see = async (screen: string): Promise<void> => void faults.push(...(await examine(page, screen, look)));
        await page.getByRole("button", { name: "Try with sample data" }).waitFor();
        await see("start");
        await openFile(page, "faulty.csv", CSV);
        await page.getByText("3 rows · 2 columns").waitFor();
        await step(page, "Check");
        await see("check-empty");
        await step(page, "Prompt");
        await page.getByLabel("User prompt").fill("Rate {{review}}");
        await page.getByLabel("Output", { exact: true }).selectOption("json");
        await step(page, "Data");
        await page.getByLabel("Row key").selectOption("id");
        await page.getByText("2 duplicate keys").waitFor();
        await step(page, "Check");
        await page.getByText("matching rows").waitFor();
        await see("check-problems");
        await page.getByRole("link", { name: "batchwise" }).click();
        await openSample(page);
        await page.getByRole("gridcell", { name: "r-1", exact: true }).waitFor();
        await see("data");
        await step(page, "Results");
        await see("results-empty");
        await step(page, "Prompt");
        await page.getByTestId("preview").waitFor();
        await see("prompt");
        await step(page, "Estimate");
        await see("estimate");
        await page.getByLabel("Spend guard").fill("0.001");
        await page.getByLabel("Spend guard").blur();
        await page.getByText("spend/guard").waitFor();
        await see("estimate-guard");
        await page.getByLabel("Spend guard").fill("25");
        await page.getByLabel("Spend guard").blur();
        await page.getByRole("button", { name: "Emulator" }).click();
        await page.getByLabel("Truncated %").fill("20");
        await page.getByLabel("Truncated %").blur();
        await see("emulator");
        await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
        await page.getByRole("button", { name: /^Send pilot/ }).click();
        await page.getByText("reports nothing inside a batch").waitFor();
        await see("run");
        await pass(page, 20);
        await page.getByRole("heading", { name: "The pilot has ended" }).waitFor();
        await see("run-pilot");
        await page.getByRole("button", { name: /^Send remaining/ }).click();
        await page.getByTestId("part").nth(1).getByText("processing").waitFor();
        await pass(page, 300);
        await page.getByText("Finished,").waitFor();
        await see("run-done");
        await step(page, "Results");
        await page.getByText("200 matching rows").waitFor();
        await page.getByRole("gridcell").first().waitFor();
        await see("results");
        await page.getByText("Charts", { exact: true }).click();
        await page.getByText("Columns", { exact: true }).click();
        await page.getByRole("table", { name: "Output" }).waitFor();
        await see("results-charts");
        const [wide, own] = await page
          .locator(".grid-scroll")
          .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
        if ((wide ?? 0) > (own ?? 0)) faults.push(`results, ${look}: the grid scrolls sideways`);
        await page.getByRole("gridcell").first().click();
        await page.getByTestId("output").waitFor();
        await see("row");
        await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
        await page.getByRole("button", { name: "Retry failed" }).click();
        await see("retry");
        await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
        await step(page, "Compare");
        await page.getByRole("button", { name: "Duplicate run" }).waitFor();
        await see("compare-empty");
        await page.getByRole("button", { name: "Duplicate run" }).click();
        await page.getByRole("heading", { level: 1, name: "Prompt" }).waitFor();
        await page.getByLabel("User prompt").fill("What does the writer feel? {{review}}");
        await runAll(page);
        await step(page, "Compare");
        await page.getByTestId("agreement").waitFor();
        await page.getByRole("gridcell").first().waitFor();
        await see("compare");
        await page.getByRole("button", { name: /^different answer/ }).click();
        await page.getByRole("gridcell", { name: "different answer" }).first().click();
        await page.getByTestId("answer-b").waitFor();
        await see("pair");
        await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
        await page.getByRole("link", { name: "History" }).click();
        await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
        await see("history");
        await page.getByRole("link", { name: "Settings" }).click();
        await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
        await see("settings");
        assert.deepEqual(faults, []);
      },
      { colorScheme, forcedColors, viewport: { width, height: 900 } },
    ));
}
