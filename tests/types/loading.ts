// The package's own types resolve for a strict consumer that checks its libraries, too.
import * as batchwise from "batchwise";

export const all: object = batchwise;
