// The page: one state pushed by the server, a few choices of the visitor, and everything drawn anew.

import { $, avatar, closeMenu, h, sync, toast } from "./dom.js";
import { compose, put } from "./composer.js";
import { drawBlocks } from "./blocks.js";
import { drawHarness } from "./harness.js";
import { drawLog } from "./messages.js";
import { showModal } from "./dialogs.js";

let state = null;
let socket = null;
let tries = 0;
const ui = {
  me: sessionStorage.getItem("me") ?? "", channel: "", tab: "", thread: null, entered: true, threadEntered: false,
  newFrom: "", loadedAt: "", read: {}, dismissed: new Set(), harness: true, flash: { id: "", count: 0 }, wanted: runIn(location.hash),
};

// -- talking to the server ------------------------------------------------------------------------

function connect() {
  const old = socket;
  const mine = new WebSocket(`ws://${location.host}/live?as=${encodeURIComponent(ui.me)}`);
  socket = mine;
  old?.close();
  mine.onmessage = (event) => {
    if (socket !== mine) return;
    tries = 0;
    take(JSON.parse(event.data));
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    say("reconnecting…", true);
    tries += 1;
    setTimeout(() => { if (socket === mine) connect(); }, Math.min(250 * 2 ** tries, 4000));
  };
}

function say(text, bad) {
  $("link-state").textContent = text;
  $("link-state").classList.toggle("bad", bad);
}

