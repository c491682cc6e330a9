// The middle and the thread's column: a head, messages (or the app's Home tab), and a composer.

import { $, h, sync } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { compose } from "./composer.js";
import { drawLog } from "./messages.js";

export function drawPlace(page, world) {
  const { state, ui, act } = page;
  const here = page.place();
  if (!here) return;
  const isApp = here.kind === "im";
  const tab = (name, label) =>
    h(
      `button.tab${ui.tab === name ? ".here" : ""}`,
      {
        type: "button",
        role: "tab",
        "aria-selected": String(ui.tab === name),
        click: () => {
          page.enter(here.id, name);
          if (name === "home") act("home", {});
        },
      },
      label,
    );
  const away = !isApp && !here.members.includes(state.bot.id);
  const header = isApp
    ? [
        h("h1", {}, state.bot.name),
        h("div.tabs", { role: "tablist" }, tab("home", "Home"), tab("messages", "Messages")),
      ]
    : [
        h("h1", {}, `# ${here.name}`),
        h("span.muted", {}, `${here.members.length} members`),
        away ? h("span.away", {}, `${state.bot.name} is not in this channel`) : null,
        pinButton(here, state.pinned),
      ];
  const signature = JSON.stringify([here.id, here.name, here.members, ui.tab, state.bot]);
  if ($("place").signature !== signature) {
    $("place").replaceChildren(...header.filter(Boolean));
    $("place").signature = signature;
  }
  const seen = here.messages.filter((message) => !ui.dismissed.has(message.ts));
  if (isApp && ui.tab === "home") drawHome(page, world);
  else {
    drawLog($("log"), seen, world, {
      channel: here.id,
      pinned: state.pinned,
      newFrom: ui.newFrom,
      entered: ui.entered,
    });
    page.markRead(here.id, here.messages);
  }
  ui.entered = false;
  compose($("write"), {
    key: here.id,
    label: isApp ? `Message ${state.bot.name}` : `Message #${here.name}, or /resume …`,
    commands: state.commands,
    disabled: here.is_archived
      ? "This channel is archived."
      : isApp && ui.tab === "home"
        ? "This is the app's Home tab; write under Messages."
        : "",
    send: (text) => {
      $("log").atEnd = true;
      act("send", { channel: here.id, text });
    },
  });
}

function pinButton(here, ids) {
  const pinned = here.messages.find((message) => ids?.includes(message.ts));
  if (!pinned) return null;
  return h(
    "button.plain.pins",
    {
      type: "button",
      click: () =>
        document
          .querySelector(`#log [data-ts="${pinned.ts}"]`)
          ?.scrollIntoView({ block: "center", behavior: "smooth" }),
    },
    "📌 What to try",
  );
}

function drawHome({ state, act }, world) {
  const home = state.slack.home;
  const place = { press: (body) => act("press", { ...body, view: home.id }) };
  const items = [home ?? { id: "none", hash: "", blocks: [] }];
  sync(
    $("log"),
    items,
    (one) => `home ${one.id}`,
    (one) => one.hash,
    (one) =>
      h(
        "div.home.blocks",
        {},
        home
          ? drawBlocks(one.blocks, world, place)
          : h("p.muted", {}, "The app has published nothing here yet."),
      ),
  );
}

export function drawThread(page, world, root) {
  const { state, ui, act } = page;
  $("thread").hidden = !root;
  if (!root) return;
  const there = state.slack.channels.find((channel) => channel.id === ui.thread.channel);
  const close = h(
    "button.plain",
    {
      type: "button",
      "aria-label": "Close the thread",
      click: page.closeThread,
    },
    "✕",
  );
  if ($("thread-head").signature !== there.id) {
    $("thread-head").replaceChildren(
      h("h1", {}, "Thread"),
      h("span.muted", {}, there.kind === "im" ? state.bot.name : `# ${there.name}`),
      h("span.grow"),
      close,
    );
    $("thread-head").signature = there.id;
  }
  const replies = root.replies.filter((message) => !ui.dismissed.has(message.ts));
  drawLog($("replies"), [root, ...replies], world, {
    channel: there.id,
    thread: true,
    entered: ui.threadEntered,
  });
  ui.threadEntered = false;
  compose($("thread-write"), {
    key: root.ts,
    label: "Reply…",
    send: (text) => {
      $("replies").atEnd = true;
      act("send", { channel: there.id, text, thread: root.ts });
    },
  });
}
