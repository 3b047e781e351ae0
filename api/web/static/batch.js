// Keeps a batch page fresh: server-sent events say that something moved, the page itself is fetched again and swapped in.

const live = () => document.getElementById("live");
let busy = false;
let wanted = false;

async function refresh() {
  if (busy) {
    wanted = true;
    return;
  }
  busy = true;
  try {
    const answer = await fetch(live().dataset.page, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      // somebody typing a reason must not lose it
      if (fresh && !live().querySelector("details[open]")) live().replaceWith(fresh);
    }
  } finally {
    busy = false;
    if (wanted) {
      wanted = false;
      refresh();
    }
  }
}

if (live().dataset.finished !== "yes") {
  const events = new EventSource(live().dataset.events);
  events.addEventListener("progress", refresh);
  events.addEventListener("finished", () => {
    events.close();
    refresh();
  });
}
