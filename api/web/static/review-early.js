// Loaded before the page is shown; the modules come a moment later. An Enter pressed between may neither be lost nor hand
// the form in unseen: it is kept, and review.js does what it means.

const pressedEarly = [];

function keepEarly(event) {
  if (event.type === "keydown" && event.key !== "Enter") return;
  if (event.type === "submit" ? event.target.id !== "review" : event.target.dataset?.field === undefined) return;
  event.preventDefault();
  pressedEarly.push(event);
}

addEventListener("keydown", keepEarly);
addEventListener("submit", keepEarly);

/** What was kept so far; from now on the page listens itself. */
window.takeEarly = () => {
  removeEventListener("keydown", keepEarly);
  removeEventListener("submit", keepEarly);
  return pressedEarly;
};
