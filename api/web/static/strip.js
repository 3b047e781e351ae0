// The strip by keyboard: arrows between pages, letters press the tools; after a change the strip is swapped in place.

const TOOLS = "button[data-key]";

function boxes(section) {
  return [...section.querySelectorAll("ol.pages input[name=page]")];
}

function step(box, by) {
  const all = boxes(box.closest(".strip"));
  all[all.indexOf(box) + by]?.focus();
}

// With nothing chosen a letter means the page that has the focus.
function press(box, key) {
  const form = box.form;
  const tool = [...form.querySelectorAll(TOOLS)].find((one) => one.dataset.key.toLowerCase() === key.toLowerCase());
  if (!tool) return;
  if (!boxes(box.closest(".strip")).some((one) => one.checked)) box.checked = true;
  if (tool.value === "leave_out" && !form.elements.reason.value.trim()) {
    form.querySelector("details").open = true;
    form.elements.reason.focus();
    return;
  }
  if (tool.value === "order" && document.activeElement !== form.elements.to) {
    form.elements.to.focus();
    form.elements.to.select();
    return;
  }
  form.requestSubmit(tool);
}

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(box instanceof HTMLInputElement)) return;
  if (event.key === "Enter" && box.name === "to") {
    event.preventDefault();
    box.form.requestSubmit(box.form.querySelector("button[value=order]"));
  } else if (event.key === "Enter" && box.name === "reason") {
    event.preventDefault();
    box.form.requestSubmit(box.form.querySelector("button[value=leave_out]"));
  } else if (box.name === "page") {
    if (event.key === "ArrowRight") step(box, 1);
    else if (event.key === "ArrowLeft") step(box, -1);
    else if (event.key === "Enter") event.preventDefault();
    else if (event.key.length === 1 || event.key === "Delete") press(box, event.key);
    else return;
    if (event.key !== " ") event.preventDefault();
  }
});

async function send(form, button) {
  const section = form.closest(".strip");
  const all = boxes(section);
  const place = Math.max(0, all.findIndex((one) => one.checked));
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) {
    const problem = fresh.querySelector("main .notice, main p");
    tell(section, problem ? problem.textContent : String(answer.status));
    return;
  }
  // a split or a merge changes more than one paper: the whole of it is shown anew
  document.getElementById("main").replaceChildren(...fresh.getElementById("main").childNodes);
  const again = document.getElementById(section.id) || document.querySelector(".strip");
  if (again) (boxes(again)[place] || boxes(again).at(-1))?.focus();
}

function tell(section, text) {
  let line = section.querySelector(".told");
  if (!line) {
    line = document.createElement("p");
    line.className = "notice bad told";
    line.setAttribute("role", "alert");
    section.querySelector("h2").after(line);
  }
  line.textContent = text;
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.arrange")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
