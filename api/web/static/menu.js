// An open part of the menu closes by Escape and by a press elsewhere; without this script it closes by its own heading.
const parts = [...document.querySelectorAll(".menu details")];

function close(except) {
  for (const part of parts) if (part !== except) part.open = false;
}

document.addEventListener("click", (event) => close(event.target.closest?.(".menu details")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = parts.find((part) => part.open);
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
