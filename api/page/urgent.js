// What cannot wait: the service's fixed text for an emergency or a thought of self-harm, before all else.

import { element, part } from "./elements.js";

const CODES = ["emergency", "self_harm"];
const TELEPHONE = /(?<![\d.,])\+?\d(?:[ -]?\d){2,14}(?![\d.,]*\d)/g;
const FIRST_SENTENCE = /^.+?[.!?](?=\s|$)/s;

export const isUrgent = ({ code }) => CODES.includes(code);

// Shows the texts, or hides their place; says whether there is one.
export function showUrgent(warnings) {
  const texts = warnings.filter(isUrgent).map(({ detail }) => detail);
  part("urgent").replaceChildren(...texts.map(paragraph));
  part("urgent").hidden = texts.length === 0;
  return texts.length > 0;
}

// The first sentence stands out; a telephone number can be called with one touch.
function paragraph(text) {
  const first = FIRST_SENTENCE.exec(text)?.[0] ?? "";
  return element("p", {}, first && element("strong", { text: first }), ...callable(text.slice(first.length)));
}

function callable(text) {
  const parts = [];
  let done = 0;
  for (const { 0: number, index } of text.matchAll(TELEPHONE)) {
    const attributes = { href: `tel:${number.replace(/[ -]/g, "")}`, "aria-label": `Call ${number}` };
    parts.push(text.slice(done, index), element("a", { text: number, attributes }));
    done = index + number.length;
  }
  return [...parts, text.slice(done)];
}
