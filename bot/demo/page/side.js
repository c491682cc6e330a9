// The left column: channels with what is unread, the app, and the people to act as.

import { $, avatar, h, sync } from "./dom.js";

export function drawSide(page) {
  const { state } = page;
  const channels = state.slack.channels.filter((channel) => channel.kind !== "im");
  const app = page.direct();
  const places = channels.map((channel) => place(channel, `channel ${channel.name}`, page));
  draw($("channels"), places, (one) => line(one, one.name, hash(one), () => page.enter(one.key)));
  const apps = [app ? place(app, state.bot.name, page) : { key: "app", label: state.bot.name }];
  draw($("apps"), apps, (one) =>
    line(one, state.bot.name, avatar(state.bot.name, state.bot.id, "tiny"), () =>
      app ? page.enter(app.id) : page.openApp(),
    ),
  );
  const cast = (state.cast ?? []).map((one) => ({
    ...one,
    key: one.id,
    chosen: one.id === page.ui.me,
  }));
  draw($("cast"), cast, (one) => actor(one, page));
}

function draw(host, items, make) {
  sync(
    host,
    items,
    (one) => one.key,
    (one) => JSON.stringify(one),
    make,
  );
}

function place(channel, label, { ui, readUpTo }) {
  const isHere = channel.id === ui.channel;
  const isNew = (one) => one.ts > readUpTo(channel.id) && one.author.id !== ui.me;
  const unread = isHere ? 0 : channel.messages.filter(isNew).length;
  return { key: channel.id, name: channel.name, kind: channel.kind, label, isHere, unread };
}

const hash = (one) => h("span.hash", {}, one.kind === "private" ? "🔒" : "#");

function line({ label, isHere, unread }, name, mark, click) {
  return h(
    "li",
    {},
    h(
      `button.place${isHere ? ".here" : ""}${unread ? ".unread" : ""}`,
      {
        type: "button",
        "aria-current": isHere ? "page" : undefined,
        "aria-label": unread ? `${label}, ${unread} unread` : label,
        click,
      },
      mark,
      h("span.name", {}, name),
      unread ? h("span.count", {}, String(unread)) : null,
    ),
  );
}

function actor(one, page) {
  return h(
    `button.actor${one.chosen ? ".chosen" : ""}`,
    {
      type: "button",
      role: "radio",
      "aria-checked": String(one.chosen),
      "aria-label": `Act as ${one.name}: ${one.rights}`,
      click: () => page.become(one.id),
      keydown: (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const all = [...$("cast").children];
        all[(all.indexOf(event.currentTarget) + step + all.length) % all.length].focus();
      },
    },
    avatar(one.name, one.id),
    h("span.actor-text", {}, h("strong", {}, one.name), h("small", {}, one.rights)),
  );
}
