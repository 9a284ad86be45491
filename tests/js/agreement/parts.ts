// Small pieces that requests of the corpus are made of.

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The parameters of one request. */
export type Params = { [key: string]: Json };

export const user = (content: Json): Params => ({ role: "user", content });
export const assistant = (content: Json): Params => ({ role: "assistant", content });
export const text = (words: string, more: Params = {}): Params => ({ type: "text", text: words, ...more });

/** A list of `count` things. */
export const ten = (make: (n: number) => Json, count = 10): Json[] => Array.from({ length: count }, (_, n) => make(n));

/** The smallest PNG there is: one pixel. */
export const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/** The beginning of a PDF, which is all that anybody can look at without reading it. */
export const PDF = "JVBERi0xLjQKJcOkw7zDtsOfCg==";
