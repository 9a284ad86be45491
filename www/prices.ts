// The package's own price table, without the rest of the package: the engine stays in the worker.
export { PRICES, PRICES_AS_OF } from "../js/generated.js";
