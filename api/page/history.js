// The questions of this tab, the newest first.

import { button, element, part } from "./elements.js";
import * as tab from "./tab.js";

const KEY = "footnoted.history";
const MOST = 30;
const OUTCOMES = { answered: "answered", passages: "passages found", abstained: "not found" };

function read() {
  try {
    const kept = JSON.parse(tab.read(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.query === "string") : [];
  } catch {
    return [];
  }
}

// Gives the number of the question, by which the browser's own back and forward find it again.
export function remember(query, outcome, again) {
  const known = read();
  const id = known.find((one) => one.query === query)?.id ?? Date.now();
  const entries = [{ id, query, outcome }, ...known.filter((one) => one.query !== query)].slice(0, MOST);
  tab.write(KEY, JSON.stringify(entries));
  show(again);
  return id;
}

export function queryOf(id) {
  return read().find((one) => one.id === id)?.query ?? null;
}

export function show(again) {
  const entries = read();
  part("history").hidden = entries.length === 0;
  part("history-count").textContent = ` (${entries.length})`;
  part("history-list").replaceChildren(...entries.map(({ query, outcome }) => element(
    "li",
    {},
    button(query, "entry", { dir: "auto" }, () => again(query)),
    element("span", { text: OUTCOMES[outcome] ?? "" }),
  )));
}

export function clear(again) {
  tab.forget(KEY);
  part("history").open = false;
  show(again);
}
