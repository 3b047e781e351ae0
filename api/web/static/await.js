// Asks now and then how something stands, and loads the page again when that changed. Without this script the page reloads.
const LOOK_MS = 1500;
const live = document.getElementById("live");

async function look() {
  try {
    const answer = await fetch(live.dataset.watch);
    if (answer.ok && (await answer.text()) !== live.dataset.now) {
      location.reload();
      return;
    }
  } catch {
    // the server is away for a moment; the next look tells
  }
  setTimeout(look, LOOK_MS);
}

if (live?.dataset.watch) setTimeout(look, LOOK_MS);
