// The page: one state pushed by the server, a few choices of the visitor, and everything drawn anew.

import { $, closeMenu } from "./dom.js";
import { drawPlace, drawThread } from "./columns.js";
import { put } from "./composer.js";
import { showModal } from "./dialogs.js";
import { drawHarness } from "./harness.js";
import * as server from "./server.js";
import { drawSide } from "./side.js";

let state = null;
const ui = {
  me: sessionStorage.getItem("me") ?? "",
  channel: "",
  tab: "",
  thread: null,
  entered: true,
  threadEntered: false,
  newFrom: "",
  loadedAt: "",
  read: {},
  dismissed: new Set(),
  harness: true,
  flash: { id: "", count: 0 },
  wanted: runIn(location.hash),
};

// What the columns need: the state, the visitor's choices, and the ways to change them.
const page = {
  ui,
  get state() {
    return state;
  },
  act,
  become,
  closeThread,
  direct,
  enter,
  markRead,
  openApp,
  place,
  readUpTo,
};

function follow() {
  server.connect(ui.me, take, (text, bad) => {
    $("link-state").textContent = text;
    $("link-state").classList.toggle("bad", bad);
  });
}

function act(what, body) {
  return server.act(ui.me, what, body);
}

function take(fresh) {
  const first = state === null;
  state = fresh;
  ui.me = fresh.slack.me.id;
  if (first) ui.loadedAt = latest(channels().flatMap((channel) => channel.messages)) || "0";
  if (place()) draw();
  else enter(channels().find((channel) => channel.kind !== "im")?.id ?? "");
  if (first && ui.wanted) showRun(ui.wanted);
}

// -- finding, and what was read -------------------------------------------------------------------

function channels() {
  return state.slack.channels;
}

function place() {
  return channels().find((channel) => channel.id === ui.channel);
}

function direct() {
  return channels().find((channel) => channel.kind === "im");
}

function openRoot() {
  const there = ui.thread && channels().find((channel) => channel.id === ui.thread.channel);
  return there?.messages.find((message) => message.ts === ui.thread.ts);
}

function latest(messages) {
  const times = messages.flatMap((one) => [one.ts, one.latest_reply ?? ""]);
  return times.reduce((most, ts) => (ts > most ? ts : most), "");
}

// What each person has read, by channel and by thread; at first everything that was there.
function readUpTo(key) {
  return ui.read[ui.me]?.[key] ?? ui.loadedAt;
}

function markRead(key, messages) {
  (ui.read[ui.me] ??= {})[key] = latest(messages);
}

// -- the visitor's choices ------------------------------------------------------------------------

function enter(channel, tab = "messages") {
  Object.assign(ui, { newFrom: readUpTo(channel), channel, tab, entered: true });
  closeMenu();
  draw();
}

function openThread(channel, ts, write = false) {
  ui.thread = { channel, ts };
  ui.threadEntered = true;
  draw();
  if (write) $("thread-write").querySelector("textarea")?.focus();
}

function closeThread() {
  ui.thread = null;
  draw();
}

function become(id) {
  if (id === ui.me) return;
  ui.me = id;
  sessionStorage.setItem("me", id);
  closeMenu();
  follow();
}

function runIn(text) {
  return /\/pipeline-execution\/([\w-]{22})/.exec(text)?.[1] ?? "";
}

function showRun(id) {
  if (!state.harness?.runs.some((run) => run.id === id)) return false;
  ui.harness = true;
  ui.flash = { id, count: ui.flash.count + 1 };
  ui.thread = innerWidth < 1400 ? null : ui.thread;
  draw();
  document
    .querySelector(`[data-run="${CSS.escape(id)}"]`)
    ?.scrollIntoView({ block: "center", behavior: "smooth" });
  return true;
}

function openApp() {
  act("home", {}); // answered only when the bot has heard of it
  const opened = () => {
    if (direct()) enter(direct().id, "home");
    else setTimeout(opened, 50);
  };
  opened();
}

// -- drawing --------------------------------------------------------------------------------------

const byId = (all) =>
  Object.assign(Object.create(null), Object.fromEntries(all.map((one) => [one.id, one])));

function around() {
  return {
    me: ui.me,
    people: byId(Object.values(state.slack.people)),
    channels: byId(state.slack.channels),
    commands: state.commands,
    shortcuts: state.shortcuts ?? [],
    botName: state.bot.name,
    names: Object.keys(state.slack.people).length,
    readUpTo,
    act,
    openThread,
    showRun,
    compose: (text) => {
      if (ui.tab !== "messages") enter(ui.channel);
      put($("write"), text);
    },
    dismiss: (ts) => {
      ui.dismissed.add(ts);
      draw();
    },
  };
}

function draw() {
  const world = around();
  const root = openRoot();
  if (root) markRead(root.ts, root.replies);
  else ui.thread = null;
  $("team").textContent = state.slack.team.name;
  drawSide(page);
  drawPlace(page, world);
  drawThread(page, world, root);
  showModal(state.slack.modals.at(-1) ?? null, world, act);
  drawHarness($("runs"), state.harness, world, act, ui.flash);
  const withHarness = ui.harness && Boolean(state.harness);
  $("harness").hidden = !withHarness;
  $("toggle-harness").hidden = !state.harness;
  $("toggle-harness").setAttribute("aria-pressed", String(withHarness));
  $("columns").classList.toggle("with-thread", Boolean(root));
}

$("toggle-harness").addEventListener("click", () => {
  ui.harness = !ui.harness;
  draw();
});
window.addEventListener("hashchange", () => {
  const id = runIn(location.hash);
  if (id && state) showRun(id);
});
document.addEventListener("keydown", (event) => {
  const isTaken = $("menu") || document.querySelector("dialog[open]");
  if (event.key === "Escape" && ui.thread && !isTaken) closeThread();
});
follow();
