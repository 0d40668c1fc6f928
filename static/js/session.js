// Somebody whose login lapsed signs in again where they are; nothing on the page is lost by it.
const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

const ask = (page) => {
  const dialog = document.createElement("dialog");
  dialog.className = "card";
  dialog.setAttribute("aria-labelledby", "sign-in-title");
  dialog.innerHTML = `<header><h2 id="sign-in-title">登录已过期，请重新登录</h2></header>
    <div class="body"><p class="quiet">填写内容已保留，登录后可以继续。</p><div></div></div>`;
  const place = dialog.querySelector(".body > div");
  document.body.append(dialog);
  const form = () => place.querySelector("form");
  const show = (page) => {
    const found = page.querySelector("form:has([name=password])");
    // Locked out after too many wrong passwords: there is no form, only what to do.
    place.replaceChildren(document.importNode(found ?? page.querySelector("main") ?? page.body, true));
    form()?.querySelector("[name=password]").setAttribute("autocomplete", "current-password");
    form()?.querySelector(".primary")?.classList.remove("primary");
    form()?.querySelector("input:not([type=hidden])").focus();
  };
  show(page);
  dialog.showModal();
  form()?.querySelector("input:not([type=hidden])").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(null);
    });
    dialog.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = new FormData(form());
      body.set("next", location.pathname);
      try {
        const response = await fetch("/login/", { method: "POST", body });
        const page = await parse(response);
        if (page.body.dataset.person) {
          resolve(page);
          dialog.close();
        } else show(page);
      } catch {
        form().querySelector("[role=status]").textContent = "网络不通，请稍后再试";
      }
    });
  });
};

let asking = null;

// Resolves to whether the same person is there again, with a token that forms are accepted with. Another person gets
// a page of their own; what was typed stays in the browser, for whom it belongs to.
export const signInAgain = () => {
  asking ??= renew().finally(() => (asking = null));
  return asking;
};

const renew = async () => {
  const back = document.activeElement;
  const response = await fetch(`/login/?next=${encodeURIComponent(location.pathname)}`);
  let page = await parse(response);
  if (!page.body.dataset.person) page = await ask(page);
  if (!page) return false;
  if (page.body.dataset.person !== document.body.dataset.person) {
    location.replace(location.pathname);
    return new Promise(() => {});
  }
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  back?.focus();
  return true;
};
