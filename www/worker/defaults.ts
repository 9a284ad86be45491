// What the settings are before anybody has touched them.
import type { Settings } from "../shared.js";
import type { Intake } from "./intake.js";

const PART_SIZE = 2_500;
const VALID_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/** Settings that suit these rows. */
export function defaults({ rows, requests, facts }: Intake): Settings {
  const key = requests ? null : keyOf(rows, facts.columns);
  return {
    prompt: "",
    system: "",
    model: "claude-haiku-4-5",
    maxTokens: 256,
    key: key?.name ?? null,
    keyAsId: key?.isValid ?? false,
    params: "",
    schema: null,
    dedupe: false,
    skip: [],
    partSize: PART_SIZE,
  };
}

/** A column that is called like one and names every row, if there is one. */
function keyOf(rows: Intake["rows"], columns: readonly string[]): { name: string; isValid: boolean } | null {
  const column = columns.findIndex((name) => /^(?:id|key|custom_id|uuid)$/i.test(name));
  if (column < 0) return null;
  const values = rows.index.column(column);
  const isValid = values.every((value) => VALID_ID.test(value)) && new Set(values).size === values.length;
  return { name: columns[column] as string, isValid };
}
