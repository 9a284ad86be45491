// The sample: reviews of an imaginary shop, the same every time.

const GOOD = [
  "Loved it.",
  "Works as promised.",
  "Better than I expected.",
  "My whole family uses it.",
  "Worth every cent.",
];
const BAD = [
  "Broke after a week.",
  "Not what the picture shows.",
  "Support never answered.",
  "Asked for a refund.",
  "Smells odd.",
];
const MIXED = [
  "It is fine.",
  "Good, but late.",
  "Does the job, nothing more.",
  "Half of the parts were missing, the rest is great.",
];
const PRODUCTS = ["Kettle", "Lamp", "Backpack", "Headphones", "Blender"];
const COUNTRIES = ["DE", "FR", "US", "BR", "JP"];
const DETAILS = ["Delivery took {n} days", "I have had it for {n} weeks", "Bought {n} of them", "Used it {n} times"];
const ROWS = 200;

/** A CSV file of 200 rows and 6 columns. */
export function sample(): File {
  const lines = ["id,date,product,country,stars,review"];
  for (let row = 1; row <= ROWS; row += 1) {
    const stars = 1 + ((row * 7 + Math.floor(row / 9)) % 5);
    const words = stars > 3 ? GOOD : stars < 3 ? BAD : MIXED;
    const detail = pick(DETAILS, row * 3).replace("{n}", String(2 + ((row * 11) % 17)));
    const review = `${pick(words, row * 5 + Math.floor(row / 5))} ${detail}, order ${1000 + row}.`;
    const day = String(1 + ((row * 3) % 28)).padStart(2, "0");
    lines.push(`r-${row},2026-10-${day},${pick(PRODUCTS, row)},${pick(COUNTRIES, row * 2)},${stars},"${review}"`);
  }
  return new File([`${lines.join("\n")}\n`], "sample-reviews.csv", { type: "text/csv" });
}

/** A prompt that suits it. */
export const SAMPLE_PROMPT =
  "Classify the sentiment of this review of our {{product}}. Answer with one word: positive, negative or neutral.\n\n{{review}}";

function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T;
}
