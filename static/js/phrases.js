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

const element = (tag, about = {}, ...inside) => {
  const made = Object.assign(document.createElement(tag), about);
  made.append(...inside);
  return made;
};

const menuFor = (field) => {
  const panel = element("ul", { hidden: true, id: `${field.id}_phrases` });
  const button = element("button", { type: "button", textContent: "短语", title: "插入快捷短语（Alt+P）" });
  // Alt+P leads here; Tab goes on to the next field, as it did before there were phrases.
  button.tabIndex = -1;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", panel.id);
  button.setAttribute("aria-keyshortcuts", "Alt+P");
  const menu = element("div", { className: "phrases" }, button, panel);

  const show = (open) => {
    panel.hidden = !open;
    button.ariaExpanded = String(open);
    if (open) panel.querySelector("button, a").focus();
  };
  for (const { title, text } of phrases) {
    const choice = element(
      "button",
      { type: "button" },
      element("strong", { textContent: title }),
      element("span", { textContent: text }),
    );
    choice.addEventListener("click", () => {
      show(false);
      insert(field, text);
    });
    panel.append(element("li", {}, choice));
  }
  if (!phrases.length) panel.append(element("li", { textContent: "还没有短语", className: "quiet" }));
  panel.append(element("li", {}, list.querySelector("a").cloneNode(true)));

  button.addEventListener("click", () => show(panel.hidden));
  menu.addEventListener("keydown", (event) => {
    if (isComposing(event) || panel.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      show(false);
      field.focus();
    } else if (step) {
      const stops = [...panel.querySelectorAll("button, a")];
      stops.at((stops.indexOf(document.activeElement) + step) % stops.length).focus();
    } else return;
    event.preventDefault();
  });
  menu.addEventListener("focusout", (event) => menu.contains(event.relatedTarget) || show(false));
  field.addEventListener("keydown", (event) => {
    if (isComposing(event) || !event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyP") return;
    event.preventDefault();
    show(true);
  });
  return menu;
};

if (list) {
  for (const field of document.querySelectorAll("form textarea:not([readonly])")) {
    field.closest(".field").append(menuFor(field));
  }
  list.classList.add("unneeded");
}
