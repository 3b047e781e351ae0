// Follows a batch: server-sent events say that something moved, then the batch is asked for; without events it is asked every so often.

const ASK_MS = 5000;

export class Follower {
  constructor(batch, lang, use) {
    this.address = `/v1/batches/${batch}`;
    this.lang = lang;
    this.use = use;
    this.events = null;
    this.timer = 0;
    this.busy = false;
    this.again = false;
  }

  /** Listen, unless that is done already; to be called after every file that was received. */
  listen() {
    if (this.events || this.timer) return;
    this.events = new EventSource(`${this.address}/events`);
    this.events.addEventListener("progress", () => this.look());
    this.events.addEventListener("finished", () => {
      this.stop();
      this.look();
    });
    this.events.addEventListener("error", () => {
      if (this.events?.readyState !== EventSource.CLOSED) return; // the browser connects again by itself
      this.stop();
      this.timer = setInterval(() => this.look(), ASK_MS);
    });
  }

  stop() {
    this.events?.close();
    this.events = null;
    clearInterval(this.timer);
    this.timer = 0;
  }

  async look() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      const answer = await fetch(`${this.address}?lang=${this.lang}`);
      if (answer.ok) this.use(await answer.json());
    } catch {
      // no connection just now: the next event, or the next look, tells
    }
    this.busy = false;
    if (this.again) {
      this.again = false;
      this.look();
    }
  }
}
