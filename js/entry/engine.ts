// The engine step by step, its module's bytes part of the code.
import "./inline.js";

export * from "../engine.js";
