// The panel of the pretend Harness: its runs, and what a person could do in Harness's own pages.

import { copy, h, sync, toast } from "./dom.js";

const WORDS = {
  SUCCESS: "succeeded",
  FAILED: "failed",
  ERROR: "failed",
  REJECTED: "rejected",
  EXPIRED: "expired",
  ABORTED: "aborted",
  RUNNING: "running",
  PAUSED: "waiting",
  WAITING: "waiting",
  QUEUED: "not started",
  SKIPPED: "skipped",
  PREPARING: "preparing",
};
const MARKS = {
  succeeded: "✓",
  failed: "✕",
  rejected: "✕",
  expired: "✕",
  aborted: "■",
  running: "●",
  waiting: "❚❚",
  skipped: "–",
};
const wordOf = (status) => WORDS[status] ?? status.toLowerCase();

export function drawHarness(host, harness, around, act, flash) {
  if (!harness) return;
  const runs = harness.runs.map((run) => ({ key: run.id, run }));
  const items = [{ key: "start", pipelines: harness.pipelines }, ...runs];
  sync(
    host,
    items,
    (item) => item.key,
    (item) => JSON.stringify([item, item.key === flash.id && flash.count]),
    (item) => (item.run ? drawRun(item.run, around, act, flash) : starter(item.pipelines, act)),
  );
}

function starter(pipelines, act) {
  const choice = h(
    "select",
    { id: "start-pipeline" },
    pipelines.map((one) => h("option", { value: one.id }, `${one.name} · ${one.app}`)),
  );
  return h(
    "div.starter",
    {},
    h("label.off", { for: "start-pipeline" }, "Pipeline to start"),
    choice,
    h(
      "button.action.small",
      { type: "button", click: () => act("start", { pipeline: choice.value }) },
      "Start a run",
    ),
  );
}

function drawRun(run, around, act, flash) {
  const word = wordOf(run.status);
  const button = (label, does, kind = "") =>
    h(
      `button.action.small${kind}`,
      { type: "button", "aria-label": `${label}: ${run.pipeline}`, click: does },
      label,
    );
  const buttons = [
    button("/resume", () => around.compose(`/resume ${run.id}`)),
    button("Copy link", () => copy(run.link)),
    button("Copy id", () => copy(run.id)),
  ];
  if (run.waiting)
    buttons.push(
      button("Approve", () => act("approve", { run: run.id }), ".primary"),
      button("Reject", () => act("reject", { run: run.id }), ".danger"),
    );
  else if (word === "running")
    buttons.push(button("Let it fail", () => act("fail", { run: run.id }), ".danger"));
  if (run.alert)
    buttons.push(
      button("Post its Slack alert", async () => {
        if ((await act("alert", { run: run.id })).ok) toast(`Harness told #${run.channel}`);
      }),
    );
  return h(
    `section.run.${word.replace(" ", "-")}${flash.id === run.id ? ".flash" : ""}`,
    { "aria-label": `${run.pipeline}: ${word}`, "data-run": run.id },
    h("div.run-head", {}, h("strong", {}, run.pipeline), h("span.pill", {}, word)),
    h(
      "div.muted",
      {},
      `${run.app} · by ${run.by}`,
      run.resumed ? " · resumed" : "",
      run.production ? h("span.prod", {}, "production") : null,
    ),
    h("ol.stages", {}, run.stages.map(drawStage)),
    run.message ? h("div.why", {}, run.message) : null,
    h("div.run-buttons", {}, buttons),
  );
}

function drawStage(stage) {
  const worst = ["failed", "rejected", "expired", "aborted", "waiting", "running"].find((word) =>
    stage.rows.some((row) => wordOf(row.status) === word),
  );
  const word =
    worst ??
    (stage.rows.every((row) => row.status === "QUEUED")
      ? "not started"
      : wordOf(stage.rows[0].status));
  const members = stage.rows.map((row) => `${row.step}: ${wordOf(row.status)}`).join(", ");
  return h(
    `li.${word.replace(" ", "-")}`,
    { title: `${stage.name} (${members})` },
    h("span.mark", { "aria-hidden": "true" }, MARKS[word] ?? "○"),
    h("span.stage-name", {}, stage.name),
    h("span.off", {}, ` ${word}`),
    stage.rows.length > 1
      ? h(
          "small.muted",
          {},
          ` ${stage.rows.map((row) => `${row.step}\u00a0${MARKS[wordOf(row.status)] ?? "○"}`).join("  ")}`,
        )
      : null,
    progress(stage.rows.filter((row) => row.lasts)),
  );
}

// How far a stage is: the style sheet lets the bar grow, from where it would be by now.
function progress(rows) {
  if (!rows.length) return null;
  const slowest = rows.reduce((a, b) => (a.since + a.lasts > b.since + b.lasts ? a : b));
  const bar = h("span.bar-filled");
  bar.style.animationDuration = `${slowest.lasts}s`;
  bar.style.animationDelay = `${slowest.since - Date.now() / 1000}s`;
  return h("span.bar", { "aria-hidden": "true" }, bar);
}
