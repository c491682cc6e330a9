// The one connection to the demo's server: states come in over a socket, acts go out as requests.

import { toast } from "./dom.js";

let socket = null;
let tries = 0;

// Follow the state as `person` sees it, for ever; `say` tells whether the connection is there.
export function connect(person, take, say) {
  const old = socket;
  const mine = new WebSocket(`ws://${location.host}/live?as=${encodeURIComponent(person)}`);
  socket = mine;
  old?.close();
  mine.onmessage = (event) => {
    if (socket !== mine) return;
    tries = 0;
    say("live", false);
    take(JSON.parse(event.data));
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    say("reconnecting…", true);
    tries += 1;
    const again = () => {
      if (socket === mine) connect(person, take, say);
    };
    setTimeout(again, Math.min(250 * 2 ** tries, 4000));
  };
}

// Do `what` as `person`; gives the server's answer, and tells the visitor when it is no.
export async function act(person, what, body) {
  try {
    const answer = await fetch(`/act/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: person, ...body }),
    });
    const told = answer.ok
      ? await answer.json()
      : { ok: false, error: `the demo answered ${answer.status}` };
    // A command that was not acked is told by Slackbot, in the channel.
    const toldElsewhere = what === "send" && !body.thread;
    if (!told.ok && told.error && !toldElsewhere) {
      toast(`That did not work: ${told.error}`, "bad");
    }
    return told;
  } catch {
    toast("The demo does not answer. Is it still running?", "bad");
    return { ok: false, error: "no answer" };
  }
}
