// What the page is built from. Everything that comes from the service is put in as text, never as markup.

export const part = (id) => document.getElementById(id);

export function element(name, { text, className, attributes = {} } = {}, ...children) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

export function button(text, className, attributes, act) {
  const made = element("button", { text, className, attributes: { type: "button", ...attributes } });
  made.addEventListener("click", act);
  return made;
}

// What a screen reader hears.
export function say(text) {
  part("status").textContent = text;
}

export function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
}

export function counted(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

// Only web pages are linked: a document may carry any address, `javascript:` too.
export function webAddress(...candidates) {
  for (const candidate of candidates) {
    if (!candidate) continue;
    try {
      const address = new URL(candidate);
      if (address.protocol === "https:" || address.protocol === "http:") return address.href;
    } catch {
      continue;
    }
  }
  return null;
}

export function link(address, text) {
  return element("a", { text, attributes: { href: address, target: "_blank", rel: "noopener noreferrer" } });
}

// A page on the web; on paper, where no link can be followed, its address is written out.
export function openAt(address, page = address) {
  const made = link(address, `Open at ${new URL(address).hostname} ↗`);
  made.dataset.address = page ?? address;
  return made;
}

export function languageName(code) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

// How a text of that language is set; a page may name a language that there is not.
export function setting(language) {
  try {
    return { dir: "auto", lang: Intl.getCanonicalLocales(language)[0] ?? "en" };
  } catch {
    return { dir: "auto" };
  }
}

export function sentence(detail) {
  const text = String(detail).replaceAll("`", "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

export function short(text, most = 100) {
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join("")}…`;
}

// A page's title inside a sentence of ours, which a change of direction must not reorder.
export function named(title) {
  return element("bdi", { text: short(title) });
}

// Smoothly where a person has not asked for less motion.
export function bringIntoView(target, block) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}
