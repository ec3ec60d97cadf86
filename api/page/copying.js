// "Copy with citations": the answer as plain text with numbered sources and their dates.

import { day } from "./elements.js";
import { unitsOf } from "./text.js";

// What a terminal or a change of direction would act on has no business in a text that is pasted elsewhere.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function withCitations(body, numbers) {
  const { answer, passages } = body;
  const lines = [body.query, "", answerText(answer, numbers), "", "Sources"];
  for (const [rank, number] of numbers) lines.push(`[${number}] ${sourceLine(passages[rank - 1].citation)}`);
  lines.push("", `Quoted word for word from this collection (${body.index.generation}).`);
  return lines.join("\n").replace(UNSEEN, "");
}

function answerText({ text, spans }, numbers) {
  let made = "";
  let end = 0;
  spans.forEach((span, place) => {
    const [start, stop] = [unitsOf(text, span.start_char), unitsOf(text, span.end_char)];
    const between = text.slice(end, start).includes("\n") ? "\n\n" : " ";
    made += `${place ? between : ""}${text.slice(start, stop)} [${numbers.get(span.passage_rank)}]`;
    end = stop;
  });
  return made;
}

function sourceLine(citation) {
  const section = citation.headings.filter((heading) => heading !== citation.title).join(" > ");
  return [
    citation.title,
    section,
    citation.citation || citation.source,
    citation.last_reviewed && `last reviewed ${day(citation.last_reviewed)}`,
    citation.freshness === "overdue" && `review overdue since ${day(citation.review_due)}`,
    citation.url || `file ${citation.source_path}`,
  ].filter(Boolean).map((one) => one.replace(/\.$/, "")).join(". ");
}

// True where it worked. The clipboard is kept from pages without TLS, other than this very machine's.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.className = "unseen";
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}
