// The HTTP reference: reads the OpenAPI document of this very service and lays it out as text.

import { element, part } from "./elements.js";
import { get, Refusal } from "./service.js";

function plain(text) {
  return (text ?? "").replaceAll("`", "");
}

function nameOf(reference) {
  return reference.split("/").pop();
}

function kind(schema) {
  if (!schema) return "";
  if (schema.$ref) return nameOf(schema.$ref);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(kind))].join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
  if (schema.type === "array") return `list of ${kind(schema.items) || "values"}`;
  return schema.type ?? "any";
}

function bounds(schema) {
  const said = [];
  if (schema.minimum !== undefined) said.push(`at least ${schema.minimum}`);
  if (schema.maximum !== undefined) said.push(`at most ${schema.maximum}`);
  if (schema.default !== undefined && schema.default !== null) said.push(`default ${JSON.stringify(schema.default)}`);
  return said.length ? ` (${said.join(", ")})` : "";
}

// A type, with links to the bodies that it names.
function linked(text) {
  const pieces = text.split(/([A-Z]\w+)/).map((piece, place) => (
    place % 2 && known.has(piece) ? element("a", { text: piece, attributes: { href: `#${piece}` } }) : piece
  ));
  return element("td", { className: "kind" }, ...pieces);
}

function table(rows, caption) {
  const made = rows.map(([name, type, text]) => element(
    "tr",
    {},
    element("th", { text: name, attributes: { scope: "row" } }),
    linked(type),
    element("td", { text: plain(text) }),
  ));
  return element("table", {}, element("caption", { className: "unseen", text: caption }), ...made);
}

function bodyKind(content) {
  return Object.values(content ?? {}).map((body) => kind(body.schema)).join(", ");
}

function anchor(path, method) {
  return `${method}${path}`.replace(/[^a-z0-9]+/g, "-");
}

function operation(path, method, about) {
  const rows = (about.parameters ?? []).map((parameter) => [
    parameter.name, `${parameter.in}, ${kind(parameter.schema)}`,
    (parameter.description ?? parameter.schema.description ?? "") + bounds(parameter.schema),
  ]);
  if (about.requestBody) rows.push(["body", bodyKind(about.requestBody.content), ""]);
  for (const [code, response] of Object.entries(about.responses)) {
    rows.push([code, bodyKind(response.content), response.description]);
  }
  const name = `${method.toUpperCase()} ${path}`;
  return element(
    "article",
    { className: "operation", attributes: { id: anchor(path, method) } },
    element("h3", {}, element("span", { className: "method", text: method.toUpperCase() }), ` ${path}`),
    element("p", { text: plain(about.description) }),
    table(rows, `Parameters and responses of ${name}`),
  );
}

function schemaCard(name, schema) {
  const rows = Object.entries(schema.properties ?? {}).map(([field, about]) => [
    field + (schema.required?.includes(field) ? "" : " (optional)"),
    kind(about),
    (about.description ?? "") + bounds(about),
  ]);
  return element(
    "article",
    { className: "schema", attributes: { id: name } },
    element("h3", { text: name }),
    element("p", { text: plain(schema.description) }),
    rows.length > 0 && table(rows, `Fields of ${name}`),
    schema.enum && element("p", { text: schema.enum.join(", ") }),
    ...(schema.examples ?? []).map((example) => element("pre", {
      text: JSON.stringify(example, null, 2), attributes: { tabindex: "0", role: "group", "aria-label": `Example of ${name}` },
    })),
  );
}

function contents(operations) {
  const entries = operations.map(([path, method]) => element(
    "li",
    {},
    element(
      "a",
      { attributes: { href: `#${anchor(path, method)}` } },
      element("span", { className: "method", text: method.toUpperCase() }),
      ` ${path}`,
    ),
  ));
  return element("ul", {}, ...entries);
}

const known = new Set();
try {
  const described = await get("/openapi.json");
  for (const name of Object.keys(described.components.schemas)) known.add(name);
  const operations = Object.entries(described.paths).flatMap(([path, methods]) => (
    Object.entries(methods).map(([method, about]) => [path, method, about])
  ));
  part("about").textContent = described.info.description;
  part("contents").append(contents(operations));
  part("operations").append(...operations.map(([path, method, about]) => operation(path, method, about)));
  part("schemas").append(...Object.entries(described.components.schemas).map(([name, schema]) => schemaCard(name, schema)));
  for (const id of ["contents", "endpoints", "bodies"]) part(id).hidden = false;
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  part("about").textContent = error.status === 401
    ? "This service asks for a key. Give it on the page where questions are asked, in this tab, then come back here."
    : "The description of this service cannot be read. Check that it is running, then load this page again.";
}
