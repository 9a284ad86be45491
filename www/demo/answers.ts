// What the demo's API answers: labels, so that there is something to count, or JSON as the schema asks for it.

const LABELS = ["positive", "negative", "neutral", "positive", "negative"];
const JSON_LABELS = ['{"label":"pos"}', '{"label":"neg"}', '{"label":"neutral"}'];
const BROKEN = '{"label": "po';
const WORDS = ["late delivery", "good value", "broken part", "kind support"];
const MOST_DEPTH = 4;
const ALL = 100;

type Schema = Readonly<Record<string, unknown>>;

/** Answers of which one is drawn for each request; so many in a hundred are broken JSON. */
export function answersFor(schema: string | null, invalidJson: number): string[] {
  const wanted = schema === null ? null : objectOf(schema);
  const whole = wanted
    ? Array.from({ length: ALL }, (_, n) => JSON.stringify(sampleOf(wanted, n, 0)))
    : invalidJson > 0
      ? JSON_LABELS
      : LABELS;
  const broken = Math.round(invalidJson);
  if (broken === 0) return whole;
  return Array.from({ length: ALL }, (_, n) => (n < broken ? BROKEN : (whole[n % whole.length] as string)));
}

/** Some value that fits; another one for each `n`, and for each property. */
function sampleOf(schema: Schema, n: number, depth: number): unknown {
  const { type, enum: choices, const: only, properties, items } = schema;
  if (only !== undefined) return only;
  if (Array.isArray(choices)) return choices[n % choices.length];
  const kind = Array.isArray(type) ? type[0] : type;
  if (kind === "boolean") return n % 2 === 0;
  if (kind === "integer") return n % 5;
  if (kind === "number") return (n % 20) / 20;
  if (kind === "null") return null;
  if (kind === "array") return depth < MOST_DEPTH ? [sampleOf(asSchema(items), n, depth + 1)] : [];
  if (kind === "object" || properties !== undefined) {
    const named = depth < MOST_DEPTH ? Object.entries(asSchema(properties)) : [];
    // Properties that follow each other must not go up and down together.
    return Object.fromEntries(
      named.map(([name, each], at) => [name, sampleOf(asSchema(each), n + Math.floor(n / (at + 2)), depth + 1)]),
    );
  }
  return WORDS[n % WORDS.length];
}

function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}

function objectOf(text: string): Schema | null {
  try {
    return asSchema(JSON.parse(text));
  } catch {
    return null;
  }
}
