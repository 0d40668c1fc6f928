// Photos of a page, large in a dialog: back and forth by button and arrow key, closed by Escape or a click beside it.
// Without this script a photo opens as itself.
let dialog;
let links = [];
let shown = 0;

const button = (words, label, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
};

const make = () => {
  dialog = document.createElement("dialog");
  dialog.className = "viewer";
  dialog.setAttribute("aria-label", "查看图片");
  dialog.picture = document.createElement("img");
  dialog.words = document.createElement("p");
  dialog.words.setAttribute("aria-live", "polite");
  dialog.words.className = "end";
  dialog.ways = [button("‹", "上一张", () => show(shown - 1)), button("›", "下一张", () => show(shown + 1))];
  const bar = document.createElement("div");
  bar.className = "row";
  bar.append(...dialog.ways, dialog.words, button("关闭", "关闭", () => dialog.close()));
  dialog.append(dialog.picture, bar);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(shown + step);
  });
  dialog.addEventListener("close", () => dialog.picture.removeAttribute("src"));
  document.body.append(dialog);
};

const show = (index) => {
  shown = (index + links.length) % links.length;
  const link = links[shown];
  dialog.picture.src = link.href;
  dialog.picture.alt = link.querySelector("img").alt;
  dialog.words.textContent = links.length > 1 ? `${link.title}（${shown + 1}/${links.length}）` : link.title;
  dialog.ways.forEach((way) => (way.hidden = links.length < 2));
};

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-picture]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!dialog) make();
  links = [...(link.closest("ul")?.querySelectorAll("a[data-picture]") ?? [link])];
  show(links.indexOf(link));
  dialog.showModal();
});
