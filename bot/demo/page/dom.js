// How the page makes elements: text goes in as text nodes only, and never as markup.

import { drawn } from "./marks.js";

export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined)
      .flatMap((child) => (typeof child === "string" ? drawn(child) : [child])),
  );
  return element;
}

export const $ = (id) => document.getElementById(id);

// Only addresses that a browser may follow: no javascript:, no data:.
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// Make `parent` show `items`, keeping each element whose signature did not change: what has the
// focus, is open or is being read stays as it is.
export function sync(parent, items, keyOf, signatureOf, make) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let after = null;
  for (const item of items) {
    const key = keyOf(item);
    const signature = signatureOf(item);
    let element = old.get(key);
    old.delete(key);
    if (!element || element.signature !== signature) {
      const fresh = make(item);
      fresh.dataset.key = key;
      fresh.signature = signature;
      if (element) {
        const focused = element.contains(document.activeElement);
        element.replaceWith(fresh);
        if (focused) {
          fresh.tabIndex = -1;
          fresh.focus({ preventScroll: true });
        }
      }
      element = fresh;
    }
    const expected = after ? after.nextElementSibling : parent.firstElementChild;
    if (expected !== element) {
      if (after) after.after(element);
      else parent.prepend(element);
    }
    after = element;
  }
  for (const left of old.values()) left.remove();
}

// A small menu below a button: arrows move, Enter chooses, Escape closes.
export function openMenu(anchor, label, groups, choose) {
  closeMenu();
  const options = [];
  const list = h("div.menu", { role: "listbox", "aria-label": label, id: "menu" });
  for (const group of groups) {
    if (group.label) list.append(h("div.menu-label", {}, group.label));
    for (const option of group.options) {
      const item = h(
        "button.menu-item",
        {
          type: "button",
          role: "option",
          "aria-selected": "false",
          click: () => {
            closeMenu();
            anchor.focus();
            choose(option);
          },
        },
        option.label,
      );
      if (option.description) item.append(h("small", {}, option.description));
      options.push(item);
      list.append(item);
    }
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = options.indexOf(document.activeElement);
    if (step) options[(at + step + options.length) % options.length].focus();
    else if (event.key === "Home") options[0].focus();
    else if (event.key === "End") options.at(-1).focus();
    else if (event.key === "Escape" || event.key === "Tab") {
      closeMenu();
      anchor.focus();
    } else return;
    event.preventDefault();
  });
  document.body.append(list);
  const box = anchor.getBoundingClientRect();
  const room = list.getBoundingClientRect();
  const below = box.bottom + 4 + room.height < innerHeight;
  list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - room.width - 8))}px`;
  list.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - room.height - 4)}px`;
  anchor.setAttribute("aria-expanded", "true");
  list.anchor = anchor;
  options[0]?.focus({ preventScroll: true });
  setTimeout(() => document.addEventListener("pointerdown", outside));
}

function outside(event) {
  if (!$("menu")?.contains(event.target)) closeMenu();
}

export function closeMenu() {
  document.removeEventListener("pointerdown", outside);
  const menu = $("menu");
  menu?.anchor.setAttribute("aria-expanded", "false");
  menu?.remove();
}

export function toast(text, kind = "info") {
  const note = h(`div.toast.${kind}`, {}, text);
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea.off", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(`Copied: ${text}`);
}

export function when(seconds) {
  const date = new Date(seconds * 1000);
  const shown = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return h("time", { datetime: date.toISOString(), title: date.toLocaleString() }, shown);
}

const TINTS = [
  "#0b6e63",
  "#8a3b62",
  "#2c5aa0",
  "#9a5b13",
  "#5a4a9c",
  "#4c6b1f",
  "#a23b3b",
  "#33658a",
];

export function avatar(name, key = name, size = "") {
  const initials = name
    .split(/[\s-]+/)
    .map((part) => part[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  const face = h(`span.avatar${size ? "." + size : ""}`, { "aria-hidden": "true" }, initials);
  const sum = [...key].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) >>> 0, 7);
  face.style.backgroundColor = TINTS[sum % TINTS.length];
  return face;
}
