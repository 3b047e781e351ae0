// The paper on the desk: its inputs, boxes and pages, looked up once when the paper is laid down.

export const desk = { root: null, form: null, inputs: [], current: null, boxes: new Map(), figures: [], pane: null };

export function openDesk(root) {
  desk.root = root;
  desk.form = root.querySelector("#review");
  desk.inputs = [...desk.form.querySelectorAll("input[data-field]")];
  desk.current = desk.inputs[0] ?? null;
  desk.pane = root.querySelector(".sheets");
  desk.figures = [...root.querySelectorAll("figure[data-page]")];
  desk.boxes = new Map();
  for (const box of root.querySelectorAll("rect.evidence")) {
    const name = box.dataset.field;
    if (!desk.boxes.has(name)) desk.boxes.set(name, []);
    desk.boxes.get(name).push(box);
  }
}

/** Say something under a field: a doubt about what was typed, or (`info`) what is going on. Empty takes it away. */
export function say(input, text, info = false) {
  const line = document.getElementById(`s-${input.dataset.field}`);
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle("info", info);
}

/** Say something about the whole paper. */
export function tell(text) {
  const line = desk.root.querySelector("#said");
  line.textContent = text;
  line.hidden = !text;
}

export const csrf = () => document.body.dataset.csrf;

/** A request of this page that changes something: with the anti-forgery token. */
export function send(method, address, body, keepalive = false) {
  const headers = { "X-CSRF-Token": csrf(), Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return fetch(address, { method, headers, keepalive, body: body === undefined ? undefined : JSON.stringify(body) });
}