async function act(what, body) {
  try {
    const answer = await fetch(`/act/${what}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: ui.me, ...body }),
    });
    const told = answer.ok ? await answer.json() : { ok: false, error: `the demo answered ${answer.status}` };
    if (!told.ok && told.error && what !== "send") toast(`That did not work: ${told.error}`, "bad");
    if (!told.ok && what === "send" && body.thread) toast(told.error, "bad");
    return told;
  } catch {
    toast("The demo does not answer. Is it still running?", "bad");
    return { ok: false, error: "no answer" };
  }
}

function take(fresh) {
  const first = state === null;
  state = fresh;
  ui.me = fresh.slack.me.id;
  say("live", false);
  if (first) ui.loadedAt = latest(fresh.slack.channels.flatMap((channel) => channel.messages)) || "0";
  if (!place()) enter(fresh.slack.channels.find((channel) => channel.kind !== "im")?.id ?? "");
  else draw();
  if (first && ui.wanted) around().showRun(ui.wanted);
}

// -- the visitor's choices ------------------------------------------------------------------------

const latest = (messages) => messages.reduce((most, one) => [one.ts, one.latest_reply ?? ""].reduce((a, b) => (b > a ? b : a), most), "");
const place = () => state.slack.channels.find((channel) => channel.id === ui.channel);
const openRoot = () => ui.thread && state.slack.channels.find((channel) => channel.id === ui.thread.channel)?.messages.find((message) => message.ts === ui.thread.ts);
const direct = () => state.slack.channels.find((channel) => channel.kind === "im");
const mine = () => (ui.read[ui.me] ??= {});
const readUpTo = (key) => mine()[key] ?? ui.loadedAt;

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

function become(id) {
  if (id === ui.me) return;
  ui.me = id;
  sessionStorage.setItem("me", id);
  closeMenu();
  connect();
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
  document.querySelector(`[data-run="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" });
  return true;
}

// -- drawing --------------------------------------------------------------------------------------

const byId = (all) => Object.assign(Object.create(null), Object.fromEntries(all.map((one) => [one.id, one])));

function around() {
  return {
    me: ui.me, people: byId(Object.values(state.slack.people)), channels: byId(state.slack.channels), commands: state.commands, shortcuts: state.shortcuts ?? [], botName: state.bot.name,
    names: Object.keys(state.slack.people).length, readUpTo, act, openThread, showRun,
    compose: (text) => { if (ui.tab !== "messages") enter(ui.channel); put($("write"), text); },
    dismiss: (ts) => { ui.dismissed.add(ts); draw(); },
  };
}

function draw() {
  const world = around();
  $("team").textContent = state.slack.team.name;
  const root = openRoot();
  if (root) mine()[root.ts] = latest(root.replies);
  drawSide();
  drawPlace(world);
  drawThread(world, root);
  showModal(state.slack.modals.at(-1) ?? null, world, act);
  drawHarness($("runs"), state.harness, world, act, ui.flash);
  const withHarness = ui.harness && Boolean(state.harness);
  $("harness").hidden = !withHarness;
  $("toggle-harness").hidden = !state.harness;
  $("toggle-harness").setAttribute("aria-pressed", String(withHarness));
  $("columns").classList.toggle("with-thread", Boolean(ui.thread));
}

function drawSide() {
  const item = (channel) => {
    const unread = channel.messages.filter((one) => one.ts > readUpTo(channel.id) && one.author.id !== ui.me).length;
    const isHere = channel.id === ui.channel;
    return { key: channel.id, name: channel.name, isHere, unread: isHere ? 0 : unread, kind: channel.kind };
  };
  const line = ({ key, name, isHere, unread, kind }) => h("li", {}, h(`button.place${isHere ? ".here" : ""}${unread ? ".unread" : ""}`, {
    type: "button", "aria-current": isHere ? "page" : undefined,
    "aria-label": `${kind === "im" ? state.bot.name : `channel ${name}`}${unread ? `, ${unread} unread` : ""}`, click: () => enter(key),
  }, kind === "im" ? avatar(state.bot.name, state.bot.id, "tiny") : h("span.hash", {}, kind === "private" ? "🔒" : "#"),
    h("span.name", {}, kind === "im" ? state.bot.name : name), unread ? h("span.count", {}, String(unread)) : null));
  const draw = (host, items) => sync(host, items, (one) => one.key, (one) => JSON.stringify(one), line);
  draw($("channels"), state.slack.channels.filter((channel) => channel.kind !== "im").map(item));
  const app = direct() ? item(direct()) : { key: "app", kind: "im", name: "", unread: 0, isHere: false };
  sync($("apps"), [app], (one) => one.key, (one) => JSON.stringify(one), (one) => {
    if (one.key !== "app") return line(one);
    return h("li", {}, h("button.place", { type: "button", click: openApp }, avatar(state.bot.name, state.bot.id, "tiny"), h("span.name", {}, state.bot.name)));
  });
  sync($("cast"), state.cast ?? [], (one) => one.id, (one) => JSON.stringify([one, one.id === ui.me]), (one) => {
    const chosen = one.id === ui.me;
    return h(`button.actor${chosen ? ".chosen" : ""}`, {
      type: "button", role: "radio", "aria-checked": String(chosen), "aria-label": `Act as ${one.name}: ${one.rights}`, click: () => become(one.id),
      keydown: (event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const all = [...$("cast").children];
        all[(all.indexOf(event.currentTarget) + step + all.length) % all.length].focus();
      },
    }, avatar(one.name, one.id), h("span.actor-text", {}, h("strong", {}, one.name), h("small", {}, one.rights)));
  });
}

async function openApp() {
  await act("home", {});
  const opened = () => { if (direct()) enter(direct().id, "home"); else setTimeout(opened, 50); };
  opened();
}

function drawPlace(world) {
  const here = place();
  if (!here) return;
  const isApp = here.kind === "im";
  const tab = (name, label) => h(`button.tab${ui.tab === name ? ".here" : ""}`, {
    type: "button", role: "tab", "aria-selected": String(ui.tab === name),
    click: () => { enter(here.id, name); if (name === "home") act("home", {}); },
  }, label);
  const away = !isApp && !here.members.includes(state.bot.id);
  const header = isApp
    ? [h("h1", {}, state.bot.name), h("div.tabs", { role: "tablist" }, tab("home", "Home"), tab("messages", "Messages"))]
    : [h("h1", {}, `# ${here.name}`), h("span.muted", {}, `${here.members.length} members`), away ? h("span.away", {}, `${state.bot.name} is not in this channel`) : null,
      pinButton(here)];
  const signature = JSON.stringify([here.id, here.name, here.members, ui.tab, state.bot]);
  if ($("place").signature !== signature) {
    $("place").replaceChildren(...header.filter(Boolean));
    $("place").signature = signature;
  }
  const seen = here.messages.filter((message) => !ui.dismissed.has(message.ts));
  if (isApp && ui.tab === "home") drawHome(world);
  else {
    drawLog($("log"), seen, world, { channel: here.id, pinned: state.pinned, newFrom: ui.newFrom, entered: ui.entered });
    mine()[here.id] = latest(here.messages);
  }
  ui.entered = false;
  compose($("write"), {
    key: here.id, label: isApp ? `Message ${state.bot.name}` : `Message #${here.name}, or /resume …`, commands: state.commands,
    disabled: here.is_archived ? "This channel is archived." : isApp && ui.tab === "home" ? "This is the app's Home tab; write under Messages." : "",
    send: (text) => { $("log").atEnd = true; act("send", { channel: here.id, text }); },
  });
}

function pinButton(here) {
  const pinned = here.messages.find((message) => state.pinned?.includes(message.ts));
  if (!pinned) return null;
  return h("button.plain.pins", {
    type: "button", click: () => document.querySelector(`#log [data-ts="${pinned.ts}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" }),
  }, "📌 What to try");
}

function drawHome(world) {
  const home = state.slack.home;
  const place = { press: (body) => act("press", { ...body, view: home.id }) };
  const items = [home ?? { id: "none", hash: "", blocks: [] }];
  sync($("log"), items, (one) => `home ${one.id}`, (one) => one.hash, (one) => h("div.home.blocks", {},
    home ? drawBlocks(one.blocks, world, place) : h("p.muted", {}, "The app has published nothing here yet.")));
}

function drawThread(world, root) {
  if (!root) ui.thread = null;
  $("thread").hidden = !root;
  if (!root) return;
  const there = state.slack.channels.find((channel) => channel.id === ui.thread.channel);
  const close = h("button.plain", { type: "button", "aria-label": "Close the thread", click: () => { ui.thread = null; draw(); } }, "✕");
  if ($("thread-head").signature !== there.id) {
    $("thread-head").replaceChildren(h("h1", {}, "Thread"), h("span.muted", {}, there.kind === "im" ? state.bot.name : `# ${there.name}`), h("span.grow"), close);
    $("thread-head").signature = there.id;
  }
  const replies = root.replies.filter((message) => !ui.dismissed.has(message.ts));
  drawLog($("replies"), [root, ...replies], world, { channel: there.id, thread: true, entered: ui.threadEntered });
  ui.threadEntered = false;
  compose($("thread-write"), {
    key: root.ts, label: "Reply…",
    send: (text) => { $("replies").atEnd = true; act("send", { channel: there.id, text, thread: root.ts }); },
  });
}

$("toggle-harness").addEventListener("click", () => { ui.harness = !ui.harness; draw(); });
window.addEventListener("hashchange", () => { const id = runIn(location.hash); if (id && state) showRun(id); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && ui.thread && !$("menu") && !document.querySelector("dialog[open]")) { ui.thread = null; draw(); }
});
connect();
