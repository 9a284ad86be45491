// docs/runtimes.md: where the package was tried, and what came of it.

const HEAD = `# Where it runs

The packed package, installed as a user would, with the whole suite in each: every endpoint, results in every way,
planning, jobs with faults and resumes, aborts, errors, all against the emulator. \`make runtimes\` does it and writes this
page.

| runtime | loaded by | versions | passed | failed |
|---|---|---|---|---|
`;

/** The page. */
export function table(rows) {
  const lines = rows.map(
    ({ name, way, version, passed, failed }) => `| ${name} | ${way} | ${version} | ${passed} | ${failed} |`,
  );
  return `${HEAD}${lines.join("\n")}\n`;
}
