// Exports that a spreadsheet opens: every cell comes back as it was, and none of them is a formula.
import { readCells } from "batchwise";
import { csvLine } from "../../../js/cli/output/csv.js";
import { assert, collect, test } from "../harness.js";

/** The cells of what was written, as they stand in the file. */
async function read(line: string): Promise<readonly string[]> {
  const { rows } = await readCells(new Blob([`a,b,c\r\n${line}`]));
  const [row] = await collect(rows);
  if (!row) throw new Error("one row was written");
  return row;
}

test("what a spreadsheet would run is guarded, and a plain number is left alone", async () => {
  for (const cell of [
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    '="a",b',
  ]) {
    assert.deepEqual(await read(csvLine(["x", cell, "y"])), ["x", `'${cell}`, "y"], JSON.stringify(cell));
  }
  assert.equal(csvLine(["-5", "+1.5", 'a"b;=1', null, -2]), '"-5","+1.5","a""b;=1",,-2\r\n');
});

test("any cells come back as they were, guarded where they must be", async () => {
  const alphabet = [..."=+-@\t\r\n\"',;aé1 ＝＋－＠\u2028😀"];
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  for (let n = 0; n < 2_000; n++) {
    const cells = Array.from({ length: 3 }, () =>
      Array.from({ length: 1 + next(6) }, () => alphabet[next(alphabet.length)]).join(""),
    );
    const back = await read(csvLine(cells));
    for (const [at, cell] of cells.entries()) {
      assert.include([cell, `'${cell}`], back[at], JSON.stringify(cells));
      const runs = /^[=+\-@\t\r\n＝＋－＠]/.test(back[at] ?? "");
      assert.isFalse(runs && !/^[+-]?\d+$/.test(cell), JSON.stringify(cells));
    }
  }
});
