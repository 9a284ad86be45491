// Hands the registered cases to a program that calls them itself: a route of a framework, a module that is required.
export { late, run } from "./plain.js";
