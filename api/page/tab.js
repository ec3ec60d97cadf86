// What is kept for as long as this tab is open: in its sessionStorage, or in memory where the browser allows none.

const memory = new Map();

export function read(key) {
  try {
    return sessionStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

export function write(key, text) {
  memory.set(key, text);
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // No room, or not allowed: the memory has it until the page is left.
  }
}

export function forget(key) {
  memory.delete(key);
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Where nothing may be kept there is nothing to remove.
  }
}
