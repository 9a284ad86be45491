// Merged rows as Parquet; loaded only for such files. All columns are held in memory until the file is written.
import { parquetWriteBuffer } from "hyparquet-writer";

const NUMBERS = new Set(["input_tokens", "output_tokens", "cost_usd"]);

/** Rows with the columns that were added to them, by what those hold. */
interface Joined {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly unknown[]>;
  readonly named: Readonly<Record<string, string>>;
}

/** The bytes of the file. Tokens and cost are numbers, all else is text. */
export async function parquetBytes({ columns, rows, named }: Joined): Promise<Uint8Array> {
  const numeric = new Set(Object.entries(named).flatMap(([what, column]) => (NUMBERS.has(what) ? [column] : [])));
  const data: (string | number | null)[][] = columns.map(() => []);
  for await (const row of rows) {
    for (const [at, column] of columns.entries()) data[at]?.push(numeric.has(column) ? number(row[at]) : text(row[at]));
  }
  const columnData = columns.map((name, at) => {
    const type = numeric.has(name) ? ("DOUBLE" as const) : ("STRING" as const);
    return { name, data: data[at] ?? [], type, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function number(cell: unknown): number | null {
  return typeof cell === "number" ? cell : null;
}

function text(cell: unknown): string | null {
  if (cell === null || cell === undefined) return null;
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}
