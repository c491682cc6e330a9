// The marks of the bot's messages and of this page, drawn: not every machine has an emoji font.
// The character stays beside its picture, unseen, for copying, searching and screen readers.

const [GREEN, RED, BLUE, AMBER, GREY, INK] = [
  "#2eb67d",
  "#d1304f",
  "#1d74b7",
  "#e0a526",
  "#868b90",
  "#4a4d52",
];
const TILE = "M3 1h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2z";
const DISC = "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z";
const HAND = "M5.4 9V4.6M7.4 8V3M9.4 8V3.4M11.4 9V5.2M5.4 9.4C4 7.6 2.6 8.4 3.4 9.8 4.6 12 5.6 14 8 14s3.4-2 3.4-5";
const BELL = "M3 12h10c-1-1-1.4-2-1.4-5a3.6 3.6 0 0 0-7.2 0c0 3-.4 4-1.4 5zM7 14h2";
const GLASS = "M4 2h8M4 14h8M5 2c0 4.4 6 7.6 6 12M11 2c0 4.4-6 7.6-6 12";

// What is filled, and with what; then what is drawn upon it as a line, and in what.
const tile = (line, ink = "#fff") => [TILE, BLUE, line, ink];
const lines = (line, ink) => ["", "none", line, ink];
const MARKS = {
  "✅": [TILE, GREEN, "M4 8.4 6.8 11.2 12 5.4", "#fff"],
  "❌": lines("M3.4 3.4l9.2 9.2M12.6 3.4l-9.2 9.2", RED),
  "🚫": lines(`${DISC}M3.2 3.2l9.6 9.6`, RED),
  "⚠️": ["M8 1.2 15.6 14.6H.4z", AMBER, "M8 6v4M8 12.2v.1", "#3b2c00"],
  "❔": [DISC, GREY, "M6 6.2A2 2 0 1 1 8.7 8c-.5.2-.7.5-.7 1.1M8 11.6v.1", "#fff"],
  "▶️": tile("M6.2 4.8 11 8l-4.8 3.2z"),
  "⏸️": tile("M6 5v6M10 5v6"),
  "⏹️": tile("M5.6 5.6h4.8v4.8H5.6z"),
  "⏭️": tile("M4.4 5.4 7.6 8l-3.2 2.6zM8.6 5.4 11.8 8l-3.2 2.6z"),
  "↪️": tile("M4.6 11.4V8.6a2 2 0 0 1 2-2h4.6M9 4.2l2.4 2.4L9 9"),
  "⌛": lines(GLASS, AMBER),
  "⏳": lines(GLASS, AMBER),
  "⚪": lines(DISC, GREY),
  "🌙": ["M10.6 1.6a6.6 6.6 0 1 0 4 9.2 6 6 0 0 1-4-9.2z", AMBER, "", "none"],
  "🌩️": ["M4 10a3.2 3.2 0 0 1 .4-6.2A4.2 4.2 0 0 1 12.4 5 2.7 2.7 0 0 1 12.6 10z", GREY, "M8.4 9l-1.8 3h3l-1.6 3", AMBER],
  "🔔": lines(BELL, AMBER),
  "🔕": lines(`${BELL}M2.4 2.4l11.2 11.2`, GREY),
  "🤝": lines(HAND, AMBER),
  "🙋": lines(HAND, AMBER),
  "👋": lines(HAND, AMBER),
  "✋": lines(HAND, AMBER),
  "📌": ["M9.4 1.6 14.4 6.6 11.2 7.6 8.6 11.4 4.6 7.4 8.4 4.8z", RED, "M6.2 9.8 2.4 13.6", INK],
  "👁": lines("M1 8c3-5 11-5 14 0-3 5-11 5-14 0zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z", INK),
  "💬": lines("M2 3h12v8H7.4L4.4 13.6V11H2z", INK),
};
const ANY = new RegExp(`(${Object.keys(MARKS).join("|")})`, "u");

// Split text into strings and drawn marks, in order.
export function drawn(text) {
  if (!ANY.test(text)) return [text];
  return text.split(ANY).filter(Boolean).map((part) => (MARKS[part] ? picture(part) : part));
}

function picture(mark) {
  const [filled, fill, line, ink] = MARKS[mark];
  const svg = shape("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  svg.append(shape("path", { d: filled, fill }));
  svg.append(
    shape("path", {
      d: line,
      fill: "none",
      stroke: ink,
      "stroke-width": 2.1,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
  const character = document.createElement("span");
  character.textContent = mark;
  const whole = document.createElement("span");
  whole.className = "glyph";
  whole.append(svg, character);
  return whole;
}

function shape(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
