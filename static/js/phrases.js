// 快捷短语 beside every multi-line field: the page lists them once (#phrases), here each field gets a menu of them.
// Alt+P opens the menu of the field one writes in; never while an input method is composing.
const list = document.getElementById("phrases");
const phrases = [...(list?.querySelectorAll("[data-phrase]") ?? [])].map((item) => ({
  title: item.dataset.phrase,
  text: item.querySelector(".prose").textContent,
}));

export const isComposing = (event) => event.isComposing || event.keyCode === 229;

// As if typed: the browser can undo it, and everybody who listens for input hears of it.
export const insert = (field, text, from = field.selectionStart, to = field.selectionEnd) => {
  field.focus();
  field.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
};

const close = (menu, field) => {
  menu.open = false;
  field.focus();
};

const menuFor = (field) => {
  const menu = document.createElement("details");
  menu.className = "phrases";
  const summary = document.createElement("summary");
  summary.textContent = "短语";
  summary.title = "插入快捷短语（Alt+P）";
  summary.setAttribute("aria-keyshortcuts", "Alt+P");
  summary.setAttribute("aria-label", `短语：插入到${field.labels[0]?.textContent ?? ""}`);
  const panel = document.createElement("ul");
  for (const { title, text } of phrases) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(Object.assign(document.createElement("strong"), { textContent: title }));
    button.append(Object.assign(document.createElement("span"), { textContent: text }));
    button.addEventListener("click", () => {
      menu.open = false;
      insert(field, text);
    });
    panel.append(Object.assign(document.createElement("li"), {}));
    panel.lastChild.append(button);
  }
  if (!phrases.length) {
    panel.append(Object.assign(document.createElement("li"), { textContent: "还没有短语", className: "quiet" }));
  }
  const manage = list.querySelector("a").cloneNode(true);
  panel.append(document.createElement("li"));
  panel.lastChild.append(manage);
  menu.append(summary, panel);
  menu.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") return close(menu, field);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !menu.open) return;
    event.preventDefault();
    const stops = [...panel.querySelectorAll("button, a")];
    const at = stops.indexOf(document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + step))].focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
};

if (list) {
  for (const field of document.querySelectorAll("form textarea:not([readonly])")) {
    const menu = menuFor(field);
    field.closest(".field").append(menu);
    field.addEventListener("keydown", (event) => {
      if (isComposing(event) || !event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyP") return;
      event.preventDefault();
      menu.open = true;
      menu.querySelector("button, a").focus();
    });
  }
  document.addEventListener("pointerdown", (event) => {
    for (const menu of document.querySelectorAll(".phrases[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  list.classList.add("unneeded");
}
