// Slack's own markup drawn as elements: *bold*, _italic_, ~strike~, `code`, ```blocks```, > quotes,
// <links>, mentions, dates and :emoji:.

import { h, safeUrl } from "./dom.js";
import { EMOJI } from "./emoji.js";

const unescape = (text) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const emojified = (text) =>
  text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
const words = (text) => emojified(unescape(text));

export function plainText(part) {
  return part.emoji === false ? part.text : emojified(part.text);
}

export function drawText(part, around) {
  return part.type === "mrkdwn" ? mrkdwn(part.text, around) : [plainText(part)];
}

// `around` knows people and channels by id, and what happens when a command or a run is clicked.
export function mrkdwn(text, around) {
  const drawn = [];
  text.split(/```([\s\S]+?)```/).forEach((part, index) => {
    if (index % 2) drawn.push(h("pre", {}, unescape(part.replace(/^\n/, ""))));
    else if (part) drawn.push(...paragraphs(part, around));
  });
  return drawn;
}

function paragraphs(text, around) {
  const drawn = [];
  let quoted = [];
  const endQuote = () => {
    if (quoted.length) drawn.push(h("blockquote", {}, inLines(quoted, around)));
    quoted = [];
  };
  let open = [];
  const endLines = () => {
    if (open.length) drawn.push(...inLines(open, around));
    open = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quote) {
      endLines();
      quoted.push(quote[1]);
    } else {
      endQuote();
      open.push(line);
    }
  }
  endQuote();
  endLines();
  return drawn;
}

function inLines(lines, around) {
  return lines.flatMap((line, index) =>
    index ? [h("br"), ...inline(line, around)] : inline(line, around),
  );
}

// Emphasis opens before a word, closes behind one, and leaves what is in angle brackets whole.
const emphasis = (mark) => `${mark}(?=\\S)((?:<[^<>]*>|[^<>${mark}])+)(?<=\\S)${mark}`;
const SPAN = new RegExp(
  `\`([^\`]+)\`|<([^<>]+)>|(?<![\\p{L}\\p{N}])(?:${emphasis("\\*")}|${emphasis("_")}|${emphasis("~")})(?![\\p{L}\\p{N}])`,
  "u",
);

function inline(text, around) {
  const drawn = [];
  let rest = text;
  for (let found = SPAN.exec(rest); found; found = SPAN.exec(rest)) {
    if (found.index) drawn.push(words(rest.slice(0, found.index)));
    const [whole, code, angled, bold, italic, strike] = found;
    if (code !== undefined) drawn.push(drawCode(unescape(code), around));
    else if (angled !== undefined) drawn.push(drawAngled(angled, around));
    else if (bold !== undefined) drawn.push(h("strong", {}, inline(bold, around)));
    else if (italic !== undefined) drawn.push(h("em", {}, inline(italic, around)));
    else drawn.push(h("s", {}, inline(strike, around)));
    rest = rest.slice(found.index + whole.length);
  }
  if (rest) drawn.push(words(rest));
  return drawn;
}

function drawCode(text, around) {
  const isCommand = around.commands.some((name) => text === name || text.startsWith(`${name} `));
  if (!isCommand) return h("code", {}, text);
  return h(
    "button.code",
    { type: "button", title: "Put this into the composer", click: () => around.compose(text) },
    text,
  );
}

function drawAngled(inside, around) {
  const [target, label] = cut(inside, "|");
  if (target.startsWith("@"))
    return mention(
      around.people[target.slice(1)]?.name ?? label ?? target.slice(1),
      around.me === target.slice(1),
    );
  if (target.startsWith("#"))
    return h(
      "span.mention",
      {},
      `#${around.channels[target.slice(1)]?.name ?? label ?? "private"}`,
    );
  if (target.startsWith("!date^")) return drawDate(target, label);
  if (/^!(here|channel|everyone)$/.test(target)) return mention(target.slice(1), true);
  if (target.startsWith("!")) return h("span.mention", {}, unescape(label ?? target.slice(1)));
  return link(
    unescape(target),
    label === undefined ? [unescape(target)] : inline(label, around),
    around,
  );
}

function cut(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

export function mention(name, mine) {
  return h(`span.mention${mine ? ".mine" : ""}`, {}, `@${name}`);
}

export function link(target, label, around) {
  const url = safeUrl(target);
  if (!url) return h("span", {}, label);
  const run = /\/pipeline-execution\/([\w-]{22})/.exec(url)?.[1];
  return h(
    "a",
    {
      href: url,
      target: "_blank",
      rel: "noopener noreferrer",
      click: (event) => {
        if (run && around.showRun(run)) event.preventDefault();
      },
    },
    label,
  );
}

export function drawDate(target, fallback) {
  const [, stamp, format, address] = target.split("^");
  const seconds = Number(stamp);
  if (!Number.isFinite(seconds) || !format) return h("span", {}, unescape(fallback ?? ""));
  const date = new Date(seconds * 1000);
  const shown = unescape(format).replace(
    /\{(\w+)\}/g,
    (whole, name) => dateParts(date, name) ?? whole,
  );
  const drawn = h("time", { datetime: date.toISOString(), title: date.toLocaleString() }, shown);
  const url = address && safeUrl(unescape(address));
  return url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, drawn) : drawn;
}

function dateParts(date, name) {
  const say = (options) => date.toLocaleDateString([], options);
  const pretty = (otherwise) => {
    const days = Math.round(
      (new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5,
    );
    return { 0: "today", 1: "yesterday", [-1]: "tomorrow" }[days] ?? otherwise;
  };
  const long = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
  const middle = { year: "numeric", month: "long", day: "numeric" };
  const short = { year: "numeric", month: "short", day: "numeric" };
  const time = { hour: "2-digit", minute: "2-digit" };
  return {
    date: say(middle),
    date_long: say(long),
    date_short: say(short),
    date_num: say({}),
    date_pretty: pretty(say(middle)),
    date_long_pretty: pretty(say(long)),
    date_short_pretty: pretty(say(short)),
    time: date.toLocaleTimeString([], time),
    time_secs: date.toLocaleTimeString([], { ...time, second: "2-digit" }),
  }[name];
}
