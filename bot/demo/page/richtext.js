// Rich text blocks: what people write in Slack's own editor, and some apps post.

import { h } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { drawDate, link, mention } from "./mrkdwn.js";

export function richPart(part, around) {
  const inside = () =>
    part.elements.map((one) => (one.elements ? richPart(one, around) : richText(one, around)));
  switch (part.type) {
    case "rich_text_list":
      return h(
        part.style === "ordered" ? "ol" : "ul",
        {},
        part.elements.map((one) => h("li", {}, richPart(one, around))),
      );
    case "rich_text_quote":
      return h("blockquote", {}, inside());
    case "rich_text_preformatted":
      return h("pre", {}, inside());
    default:
      return h("div", {}, inside());
  }
}

function richText(part, around) {
  switch (part.type) {
    case "text":
      return styled(
        part.text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line])),
        part.style,
      );
    case "link":
      return link(part.url, part.text ?? part.url, around);
    case "user":
      return mention(around.people[part.user_id]?.name ?? part.user_id, around.me === part.user_id);
    case "channel":
      return h("span.mention", {}, `#${around.channels[part.channel_id]?.name ?? "private"}`);
    case "broadcast":
      return mention(part.range, true);
    case "emoji":
      return EMOJI[part.name] ?? `:${part.name}:`;
    case "date":
      return drawDate(`!date^${part.timestamp}^${part.format}`, part.fallback);
    default:
      return part.text ?? "";
  }
}

function styled(content, style = {}) {
  let drawn = content;
  if (style.code) drawn = h("code", {}, drawn);
  if (style.bold) drawn = h("strong", {}, drawn);
  if (style.italic) drawn = h("em", {}, drawn);
  if (style.strike) drawn = h("s", {}, drawn);
  return drawn;
}
