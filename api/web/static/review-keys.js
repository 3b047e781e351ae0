// Which action a key press means. The table is review-keys.json, the same file the sheet of keys is made from.

const answer = await fetch("/static/review-keys.json");
const table = new Map();
for (const action of (await answer.json()).actions) {
  for (const key of action.keys) table.set(key, action);
}

function spelling(event) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]; // with Alt, some layouts give another sign than the key's letter
  const key = event.altKey && letter ? letter : event.key;
  const named = key.length > 1 && event.shiftKey; // the shift of a printed sign is part of the sign
  return `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${named ? "Shift+" : ""}${key}`;
}

const TYPED = "input:not([type=checkbox]), select, textarea";

/** Do what the key means, if it means anything here; keys an input method is composing with mean nothing. */
export function press(event, actions) {
  if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
  if (event.repeat && event.key === "Enter") return event.preventDefault(); // held down it accepts one field, and never the paper
  const action = table.get(spelling(event));
  if (!action) return;
  const inField = event.target.dataset?.field !== undefined;
  if (action.where === "field" && !inField) return;
  const plain = event.key.length === 1 && !event.ctrlKey && !event.altKey;
  if (plain && event.target.matches?.(TYPED)) return;
  const other = event.target.form;
  if (action.name === "finish" && other && other.id !== "review") return; // a reason is being typed: that must not confirm
  event.preventDefault();
  actions[action.name]();
}
