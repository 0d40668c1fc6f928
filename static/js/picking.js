// Choosing rows for 批量: all of the page at once, from one to another with the shift key, and how many they are.
// The boxes work without this; the bar shows itself by a style rule.
const boxes = (form) => [...document.querySelectorAll(`input[name=ticket][form="${form}"]`)];

const tell = (form) => {
  const all = boxes(form);
  const picked = all.filter((box) => box.checked).length;
  for (const words of document.querySelectorAll(`[data-picked="${form}"]`)) words.textContent = `已选 ${picked} 张`;
  for (const head of document.querySelectorAll(`[data-pick-all="${form}"]`)) {
    head.checked = picked > 0 && picked === all.length;
    head.indeterminate = picked > 0 && picked < all.length;
  }
};

// A label passes the click on to its box, the keys that were held included.
let last;
addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("input[name=ticket][form]")) return;
  const form = box.getAttribute("form");
  const all = boxes(form);
  const from = all.indexOf(last);
  if (event.shiftKey && from >= 0) {
    const [low, high] = [from, all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(low, high + 1)) between.checked = box.checked;
    getSelection().empty();
  }
  last = box;
  tell(form);
});

addEventListener("change", (event) => {
  const form = event.target.dataset?.pickAll;
  if (!form) return;
  for (const box of boxes(form)) box.checked = event.target.checked;
  tell(form);
});

addEventListener("reset", (event) => setTimeout(tell, 0, event.target.id));
addEventListener("pageshow", () => tell("bulk"));
addEventListener("htmx:after:swap", () => tell("bulk"));
