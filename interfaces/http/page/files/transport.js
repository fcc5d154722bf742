// One request, any number of answers: server-sent events for subscriptions, one JSON object for everything else.
const GRAPHQL = "application/graphql-response+json";
const EVENTS = "text/event-stream";

/** What GraphiQL asks with. */
export function fetcher(token) {
  return (request, { documentAST, headers } = {}) => {
    const ask = (accept, signal) =>
      fetch("graphql", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: accept, ...(token && { Authorization: `Bearer ${token}` }), ...headers },
        body: JSON.stringify(request),
        signal,
      });
    return follows(documentAST, request.operationName)
      ? stoppable((signal) => events(ask(EVENTS, signal)))
      : ask(GRAPHQL).then((response) => response.json());
  };
}

function follows(document, name) {
  const operations = document?.definitions.filter((each) => each.kind === "OperationDefinition") ?? [];
  const chosen = name ? operations.find((each) => each.name?.value === name) : operations[0];
  return chosen?.operation === "subscription";
}

/** An iterable that can be ended while it waits: a generator alone would end only after its next answer. */
function stoppable(begin) {
  const stop = new AbortController();
  const answers = begin(stop.signal);
  return {
    [Symbol.asyncIterator]() { return this; },
    next: () => answers.next().catch((error) => { if (stop.signal.aborted) return { done: true }; throw error; }),
    return: async () => { stop.abort(); return { done: true }; },
  };
}

async function* events(asked) {
  const response = await asked;
  if (!response.headers.get("Content-Type")?.startsWith(EVENTS)) {
    yield await response.json();
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
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
