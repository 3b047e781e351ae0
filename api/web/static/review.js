// Review by keyboard: Enter, Shift+Enter, Ctrl+Enter; the field in hand is shown on the page; a click on a word copies it.

const form = document.getElementById("review");
const inputs = [...form.querySelectorAll("input[data-field]")];
let current = inputs[0];

function light(name) {
  let first = null;
  for (const box of document.querySelectorAll("rect.evidence")) {
    const mine = box.dataset.field === name;
    box.classList.toggle("now", mine);
    if (mine && !first) first = box;
  }
  first?.scrollIntoView({ block: "center", inline: "nearest" });
}

function go(step) {
  const next = inputs[inputs.indexOf(current) + step];
  if (next) {
    next.focus();
    next.select();
  } else if (step > 0) document.getElementById("finish").focus();
}

for (const input of inputs) {
  input.addEventListener("focus", () => {
    current = input;
    light(input.dataset.field);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey) return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && !event.isComposing) {
    const other = event.target.form;
    if (other && other !== form) return; // a reason for giving up is being typed: that must not confirm
    event.preventDefault();
    form.requestSubmit();
  }
});

async function addWords(figure) {
  const answer = await fetch(figure.dataset.words);
  if (!answer.ok) return;
  const page = await answer.json();
  const group = figure.querySelector("g");
  for (const word of page.words) {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    box.setAttribute("class", "word");
    box.setAttribute("x", word.x0);
    box.setAttribute("y", word.y0);
    box.setAttribute("width", word.x1 - word.x0);
    box.setAttribute("height", word.y1 - word.y0);
    box.dataset.text = word.text;
    group.append(box);
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    addWords(entry.target);
  }
});
for (const figure of document.querySelectorAll("figure[data-words]")) seen.observe(figure);

document.addEventListener("click", (event) => {
  const word = event.target.closest?.("rect.word");
  if (!word || !current) return;
  current.value = event.shiftKey && current.value ? `${current.value} ${word.dataset.text}` : word.dataset.text;
  current.focus();
});

if (current) light(current.dataset.field);
