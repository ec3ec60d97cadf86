// What the page is built from. Everything that comes from the service is put in as text, never as markup.

export function element(name, { text, className, attributes = {} } = {}, ...children) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter(Boolean));
  return made;
}

export function button(text, className, attributes, act) {
  const made = element("button", { text, className, attributes: { type: "button", ...attributes } });
  made.addEventListener("click", act);
  return made;
}

export function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
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

export function languageName(code) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function sentence(detail) {
  const text = String(detail).replaceAll("`", "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
