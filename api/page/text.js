// A text in its own shape: its heading, paragraphs with their lines, list items, and tables, whose cells are
// separated by tabs. No character but white space is left out. Stretches of it can be marked.

import { element } from "./elements.js";

const ITEM = /^\s*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s/;
const BRIEF = 8;  // characters of a cell that stay on one line: a number with its unit
const BULLET = /^\s*[-*+•◦▪‣–]\s+/;

// The service counts code points, a string here counts UTF-16 units.
export function unitsOf(text, codePoints) {
  return Array.from(text).slice(0, codePoints).join("").length;
}

// `ranges` are { start, end, key } in UTF-16 units of `text`; what lies inside becomes a <mark> that bears its key,
// or another element where the range names one as `name`.
export function shaped(text, { heading, ranges = [] } = {}) {
  const blocks = [];
  let position = 0;
  for (const part of text.split(/(\n{2,})/)) {
    if (part.trim()) blocks.push(...blockOf(part, position, { ranges, heading: blocks.length === 0 && heading }));
    position += part.length;
  }
  return blocks;
}

function blockOf(block, from, { ranges, heading }) {
  if (heading && block === heading) {
    return [element("p", { className: "heading" }, ...marked(block, from, ranges))];
  }
  const made = [];
  let position = from;
  let group = null;
  for (const line of block.split("\n")) {
    const kind = line.includes("\t") ? "table" : ITEM.test(line) ? "ul" : "p";
    if (group?.kind !== kind) {
      const box = kind === "ul" ? listOf() : element(kind);
      group = { kind, box, levels: [{ box, indent: Infinity }] };
      made.push(kind === "table" ? scrolling(box) : box);
    }
    if (kind === "table") group.box.append(rowOf(line, position, ranges));
    else if (kind === "ul") levelFor(line, group.levels).append(itemOf(line, position, ranges));
    else group.box.append(group.box.hasChildNodes() ? "\n" : "", ...marked(line, position, ranges));
    position += line.length + 1;
  }
  return made;
}

// Without its own signs a list is none to Safari's screen reader, unless it says so.
function listOf() {
  return element("ul", { attributes: { role: "list" } });
}

// The list that an item belongs to: one that is set in farther than the item before it begins a list of that item's.
function levelFor(line, levels) {
  const indent = line.search(/\S/);
  while (levels.length > 1 && indent < levels.at(-1).indent) levels.pop();
  const level = levels.at(-1);
  if (indent > level.indent) {
    const box = listOf();
    level.box.lastElementChild.append(box);
    levels.push({ box, indent });
  } else {
    level.indent = Math.min(indent, level.indent);
  }
  return levels.at(-1).box;
}

// A wide table scrolls by itself; the keyboard has to reach it then.
function scrolling(table) {
  const attributes = { role: "group", "aria-label": "Table", tabindex: "0" };
  return element("div", { className: "table", attributes }, table);
}

function rowOf(line, from, ranges) {
  const row = element("tr");
  let position = from;
  for (const cell of line.split("\t")) {
    row.append(element("td", { className: cell.length <= BRIEF ? "brief" : "" }, ...marked(cell, position, ranges)));
    position += cell.length + 1;
  }
  return row;
}

// A hyphen is shown as the bullet that it stands for; a number stays as it is written.
function itemOf(line, from, ranges) {
  const bullet = BULLET.exec(line)?.[0] ?? "";
  if (!bullet) return element("li", { className: "item" }, ...marked(line, from, ranges));
  const sign = element("span", { text: bullet, className: "sign", attributes: { "aria-hidden": "true" } });
  const words = marked(line.slice(bullet.length), from + bullet.length, ranges);
  return element("li", { className: "item bullet" }, sign, ...words);
}

function marked(text, from, ranges) {
  const pieces = [];
  let position = 0;
  for (const { start, end, key, name = "mark" } of ranges) {
    const first = Math.max(start - from, position);
    const last = Math.min(end - from, text.length);
    if (first >= last) continue;
    pieces.push(document.createTextNode(text.slice(position, first)));
    pieces.push(element(name, { text: text.slice(first, last), attributes: { "data-quote": key } }));
    position = last;
  }
  pieces.push(document.createTextNode(text.slice(position)));
  return pieces;
}
