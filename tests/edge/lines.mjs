// Inputs for jobs at the edge.

/** Requests as lines, `r-0` and on. */
export function lines(count, { first = 0, filler = "", maxTokens = 16 } = {}) {
  const line = (n) => {
    const messages = [{ role: "user", content: `Say ${n}.${filler}` }];
    return JSON.stringify({
      custom_id: `r-${n}`,
      params: { model: "claude-haiku-4-5", max_tokens: maxTokens, messages },
    });
  };
  return `${Array.from({ length: count }, (_, n) => line(first + n)).join("\n")}\n`;
}
