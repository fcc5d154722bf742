// One request, any number of answers: server-sent events for subscriptions, one JSON object for everything else.
const GRAPHQL = "application/graphql-response+json";
const EVENTS = "text/event-stream";

export async function* answers(request, token, signal) {
  const follows = /\bsubscription\b/.test(request.query) && (!request.operationName || named(request, "subscription"));
  const response = await fetch("graphql", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: follows ? EVENTS : GRAPHQL,
      ...(token.trim() && { Authorization: `Bearer ${token.trim()}` }),
    },
    body: JSON.stringify(request),
    signal,
  });
  if (response.headers.get("Content-Type")?.startsWith(EVENTS)) yield* events(response.body);
  else yield await response.json();
}

function named(request, kind) {
  return new RegExp(`\\b${kind}\\s+${request.operationName}\\b`).test(request.query);
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const whole = rest.split("\n\n");
    rest = whole.pop();
    for (const event of whole) {
      const fields = Object.fromEntries(event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
      if (fields.event === "next") yield JSON.parse(fields.data);
      if (fields.event === "complete") return;
    }
  }
}
