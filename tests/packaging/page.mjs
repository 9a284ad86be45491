// docs/runtimes.md: where the package was tried, what came of it, and what loading costs.

const HEAD = `# Where it runs

Where the package was tried, what came of it, what it weighs and how long it takes to load.
Written by \`make runtimes\`, which packs the package, loads it in each of these ways as its users do, and runs cases on it
against the emulator. "Whole" are the suites of \`tests/js/suites\`; "short" is \`tests/js/smoke\`: endpoints, results in every
way, planning, a job with faults and a resume, abort, errors, and a second entry in one program. "README" is the command
of its table in an empty folder and then its first program; "check" is what a compiler or a checker says, and "itself" what
nothing else can ask. \`make test\` runs all of it, too.

Node 20.19 and 22.12 or newer have \`require("batchwise")\`: Node loads a module that does not wait at its top level.
TypeScript is served from 5.6 on. Not tried: Safari, Windows, macOS, and the clouds of Cloudflare and Vercel themselves.

| who | loaded by | versions | suite | passed | failed |
|---|---|---|---|---|---|
`;

const kib = (bytes) => (bytes / 1024).toFixed(1);

/** The page. */
export function page(rows, { tarball, sizes, times }) {
  const who = rows.map(
    ({ name, way, suite, version, passed, failed }) =>
      `| ${name} | ${way} | ${version} | ${suite} | ${passed} | ${failed} |`,
  );
  const weights = sizes.map(([name, raw, gzip]) => `| ${name} | ${kib(raw)} | ${kib(gzip)} |`);
  const starts = times.map((cells) => `| ${cells.join(" | ")} |`);
  return `${HEAD}${who.join("\n")}

## What it weighs

The tarball has ${kib(tarball)} KiB. An entry is everything that it exports, minified by esbuild; a program that takes less
of it carries less.

| entry | KiB | KiB, gzip |
|---|---|---|
${weights.join("\n")}

## How long it takes to load

Milliseconds, the median of nine processes on the machine that wrote this page, which was busy with other work: the whole
import, compiling and starting the WebAssembly in it, and from before the import until a first request was checked.

| runtime | import | of it WebAssembly | to the end of a first call |
|---|---|---|---|
${starts.join("\n")}
`;
}
