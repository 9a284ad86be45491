// The package as built can be loaded, in every runtime, without a step by the caller; and it exports this and no more.
import * as batchwise from "batchwise";
import { assert, test } from "../harness.js";

test("the package loads without a step by the caller", () => {
  assert.equal(typeof batchwise.Batchwise, "function");
});
