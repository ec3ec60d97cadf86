// Which pages are searched: what the collection offers, what is chosen, and the same in the API's filter language.

import { element, languageName, part, short } from "./elements.js";
import { get } from "./service.js";

const AUDIENCES = { patient: "Patients", professional: "Health professionals" };
const STANDINGS = {
  current: "Reviewed in time", due_soon: "Due within 30 days", overdue: "Review overdue", unknown: "Date not known",
};
const GROUPS = [
  { key: "source", title: "Source", label: (value) => value, without: "Not given" },
  { key: "audience", title: "Written for", label: (value) => AUDIENCES[value] ?? value, without: "Not said" },
  { key: "freshness", title: "Review", label: (value) => STANDINGS[value] ?? value, without: "Not known" },
  { key: "language", title: "Language", label: languageName, without: "Not given" },
];

let known = null;
let generation = null;

// Reads what there is to choose from; again only where another generation serves by now.
export async function offer(current) {
  if (known && generation === current) return;
  const chosen = new Set(ticked().map((one) => `${one.name} ${one.value}`));
  const { facets, index } = await get("/v1/facets");
  [known, generation] = [facets, index.generation];
  const groups = GROUPS.map((group) => groupOf(group, facets[group.key])).filter(Boolean);
  part("filter-groups").replaceChildren(...groups);
  for (const box of boxes()) box.checked = chosen.has(`${box.name} ${box.value}`);
  part("filter-note").textContent = groups.length
    ? "Only pages that match are searched. Nothing ticked in a group means all of it."
    : "All pages of this collection are of one kind; there is nothing to choose from.";
  part("filter-row").hidden = groups.length === 0;
  count();
}

function groupOf({ key, title, label, without }, facet) {
  const options = facet.values.map(({ value, documents }) => choice(key, `=${value}`, label(value), documents));
  // What has no value can be told from the rest only where all values are known.
  if (facet.without && facet.others === 0) options.push(choice(key, "", without, facet.without));
  if (options.length < 2) return null;
  return element(
    "fieldset",
    {},
    element("legend", { text: title }),
    element("div", { className: "choices" }, ...options),
    facet.others > 0 && element("p", { className: "sheet-note", text: `and ${facet.others} more, not listed` }),
  );
}

function choice(name, value, label, documents) {
  const box = element("input", { attributes: { type: "checkbox", name, value } });
  return element(
    "label",
    { className: "choice" },
    box,
    element("span", { text: short(label, 60), attributes: { dir: "auto" } }),
    element("span", { className: "count", text: documents.toLocaleString("en") }),
  );
}

function boxes() {
  return [...part("filter-groups").querySelectorAll("input")];
}

function ticked() {
  return boxes().filter((box) => box.checked);
}

export function count() {
  const chosen = ticked().length;
  part("filter-count").textContent = chosen ? ` (${chosen})` : "";
}

export function clear() {
  for (const box of boxes()) box.checked = false;
  count();
}

// The chosen filter, or null: within a group any of the values will do, all groups have to match.
export function wanted() {
  const conditions = GROUPS.map(({ key }) => conditionOf(key)).filter(Boolean);
  if (conditions.length === 0) return null;
  return conditions.length === 1 ? conditions[0] : { type: "and", filters: conditions };
}

function conditionOf(key) {
  const chosen = ticked().filter((box) => box.name === key);
  if (chosen.length === 0) return null;
  const values = chosen.filter((box) => box.value).map((box) => box.value.slice(1));
  const some = values.length > 0 && { type: "in", key, value: values };
  if (values.length === chosen.length) return some;
  const all = known[key].values.map(({ value }) => value);
  const none = { type: "nin", key, value: all };
  return some ? { type: "or", filters: [some, none] } : none;
}

// The choice in words, for the head of what was found with it.
export function inWords() {
  return GROUPS.map(({ key, title }) => {
    const labels = ticked().filter((box) => box.name === key).map((box) => box.nextElementSibling.textContent);
    return labels.length && `${title}: ${labels.join(" or ")}`;
  }).filter(Boolean).join("; ");
}
