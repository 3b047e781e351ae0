// The review page by keyboard: which key does what. Keys are data (review-keys.json); each action stands in its own module.

import { press } from "./review-keys.js";
import { desk, openDesk } from "./review-desk.js";
import { accept, asRead, candidate, choose, go, typed, take } from "./review-fields.js";
import { light, turnPage, zoomBy, zoomToField } from "./review-page.js";
import { watchPointer } from "./review-draw.js";
import { finish, leave, nextPaper, previousPaper, startWork } from "./review-work.js";

const actions = {
  accept: () => go(1),
  back: () => go(-1),
  candidate_up: () => candidate(-1),
  candidate_down: () => candidate(1),
  as_read: asRead,
  finish,
  next_paper: nextPaper,
  previous_paper: previousPaper,
  next_page: () => turnPage(1),
  previous_page: () => turnPage(-1),
  zoom: zoomToField,
  zoom_in: () => zoomBy(1.25),
  zoom_out: () => zoomBy(0.8),
  send_back: () => unfold("send-back"),
  paper_type: () => unfold("retype"),
  keys: () => document.getElementById("keys").showModal(),
};

function unfold(id) {
  const part = document.getElementById(id);
  part.open = true;
  part.querySelector("input:not([type=hidden]), select").focus();
}

document.addEventListener("keydown", (event) => press(event, actions));

document.addEventListener("focusin", (event) => {
  const name = event.target.dataset?.field;
  if (!name) return;
  take(event.target);
  light(name);
});

document.addEventListener("input", (event) => {
  if (event.target.dataset?.field) typed(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.candidate !== undefined) choose(button);
  else if (button.dataset.do) actions[button.dataset.do]();
  else if (button.id === "show-keys") actions.keys();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "review") return;
  event.preventDefault();
  finish();
});

watchPointer(document);
window.addEventListener("pagehide", leave);
window.addEventListener("popstate", () => location.reload());

openDesk(document.getElementById("desk"));
startWork();
if (desk.inputs.includes(document.activeElement)) desk.current = document.activeElement;
for (const input of desk.inputs) if (input.value !== input.defaultValue) typed(input);
if (desk.current) light(desk.current.dataset.field);
caughtUp(window.takeEarly?.());

/** What was asked for before this script came; a paper nobody has touched is not handed in for it. */
function caughtUp(early) {
  if (!early) return;
  for (const input of early.accepted) accept(input);
  if (!early.finish) return;
  const touched = early.accepted.length || desk.inputs.some((input) => input.value !== input.defaultValue);
  if (touched) finish();
  else document.getElementById("finish").focus();
}
