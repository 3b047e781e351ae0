// The fields: going from one to the next, other readings, the value as read, doubts about what is typed.

import { doubtAbout } from "./review-checks.js";
import { desk, say } from "./review-desk.js";

export function take(input) {
  desk.current = input;
  mark(input);
}

/** The field in hand is accepted as it stands; the next one, or the button at the end. */
export function go(step) {
  const input = desk.current;
  if (!input) return;
  const next = desk.inputs[desk.inputs.indexOf(input) + step];
  if (next) {
    next.focus();
    next.select();
  } else if (step > 0) desk.form.querySelector("#finish").focus();
  accept(input); // last: what changes here need not be laid out before the focus can move
}

export function accept(input) {
  const field = input.closest(".field");
  if (field.classList.contains("seen")) return;
  field.classList.add("seen");
  field.querySelector(".seen-mark").hidden = false;
  const count = desk.root.querySelector("#seen-count");
  count.textContent = `${desk.form.querySelectorAll(".field.seen").length} / ${count.dataset.of}`;
}

export function typed(input) {
  place(input, "");
  mark(input);
  say(input, doubtAbout(input));
}

/** Put a value in, as the person asked; `where` is the place on the page it was taken from. */
export function put(input, value, where = "") {
  input.value = value;
  place(input, where);
  mark(input);
  say(input, doubtAbout(input));
}

function place(input, where) {
  desk.form.querySelector(`[data-place="${input.dataset.field}"]`).value = where;
  if (where) return;
  for (const box of desk.boxes.get(input.dataset.field) ?? []) {
    if (box.classList.contains("mine")) box.remove();
  }
  desk.boxes.set(
    input.dataset.field,
    (desk.boxes.get(input.dataset.field) ?? []).filter((box) => !box.classList.contains("mine")),
  );
}

const readings = (input) => [...input.closest(".field").querySelectorAll(".candidates [data-candidate]")];

function mark(input) {
  for (const button of readings(input)) button.classList.toggle("chosen", button.dataset.candidate === input.value);
}

export function candidate(step) {
  const input = desk.current;
  const all = readings(input);
  if (!all.length) return;
  const now = all.findIndex((button) => button.dataset.candidate === input.value);
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length;
  put(input, all[next].dataset.candidate);
  input.select();
}

export function choose(button) {
  const input = button.closest(".field").querySelector("input[data-field]");
  put(input, button.dataset.candidate);
  input.focus();
}

export function asRead() {
  put(desk.current, desk.current.dataset.read);
  desk.current.select();
}

/** The first field that stops the paper from being finished, with its reason said; undefined when none does. */
export function firstWrong() {
  return desk.inputs.find((input) => {
    if (input.dataset.kind !== "date") return false;
    const doubt = doubtAbout(input);
    if (doubt) say(input, doubt);
    return Boolean(doubt);
  });
}
