// A job every night by a cron trigger that only ticks: the first tick of a day begins the day's job, the others look at it.
// A name can be used once, so however often a tick comes, or comes twice, there is one job a day. It is driven by a Worker
// of jobs-object or jobs-workflow, which is bound as JOBS.

export default {
  async scheduled({ scheduledTime }, env) {
    const id = `nightly-${new Date(scheduledTime).toISOString().slice(0, 10)}`;
    const job = {
      id,
      input: env.INPUT,
      table: { format: "csv", prompt: env.PROMPT, model: "claude-haiku-4-5", maxTokens: 64, key: "id" },
      options: { maxCost: 20 },
    };
    const begun = await ask(env, "/jobs", { method: "POST", body: JSON.stringify(job) });
    // 409: it was begun by an earlier tick.
    if (begun.status !== 201 && begun.status !== 409) throw new Error(await begun.text());
    // The question alone wakes a job whose process has died.
    const { state, causes, account } = await (await ask(env, `/jobs/${id}`)).json();
    for (const { code, message } of causes) console.error(`${id}: ${code}: ${message}`);
    console.log(`${id} is ${state}${account ? `: ${JSON.stringify(account.outcomes)}` : ""}`);
  },
};

function ask(env, path, init) {
  return env.JOBS.fetch(`https://jobs${path}`, { ...init, headers: { authorization: `Bearer ${env.ACCESS_TOKEN}` } });
}
