// The HTTP reference: reads the OpenAPI document of this very service and lays it out as text.

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

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

function table(rows) {
  const made = element("table");
  for (const [name, type, text] of rows) {
    const row = element("tr");
    const head = element("th", name);
    head.scope = "row";
    row.append(head, element("td", type, "kind"), element("td", plain(text)));
    made.append(row);
  }
  return made;
}

function bodyKind(content) {
  return Object.values(content ?? {}).map((body) => kind(body.schema)).join(", ");
}

function operation(path, method, described) {
  const made = element("article", undefined, "operation");
  const title = element("h3");
  title.append(element("span", method.toUpperCase(), "method"), path);
  made.append(title, element("p", plain(described.description)));
  const rows = (described.parameters ?? []).map((parameter) => [
    parameter.name, `${parameter.in}, ${kind(parameter.schema)}`,
    (parameter.description ?? parameter.schema.description ?? "") + bounds(parameter.schema),
  ]);
  if (described.requestBody) rows.push(["body", bodyKind(described.requestBody.content), ""]);
  for (const [code, response] of Object.entries(described.responses)) {
    rows.push([code, bodyKind(response.content), response.description]);
  }
  made.append(table(rows));
  return made;
}

function schemaCard(name, schema) {
  const made = element("article", undefined, "schema");
  made.id = name;
  made.append(element("h3", name), element("p", plain(schema.description)));
  const rows = Object.entries(schema.properties ?? {}).map(([field, described]) => [
    field + (schema.required?.includes(field) ? "" : " (optional)"),
    kind(described),
    (described.description ?? "") + bounds(described),
  ]);
  if (rows.length) made.append(table(rows));
  if (schema.enum) made.append(element("p", schema.enum.join(", ")));
  for (const example of schema.examples ?? []) made.append(element("pre", JSON.stringify(example, null, 2)));
  return made;
}

const response = await fetch("/openapi.json");
const described = await response.json();
document.getElementById("about").textContent = described.info.description;
for (const [path, methods] of Object.entries(described.paths)) {
  for (const [method, about] of Object.entries(methods)) {
    document.getElementById("operations").append(operation(path, method, about));
  }
}
for (const [name, schema] of Object.entries(described.components.schemas)) {
  document.getElementById("schemas").append(schemaCard(name, schema));
}
