// The page for developers: asks, follows, and shows the schema. It needs nothing but this server.
import { Manual } from "./manual.js";
import { answers } from "./transport.js";

const $ = (id) => document.getElementById(id);
const FIRST = `# Ctrl+Enter runs what the cursor stands in or what is chosen above. Subscriptions go on until they are stopped.
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

let running = null;

function remember() {
  sessionStorage.setItem("token", $("token").value);
  localStorage.setItem("query", $("query").value);
  localStorage.setItem("variables", $("variables").value);
}

function recall() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname); // a token doesn't belong into the browser's history
  }
  $("token").value = sessionStorage.getItem("token") ?? "";
  $("query").value = localStorage.getItem("query") || FIRST;
  $("variables").value = localStorage.getItem("variables") || "{}";
}

function operations() {
  const text = $("query").value.replace(/#.*$/gm, "").replace(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"/g, '""');
  return [...text.matchAll(/\b(query|mutation|subscription)\s+([_A-Za-z]\w*)/g)].map((found) => found[2]);
}

function listOperations() {
  const names = operations(), chosen = $("operation").value;
  $("operation").replaceChildren(...names.map((name) => new Option(name)));
  $("operation").parentElement.hidden = names.length < 2;
  if (names.includes(chosen)) $("operation").value = chosen;
}

function show(text, fault = false) {
  $("result").textContent = text;
  $("result").classList.toggle("fault", fault);
}

async function run() {
  running?.abort();
  remember();
  let variables;
  try {
    variables = JSON.parse($("variables").value.trim() || "{}");
  } catch (error) {
    show(`The variables are not JSON: ${error.message}`, true);
    return;
  }
  const mine = (running = new AbortController());
  const request = { query: $("query").value, variables };
  if (operations().length > 1) request.operationName = $("operation").value;
  $("stop").disabled = false;
  $("state").textContent = "…";
  const began = performance.now();
  const seen = [];
  try {
    for await (const answer of answers(request, $("token").value, mine.signal)) {
      seen.unshift(JSON.stringify(answer, null, 2));
      seen.length = Math.min(seen.length, 200);
      show(seen.join("\n\n"));
      $("state").textContent = `${Math.round(performance.now() - began)} ms`;
    }
  } catch (error) {
    if (error.name !== "AbortError") show(error.message, true);
  }
  if (running === mine) $("stop").disabled = true;
}

function indent(event) {
  if (event.key !== "Tab" || event.shiftKey) return;
  event.preventDefault();
  event.target.setRangeText("  ", event.target.selectionStart, event.target.selectionEnd, "end");
}

recall();
listOperations();
const manual = new Manual($("manual"), $("way"), $("search"));
const load = () => manual.load($("token").value);
$("run").addEventListener("click", run);
$("stop").addEventListener("click", () => { running?.abort(); $("stop").disabled = true; });
$("query").addEventListener("input", listOperations);
$("token").addEventListener("change", () => { remember(); load(); });
for (const id of ["query", "variables"]) $(id).addEventListener("keydown", indent);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
});
load();
