// The schema as a manual: types and fields with what is said of them, found by name.
import { answers } from "./transport.js";

const INTROSPECTION = `query Manual {
  __schema { queryType { name } mutationType { name } subscriptionType { name } types {
    kind name description
    fields { name description args { name description type { ...T } } type { ...T } }
    inputFields { name description defaultValue type { ...T } }
    enumValues { name description }
    possibleTypes { name }
  } }
}
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

const bare = (type) => (type.ofType ? bare(type.ofType) : type.name);
const written = (type) =>
  type.kind === "NON_NULL" ? `${written(type.ofType)}!` : type.kind === "LIST" ? `[${written(type.ofType)}]` : type.name;

function element(tag, ...parts) {
  const made = document.createElement(tag);
  made.append(...parts);
  return made;
}

export class Manual {
  constructor(place, way, search) {
    Object.assign(this, { place, way, search, types: new Map(), visited: [] });
    search.addEventListener("input", () => this.find(search.value.trim().toLowerCase()));
  }

  async load(token) {
    if (!token.trim()) return this.say("Enter a token to read the schema.");
    try {
      for await (const answer of answers({ query: INTROSPECTION }, token, undefined)) {
        if (!answer.data) return this.say(answer.errors.map((error) => error.message).join("\n"));
        const schema = answer.data.__schema;
        this.types = new Map(schema.types.filter((type) => !type.name.startsWith("__")).map((type) => [type.name, type]));
        this.roots = [schema.queryType, schema.mutationType, schema.subscriptionType].filter(Boolean).map((type) => type.name);
        this.start();
      }
    } catch (error) {
      this.say(error.message);
    }
  }

  say(text) {
    this.place.replaceChildren(element("p", text));
  }

  link(name) {
    const made = element("a", name);
    made.addEventListener("click", () => this.open(name));
    return made;
  }

  typed(type) {
    const name = bare(type), [before, after] = written(type).split(name);
    return element("span", before, this.types.has(name) ? this.link(name) : name, after ?? "");
  }

  start() {
    this.visited = [];
    this.way.replaceChildren();
    this.place.replaceChildren(element("dl", ...this.roots.flatMap((name) => this.entry(this.link(name), this.types.get(name).description))));
  }

  entry(term, description) {
    return [element("dt", term), element("dd", description ?? "")];
  }

  open(name) {
    const type = this.types.get(name);
    this.visited = [...this.visited.filter((seen) => seen !== name), name].slice(-4);
    const home = element("a", "Schema");
    home.addEventListener("click", () => this.start());
    this.way.replaceChildren(home, ...this.visited.flatMap((seen) => [" › ", seen === name ? seen : this.link(seen)]));
    const fields = [...(type.fields ?? []), ...(type.inputFields ?? [])].flatMap((field) => this.field(field));
    const values = (type.enumValues ?? []).flatMap((value) => this.entry(value.name, value.description));
    const members = (type.possibleTypes ?? []).flatMap((each) => this.entry(this.link(each.name), this.types.get(each.name)?.description));
    this.place.replaceChildren(element("h3", name), element("p", type.description ?? ""), element("dl", ...fields, ...values, ...members));
    this.place.scrollTop = 0;
  }

  field(field) {
    const args = (field.args ?? []).map((arg) => element("div", `${arg.name}: `, this.typed(arg.type), ` ${arg.description ?? ""}`));
    const preset = field.defaultValue ? ` = ${field.defaultValue}` : "";
    return [element("dt", `${field.name}: `, this.typed(field.type), preset), element("dd", field.description ?? "", ...args)];
  }

  find(text) {
    if (!text) return this.start();
    const found = [];
    for (const type of this.types.values()) {
      if (type.name.toLowerCase().includes(text)) found.push(...this.entry(this.link(type.name), type.description));
      for (const field of type.fields ?? [])
        if (field.name.toLowerCase().includes(text)) found.push(...this.entry(element("span", this.link(type.name), `.${field.name}`), field.description));
    }
    this.place.replaceChildren(element("dl", ...found.slice(0, 200)));
  }
}
