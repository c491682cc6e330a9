// Messages, in the channel and in a thread.

import { avatar, copy, h, openMenu, sync, when } from "./dom.js";
import { drawAttachment } from "./attachments.js";
import { drawBlocks } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";

const TOGETHER = 300; // seconds in which one author's messages stand under one name

// Draw messages into `log`; `view` says the channel, what is new, and whether this is a thread.
export function drawLog(log, messages, around, view) {
  stick(log);
  const items = [];
  let before = null;
  for (const message of messages) {
    const day = new Date(message.ts * 1000).toDateString();
    if (!view.thread && (!before || new Date(before.ts * 1000).toDateString() !== day))
      items.push({ key: `day ${day}`, day: message.ts });
    const isNew =
      view.newFrom && message.ts > view.newFrom && !(before && before.ts > view.newFrom);
    if (isNew && message.author.id !== around.me) items.push({ key: "new", isNew: true });
    const compact =
      Boolean(before) &&
      before.author.id === message.author.id &&
      message.ts - before.ts < TOGETHER &&
      before.is_ephemeral === message.is_ephemeral &&
      !(view.thread && before === messages[0]);
    items.push({
      key: message.ts,
      message,
      compact,
      unread: !view.thread && hasUnread(message, around),
    });
    if (view.thread && message === messages[0] && messages.length > 1) {
      items.push({ key: "count", count: messages.length - 1 });
    }
    before = message;
  }
  sync(
    log,
    items,
    (item) => item.key,
    (item) => JSON.stringify([item, around.names]),
    (item) => {
      if (item.day) return h("div.day", { role: "separator" }, h("span", {}, dayName(item.day)));
      if (item.isNew) return h("div.day.new", { role: "separator" }, h("span", {}, "New"));
      if (item.count)
        return h("div.day.replies", { role: "separator" }, h("span", {}, replies(item.count)));
      return drawMessage(item, around, view);
    },
  );
  if (log.atEnd || view.entered) log.scrollTop = log.scrollHeight;
}

// A log that shows its end goes on showing it when messages come or the column's width changes.
function stick(log) {
  if (log.atEnd !== undefined) return;
  log.atEnd = true;
  log.addEventListener("scroll", () => {
    log.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  });
  new ResizeObserver(() => {
    if (log.atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);
}

function dayName(ts) {
  const date = new Date(ts * 1000);
  const today = new Date().toDateString() === date.toDateString();
  return today
    ? "Today"
    : date.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

const replies = (count) => (count === 1 ? "1 reply" : `${count} replies`);

function drawMessage({ message, compact, unread }, around, view) {
  const { author } = message;
  const place = {
    press: (body) => around.act("press", { ...body, channel: view.channel, ts: message.ts }),
  };
  const head = h(
    "div.who",
    {},
    h("strong", {}, author.name),
    author.is_bot ? h("span.badge", {}, "APP") : null,
    " ",
    when(Number(message.ts)),
    view.pinned?.includes(message.ts) ? h("span.pin", {}, "📌 pinned") : null,
  );
  const body = h(
    "div.body",
    {},
    compact ? null : head,
    message.is_ephemeral ? whisper(message, around) : null,
    content(message, around, place),
  );
  if (message.edited && !message.blocks) body.append(h("span.muted.edited", {}, " (edited)"));
  if (!view.thread && message.reply_count) body.append(threadLink(message, unread, around, view));
  const classes = [compact ? ".compact" : "", message.is_ephemeral ? ".ephemeral" : ""].join("");
  return h(
    `article.message${classes}`,
    { "aria-label": `${author.name}: ${message.text.slice(0, 150)}`, "data-ts": message.ts },
    compact ? h("span.gutter", {}, when(Number(message.ts))) : avatar(author.name, author.id),
    body,
    message.is_ephemeral ? null : tools(message, around, view),
  );
}

function content(message, around, place) {
  const drawn = [];
  if (message.blocks?.length)
    drawn.push(h("div.blocks", {}, drawBlocks(message.blocks, around, place)));
  else if (message.text.trim()) drawn.push(h("div.text", {}, mrkdwn(message.text.trim(), around)));
  for (const part of message.attachments ?? []) drawn.push(drawAttachment(part, around, place));
  return drawn;
}

function whisper(message, around) {
  return h(
    "div.whisper",
    {},
    "👁 Only visible to you",
    h(
      "button.plain.dismiss",
      { type: "button", click: () => around.dismiss(message.ts) },
      "Dismiss",
    ),
  );
}

function hasUnread(message, around) {
  return Boolean(message.reply_count) && message.latest_reply > around.readUpTo(message.ts);
}

function threadLink(message, unread, around, view) {
  const faces = [
    ...new Map(message.replies.map((reply) => [reply.author.id, reply.author])).values(),
  ].slice(0, 3);
  return h(
    `button.thread-link${unread ? ".unread" : ""}`,
    { type: "button", click: () => around.openThread(view.channel, message.ts) },
    faces.map((face) => avatar(face.name, face.id, "tiny")),
    h("strong", {}, replies(message.reply_count)),
    " ",
    h("span.muted", {}, "last at ", when(Number(message.latest_reply))),
  );
}

function tools(message, around, view) {
  const options = [
    ...(view.thread
      ? []
      : [
          {
            label: "Reply in thread",
            run: () => around.openThread(view.channel, message.ts, true),
          },
        ]),
    ...around.shortcuts.map((one) => ({
      label: one.label,
      description: around.botName,
      run: () =>
        around.act("shortcut", { channel: view.channel, ts: message.ts, callback: one.id }),
    })),
    { label: "Copy text", run: () => copy(message.text) },
  ];
  const more = h(
    "button.plain.more",
    {
      type: "button",
      "aria-label": "More actions",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      click: () => openMenu(more, "More actions", [{ options }], (option) => option.run()),
    },
    "⋯",
  );
  const reply = h(
    "button.plain.more",
    {
      type: "button",
      "aria-label": "Reply in thread",
      click: () => around.openThread(view.channel, message.ts, true),
    },
    "💬",
  );
  return h("div.tools", {}, view.thread ? null : reply, more);
}
