// The questions of this tab, kept in its sessionStorage; the newest first.

import { button, element, part } from "./elements.js";

const KEY = "footnoted.history";
const MOST = 30;
const OUTCOMES = { answered: "answered", passages: "passages found", abstained: "not found" };

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.query === "string") : [];
  } catch {
    return [];
  }
}

function write(entries) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // A full store costs the list, never the answer.
    sessionStorage.removeItem(KEY);
  }
}

export function remember(query, outcome, again) {
  write([{ query, outcome }, ...read().filter((one) => one.query !== query)].slice(0, MOST));
  show(again);
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
  sessionStorage.removeItem(KEY);
  part("history").open = false;
  show(again);
}
