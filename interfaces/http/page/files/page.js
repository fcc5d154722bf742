// GraphiQL over this server, and whom it speaks for. It needs nothing but this server.
import { fetcher } from "./transport.js";

const FIRST = `# Ctrl+Enter runs what the cursor stands in. Subscriptions go on until they are stopped.
query Channels {
  viewer { name }
  channels(first: 10) {
    nodes {
      id
      name
      messages(first: 5) { nodes { sentAt text author { name } } }
    }
  }
}
`;

const field = document.getElementById("token");
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

function recall() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname); // a token doesn't belong into the browser's history
  }
  field.value = sessionStorage.getItem("token") ?? "";
}

function show() {
  const token = field.value.trim();
  sessionStorage.setItem("token", token);
  // Another token may see another schema's answers: a new fetcher has GraphiQL ask for the schema anew.
  root.render(React.createElement(GraphiQL, { fetcher: fetcher(token), defaultQuery: FIRST }));
}

recall();
field.addEventListener("change", show);
show();
