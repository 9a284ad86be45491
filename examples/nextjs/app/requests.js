// What page and routes agree on: every line is a review, and every review a request.
export function requestsOf(text) {
  const reviews = text.split("\n").filter((line) => line.trim() !== "");
  return reviews.map((review, index) => ({
    custom_id: `review-${index + 1}`,
    params: {
      model: "claude-haiku-5-5",
      max_tokens: 8,
      messages: [{ role: "user", content: `Is this review positive or negative? One word.\n\n${review}` }],
    },
  }));
}
