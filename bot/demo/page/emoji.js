// The names of the emoji that alerts and bots use most; others stay as they were written.

export const EMOJI = {
  __proto__: null, // a name like "constructor" is no emoji
  alarm_clock: "⏰", arrow_forward: "▶️", arrow_right: "➡️", arrows_counterclockwise: "🔄", ballot_box_with_check: "☑️",
  bell: "🔔", boom: "💥", bug: "🐛", bulb: "💡", calendar: "📅", construction: "🚧", eyes: "👀", fire: "🔥",
  fast_forward: "⏩", gear: "⚙️", hammer_and_wrench: "🛠️", heavy_check_mark: "✔️", heavy_multiplication_x: "✖️",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", information_source: "ℹ️", key: "🔑", link: "🔗", lock: "🔒", mag: "🔍",
  memo: "📝", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", ok: "🆗", ok_hand: "👌", package: "📦", pray: "🙏",
  pushpin: "📌", question: "❓", raised_hand: "✋", red_circle: "🔴", repeat: "🔁", robot_face: "🤖", rocket: "🚀",
  rotating_light: "🚨", shield: "🛡️", ship: "🚢", shrug: "🤷", slightly_smiling_face: "🙂", smile: "😄", sos: "🆘",
  sparkles: "✨", stop_sign: "🛑", stopwatch: "⏱️", sunny: "☀️", tada: "🎉", thinking_face: "🤔", thumbsup: "👍", "+1": "👍",
  "-1": "👎", thumbsdown: "👎", warning: "⚠️", wave: "👋", white_check_mark: "✅", wrench: "🔧", x: "❌", zap: "⚡",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵", black_square_for_stop: "⏹️",
  double_vertical_bar: "⏸️", coffee: "☕", doughnut: "🍩",
};
