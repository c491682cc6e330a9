// Legacy attachments, which Harness's alerts are made of: text beside a bar of a colour.

import { drawBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { link, mrkdwn } from "./mrkdwn.js";

const COLOURS = { __proto__: null, good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

export function drawAttachment(part, around, place) {
  const drawn = h("div.attachment", {});
  const colour =
    COLOURS[part.color] ??
    (/^#?[0-9a-f]{3,8}$/i.test(part.color ?? "") ? `#${part.color.replace("#", "")}` : "#dddddd");
  drawn.style.borderLeftColor = colour;
  const title =
    part.title && (part.title_link ? link(part.title_link, part.title, around) : part.title);
  if (part.pretext) drawn.append(h("div.text", {}, mrkdwn(part.pretext, around)));
  if (part.author_name) drawn.append(h("div.muted", {}, part.author_name));
  if (title) drawn.append(h("strong", {}, title));
  if (part.text) drawn.append(h("div.text", {}, mrkdwn(part.text.trim(), around)));
  if (part.fields)
    drawn.append(
      h(
        "div.fields",
        {},
        part.fields.map((one) =>
          h(
            "div.text",
            {},
            h("strong", {}, one.title ?? ""),
            h("br"),
            mrkdwn(String(one.value ?? ""), around),
          ),
        ),
      ),
    );
  if (part.blocks) drawn.append(...drawBlocks(part.blocks, around, place));
  if (part.footer) drawn.append(h("div.footer.muted", {}, part.footer));
  return drawn;
}
