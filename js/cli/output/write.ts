// Merged rows as files.
import { csvLine } from "./csv.js";
import type { Merged } from "./merged.js";
import { type Drain, type Target, writing } from "./target.js";

const WRITE_CHARS = 1 << 18;

/** Writes a table. Answers how many rows it has. */
export async function writeTable(table: Merged, target: Target): Promise<number> {
  let rows = 0;
  const counted = { ...table, rows: counting(table.rows, () => (rows += 1)) };
  if (target.format === "parquet") {
    const { parquetBytes } = await import("./parquet.js");
    await writing(target, async (drain) => drain.write(await parquetBytes(counted)));
  } else {
    const { format } = target;
    await writing(target, (drain) => gathered(drain, format === "jsonl" ? jsonl(counted) : csv(counted)));
  }
  return rows;
}

async function* csv({ columns, rows }: Merged): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const row of rows) yield csvLine(row.map(plain));
}

async function* jsonl({ columns, rows, named }: Merged): AsyncGenerator<string> {
  const id = columns.indexOf(named.custom_id);
  for await (const row of rows) {
    // What a row is called comes first, whatever the table calls it.
    const object: Record<string, unknown> = id < 0 ? {} : { custom_id: row[id] };
    for (const [at, column] of columns.entries()) if (row[at] !== undefined) object[column] = row[at];
    yield `${JSON.stringify(object)}\n`;
  }
}

/** Small pieces make large writes. */
async function gathered(drain: Drain, pieces: AsyncIterable<string>): Promise<void> {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < WRITE_CHARS) continue;
    await drain.write(text);
    text = "";
  }
  if (text !== "") await drain.write(text);
}

async function* counting<T>(items: AsyncIterable<T>, count: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    count();
    yield item;
  }
}

function plain(cell: unknown): string | number | null {
  if (cell === null || cell === undefined) return null;
  return typeof cell === "string" || typeof cell === "number" ? cell : JSON.stringify(cell);
}
