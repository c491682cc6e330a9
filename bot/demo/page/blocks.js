// Block Kit drawn as elements.

import { h, openMenu } from "./dom.js";
import { drawText, plainText } from "./mrkdwn.js";
import { confirmed } from "./dialogs.js";
import { richPart } from "./richtext.js";

// `place` acts: place.press(body) sends what was pressed; place.inputs collects a modal's fields.
export function drawBlocks(blocks, around, place) {
  return blocks.map((block) => (BLOCKS[block.type] ?? notDrawn)(block, around, place));
}

const BLOCKS = {
  __proto__: null,
  header: (block) => h("h3.block-header", {}, plainText(block.text)),
  divider: () => h("hr"),
  section(block, around, place) {
    const body = h("div.section-body", {});
    if (block.text) body.append(h("div.text", {}, drawText(block.text, around)));
    if (block.fields)
      body.append(
        h(
          "div.fields",
          {},
          block.fields.map((field) => h("div.text", {}, drawText(field, around))),
        ),
      );
    return h(
      "div.section",
      {},
      body,
      block.accessory ? element(block.accessory, block, around, place) : null,
    );
  },
  context: (block, around) =>
    h(
      "div.context",
      {},
      block.elements.map((part) =>
        part.type === "image" ? picture(part) : h("span.text", {}, drawText(part, around)),
      ),
    ),
  actions: (block, around, place) =>
    h(
      "div.actions",
      {},
      block.elements.map((part) => element(part, block, around, place)),
    ),
  image: (block) => picture(block),
  markdown: (block) => h("div.text.markdown", {}, block.text),
  rich_text: (block, around) =>
    h(
      "div.text",
      {},
      block.elements.map((part) => richPart(part, around)),
    ),
  input: (block, around, place) => field(block, around, place),
};

const notDrawn = (block) => unknown(block, "A block");

function unknown(block, what) {
  return h(
    "div.unknown",
    { role: "note" },
    `${what} of type “${block.type}”, which this page does not draw`,
  );
}

// Nothing is fetched from elsewhere, so a picture is a frame with its description.
function picture(block) {
  const title = block.title ? plainText(block.title) : "";
  return h(
    "span.picture",
    { role: "img", "aria-label": block.alt_text ?? "" },
    `🖼 ${title || block.alt_text || "image"}`,
  );
}

function element(part, block, around, place) {
  if (part.visible_to_user_ids?.length && !part.visible_to_user_ids.includes(around.me))
    return null;
  if (part.type === "button") return button(part, around, place);
  if (part.type === "static_select" || part.type === "overflow") return select(part, around, place);
  if (part.type === "image") return picture(part);
  return unknown(part, "An element");
}

function button(part, around, place) {
  const kind = { primary: ".primary", danger: ".danger" }[part.style] ?? "";
  const made = h(
    `button.action${kind}`,
    {
      type: "button",
      "aria-label": part.accessibility_label,
      title: part.accessibility_label,
      "data-action": part.action_id,
      click: async () => {
        if (part.confirm && !(await confirmed(part.confirm, around))) return;
        if (part.url) window.open(part.url, "_blank", "noopener");
        await busy(made, () => place.press({ action: part.action_id }));
      },
    },
    plainText(part.text),
  );
  return made;
}

function select(part, around, place) {
  const groups = part.option_groups ?? [{ options: part.options }];
  const label = part.placeholder
    ? plainText(part.placeholder)
    : part.type === "overflow"
      ? "More"
      : "Select an item";
  const made = h(
    "button.action.select",
    {
      type: "button",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "data-action": part.action_id,
      click: () =>
        openMenu(
          made,
          label,
          groups.map((group) => ({
            label: group.label && plainText(group.label),
            options: group.options.map((option) => ({
              label: plainText(option.text),
              value: option.value,
              description: option.description && plainText(option.description),
            })),
          })),
          async (option) => {
            if (part.confirm && !(await confirmed(part.confirm, around))) return;
            await busy(made, () => place.press({ action: part.action_id, option: option.value }));
          },
        ),
    },
    part.type === "overflow" ? "⋯" : label,
  );
  return made;
}

async function busy(made, act) {
  made.setAttribute("aria-busy", "true");
  try {
    await act();
  } finally {
    made.removeAttribute("aria-busy");
  }
}

// -- the fields of a modal ------------------------------------------------------------------------

const TYPES = {
  __proto__: null,
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "number",
};

function field(block, around, place) {
  const part = block.element;
  const id = `field-${block.block_id}`;
  const input = control(part, id);
  const problem = h("div.problem", { id: `${id}-problem`, role: "alert" });
  const label = h(
    "label",
    { for: id },
    plainText(block.label),
    block.optional ? h("span.muted", {}, " (optional)") : null,
  );
  if (!input) return h("div.field", {}, label, unknown(part, "An input"));
  input.setAttribute("aria-describedby", `${id}-problem`);
  place.inputs?.push({ block, input, problem, value: () => input.value });
  return h(
    "div.field",
    {},
    label,
    input,
    block.hint ? h("small.muted", {}, plainText(block.hint)) : null,
    problem,
  );
}

function control(part, id) {
  if (part.type === "plain_text_input" && part.multiline) {
    const area = h("textarea", {
      id,
      rows: 4,
      maxlength: part.max_length,
      placeholder: part.placeholder?.text,
    });
    area.value = part.initial_value ?? "";
    return area;
  }
  if (TYPES[part.type]) {
    const input = h("input", {
      id,
      type: TYPES[part.type],
      maxlength: part.max_length,
      placeholder: part.placeholder?.text,
      autocomplete: "off",
    });
    input.value = part.initial_value ?? "";
    return input;
  }
  if (part.type === "static_select" || part.type === "radio_buttons") {
    const choice = (option) =>
      h(
        "option",
        { value: option.value, selected: option.value === part.initial_option?.value },
        plainText(option.text),
      );
    const groups = part.option_groups?.map((group) =>
      h("optgroup", { label: plainText(group.label) }, group.options.map(choice)),
    );
    return h(
      "select",
      { id },
      h("option", { value: "" }, part.placeholder ? plainText(part.placeholder) : "Select an item"),
      groups ?? part.options.map(choice),
    );
  }
  return null;
}
