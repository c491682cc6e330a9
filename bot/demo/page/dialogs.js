// Confirm dialogs and the modals that the bot opens.

import { $, h } from "./dom.js";
import { drawText, plainText } from "./mrkdwn.js";
import { drawBlocks } from "./blocks.js";

// Ask again, as a button's `confirm` says; resolves to true or false.
export function confirmed(ask, around) {
  const dialog = $("confirm");
  return new Promise((resolve) => {
    const yes = ask.style === "danger" ? "danger" : "primary";
    dialog.replaceChildren(
      h("h2", { id: "confirm-title" }, plainText(ask.title)),
      h("div.text", {}, drawText(ask.text, around)),
      h(
        "div.dialog-buttons",
        {},
        h(
          "button.action",
          { type: "button", click: () => dialog.close("no") },
          plainText(ask.deny),
        ),
        h(
          `button.action.${yes}`,
          { type: "button", autofocus: true, click: () => dialog.close("yes") },
          plainText(ask.confirm),
        ),
      ),
    );
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

let shown = "";

// Show the modal on top of the person's stack, or none. What was typed stays while it is the same.
export function showModal(view, around, act) {
  const dialog = $("modal");
  const signature = view ? `${view.id} ${view.hash}` : "";
  if (signature === shown) return;
  shown = signature;
  if (!view) {
    dialog.close();
    return;
  }
  const inputs = [];
  const place = { inputs, press: (body) => act("press", { ...body, view: view.id }) };
  const leave = () => act("close", { view: view.id });
  const form = h(
    "form",
    {
      novalidate: true,
      submit: async (event) => {
        event.preventDefault();
        if (complete(inputs)) point(inputs, (await submit(view, inputs, act)).errors ?? {});
      },
    },
    h(
      "header.dialog-head",
      {},
      h("h2", { id: "modal-title" }, plainText(view.title)),
      h("button.plain", { type: "button", "aria-label": "Close", click: leave }, "✕"),
    ),
    h("div.dialog-body", {}, drawBlocks(view.blocks, around, place)),
    h(
      "div.dialog-buttons",
      {},
      h(
        "button.action",
        { type: "button", click: leave },
        view.close ? plainText(view.close) : "Close",
      ),
      view.submit ? h("button.action.primary", { type: "submit" }, plainText(view.submit)) : null,
    ),
  );
  dialog.replaceChildren(form);
  dialog.oncancel = (event) => {
    event.preventDefault();
    leave();
  };
  if (!dialog.open) dialog.showModal();
  inputs[0]?.input.focus();
}

function complete(inputs) {
  const empty = inputs.filter(({ block, value }) => !block.optional && !value().trim());
  point(
    inputs,
    Object.fromEntries(
      empty.map(({ block }) => [block.block_id, "Please complete this required field."]),
    ),
  );
  return empty.length === 0;
}

function submit(view, inputs, act) {
  const filled = inputs.filter(({ value }) => value().trim() !== "");
  return act("submit", {
    view: view.id,
    values: Object.fromEntries(filled.map(({ block, value }) => [block.block_id, value()])),
  });
}

function point(inputs, errors) {
  for (const { block, input, problem } of inputs) {
    problem.textContent = errors[block.block_id] ?? "";
    input.setAttribute("aria-invalid", String(block.block_id in errors));
  }
  inputs.find(({ block }) => block.block_id in errors)?.input.focus();
}
