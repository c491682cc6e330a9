// Where the visitor types: Enter sends, Shift+Enter makes a new line, / offers the commands.

import { h } from "./dom.js";

const drafts = new Map();

// Keep one composer in `host` for the place `key`; `send` gets the line.
export function compose(host, { key, label, disabled, commands = [], send }) {
  const signature = JSON.stringify([key, label, disabled]);
  if (host.signature === signature) return;
  const before = host.querySelector("textarea");
  if (before && host.key) drafts.set(host.key, before.value);
  host.signature = signature;
  host.key = key;
  if (disabled) {
    host.replaceChildren(h("p.muted", {}, disabled));
    return;
  }
  const hint = h(
    "div.hint",
    { hidden: true },
    commands.map((name) => h("span", {}, h("strong", {}, name), " <execution id or link> · help")),
  );
  const area = h("textarea", {
    rows: 1,
    "aria-label": label,
    placeholder: label,
    spellcheck: "false",
  });
  const grow = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
    hint.hidden =
      !/^\/\S*$/.test(area.value) || !commands.some((name) => name.startsWith(area.value));
  };
  const go = () => {
    const line = area.value.trim();
    if (!line) return;
    area.value = "";
    drafts.delete(key);
    grow();
    send(line);
  };
  area.value = drafts.get(key) ?? "";
  area.addEventListener("input", grow);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      go();
    } else if (event.key === "Tab" && !hint.hidden) {
      event.preventDefault();
      area.value = `${commands[0]} `;
      grow();
    }
  });
  const button = h("button.send", { type: "button", "aria-label": "Send", click: go }, "➤");
  host.replaceChildren(hint, h("div.box", {}, area, button));
  requestAnimationFrame(grow);
}

export function put(host, text) {
  const area = host.querySelector("textarea");
  if (!area) return;
  area.value = text;
  area.dispatchEvent(new Event("input"));
  area.focus();
}
