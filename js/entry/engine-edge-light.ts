// The engine step by step for edge runtimes built on @edge-runtime.
import "./edge-light.js";

export * from "../engine.js";
