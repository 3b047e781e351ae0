// Loaded before the page is shown; the modules come a moment later. An Enter pressed between is not lost and hands nothing in by
// itself: it leads to the next field, and review.js is told which fields were accepted and whether the paper was to be finished.

const early = { accepted: [], finish: false };

const isField = (element) => element.dataset?.field !== undefined;

function keepKey(event) {
  if (event.key !== "Enter" || event.isComposing || event.altKey || !isField(event.target)) return;
  event.preventDefault();
  if (event.repeat) return; // held down
  if (event.ctrlKey) early.finish = true;
  else step(event.target, event.shiftKey ? -1 : 1);
}

function step(field, by) {
  const fields = [...field.form.elements].filter(isField);
  const next = fields[fields.indexOf(field) + by];
  early.accepted.push(field);
  if (!next) return;
  next.focus();
  next.select();
}

function keepForm(event) {
  if (event.target.id !== "review") return;
  event.preventDefault();
  early.finish = true;
}

/** What was kept so far; from now on the page listens itself. */
window.takeEarly = () => {
  removeEventListener("keydown", keepKey);
  removeEventListener("submit", keepForm);
  removeEventListener("error", giveUp, true);
  return early;
};

/** A part of the page did not come: the form goes in by itself, as without a script. */
function giveUp(event) {
  if (event.target !== window && !(event.target instanceof HTMLScriptElement)) return;
  window.takeEarly();
  const line = document.getElementById("said");
  if (!line) return;
  line.textContent = document.getElementById("desk").dataset.broken;
  line.hidden = false;
}

addEventListener("keydown", keepKey);
addEventListener("submit", keepForm);
addEventListener("error", giveUp, true);
