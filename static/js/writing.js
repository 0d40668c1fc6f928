// What helps while writing in a multi-line field of a ticket: 快捷短语 at the cursor, and names after an @.
// Both put words where the cursor is, as if they had been typed.

const isComposing = (event) => event.isComposing || event.keyCode === 229;

// As if typed: the browser can undo it, and everybody who listens for input hears of it.
const insert = (field, text, from = field.selectionStart, to = field.selectionEnd) => {
  field.focus();
  field.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
};

// 快捷短语: the page lists them once (#phrases), here each field gets a menu of them. Alt+P opens the menu of the field one
// writes in; never while an input method is composing.
const list = document.getElementById("phrases");
const phrases = [...(list?.querySelectorAll("[data-phrase]") ?? [])].map((item) => ({
  title: item.dataset.phrase,
  text: item.querySelector(".prose").textContent,
}));

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

// After an @ the people of one's own side are offered; the names are those of a <datalist> that the form names. Typing
// the name by hand does the same: the server reads the text.
const MOST = 8;

const attach = (field, people) => {
  const box = document.createElement("ul");
  box.className = "mentions";
  box.id = `${field.id}_mentions`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "提到同事");
  box.hidden = true;
  field.after(box);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", box.id);
  let from = 0;
  let at = 0;

  const close = () => {
    box.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = (index + box.children.length) % box.children.length;
    [...box.children].forEach((option, i) => option.setAttribute("aria-selected", i === at));
    field.setAttribute("aria-activedescendant", box.children[at].id);
    box.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (name) => {
    close();
    insert(field, `@${name} `, from, field.selectionStart);
  };
  const look = () => {
    const typed = /(?<![A-Za-z0-9])[@＠]([^\s@＠]{0,20})$/.exec(field.value.slice(0, field.selectionStart));
    const found = typed ? people.filter(({ name }) => name.includes(typed[1]) && name !== typed[1]).slice(0, MOST) : [];
    if (!found.length) return close();
    from = typed.index;
    box.replaceChildren(
      ...found.map(({ name, role }, index) => {
        const option = document.createElement("li");
        option.id = `${box.id}_${index}`;
        option.setAttribute("role", "option");
        option.append(Object.assign(document.createElement("strong"), { textContent: name }), ` ${role}`);
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(name));
        return option;
      }),
    );
    box.hidden = false;
    mark(0);
  };

  field.addEventListener("input", (event) => event.isComposing || look());
  field.addEventListener("compositionend", look);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (box.hidden || isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(at + step);
    else if (event.key === "Enter" || event.key === "Tab") choose(box.children[at].querySelector("strong").textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
};

for (const form of document.querySelectorAll("[data-mentions]")) {
  const people = [...document.getElementById(form.dataset.mentions).options].map((option) => ({
    name: option.value,
    role: option.textContent,
  }));
  form.querySelectorAll("textarea").forEach((field) => attach(field, people));
}
