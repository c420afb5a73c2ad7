// Does what a viewer did about a person, as themselves. The token lives in this closure alone;
// without it, or without scripts, the forms stay hidden and the record's page in Salesforce does it.
(() => {
  "use strict";
  const token = window.panelToken;
  delete window.panelToken;
  const page = document.querySelector("#panel");
  if (!token || !page || !window.crypto || !window.crypto.randomUUID) {
    return;
  }
  const ENDED = ["done", "unlogged", "posted", "reviewed"]; // states of an act that is over
  const OUT = ["Write", "Congratulate"]; // acts that send something
  const send = (act) =>
    window.fetch("/canvas/act", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, "X-Panel-Token": token },
      body: JSON.stringify(act),
    });
  const taskOf = (row) =>
    Object.fromEntries([...row.querySelectorAll("[name]")].map((one) => [one.name, one.value.trim()]));
  const valuesOf = (form) => {
    const values = {
      score_id: form.dataset.score || null,
      exception_id: form.dataset.exception || null,
      deal_id: form.dataset.deal || null,
      opportunity_id: form.dataset.opportunity || null,
    };
    for (const field of form.querySelectorAll("[name]")) {
      if (!field.closest("[hidden], [data-task]")) {
        values[field.name] = field.value;
      }
    }
    const tasks = [...form.querySelectorAll("[data-task]")].map(taskOf);
    return tasks.length ? { ...values, tasks: tasks.filter((one) => one.subject) } : values;
  };
  // Days are asked for where the choice before them makes them matter.
  const showDays = (form) => {
    const days = form.querySelector("[data-when]");
    const choice = form.querySelector("select");
    const show = () => {
      days.hidden = choice.value !== days.dataset.when;
    };
    if (days && choice) {
      choice.addEventListener("change", show);
      show();
    }
  };
  // A mail is read before it is sent; what was changed since has to be read again.
  const previewOf = (form) => {
    const preview = form.querySelector(".act__preview");
    const hide = () => {
      preview.hidden = true;
    };
    if (preview) {
      form.elements.note.addEventListener("input", hide);
    }
    return {
      show: (mail) => {
        for (const part of preview.querySelectorAll("[data-mail]")) {
          part.textContent = mail[part.dataset.mail];
        }
        preview.hidden = false;
        preview.focus();
      },
      hide: () => {
        const hadFocus = Boolean(preview) && preview.contains(document.activeElement);
        if (preview) {
          hide();
        }
        return hadFocus;
      },
    };
  };
  // What is said once is not asked again; that it is recorded stays to be read.
  const close = (form, told) => {
    for (const one of form.querySelectorAll("label, button")) {
      one.hidden = true;
    }
    told.tabIndex = -1; // the focus was on what is gone
    told.focus();
  };
  const attach = (form) => {
    const told = form.querySelector(".act__told");
    const preview = previewOf(form);
    let key = window.crypto.randomUUID(); // one for each act: sent twice, it is made once
    let isBusy = false;
    form.hidden = false;
    showDays(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy) {
        return;
      }
      isBusy = true;
      const button = event.submitter || form.querySelector("button");
      button.setAttribute("aria-disabled", "true"); // not `disabled`: that would take the focus away
      told.textContent = "";
      const act = { ...valuesOf(form), key, preview: button.dataset.step === "preview" };
      try {
        const answer = await (await send(act)).json();
        told.textContent = answer.text;
        form.dataset.state = answer.state;
        if (answer.mail) {
          preview.show(answer.mail);
        }
        if (ENDED.includes(answer.state)) {
          const hadFocus = preview.hide();
          key = window.crypto.randomUUID();
          for (const one of form.querySelectorAll("[data-task] [name='subject']")) {
            one.value = ""; // the next ones are other tasks
          }
          if (form.elements.note) {
            form.elements.note.value = "";
            if (hadFocus) {
              form.elements.note.focus();
            }
          }
          if (act.kind === "Rate") {
            close(form, told);
          }
        }
      } catch {
        // Not answered: the same key may be sent again, and does nothing twice.
        const mayBeOut = OUT.includes(act.kind) && !act.preview;
        told.textContent = mayBeOut ? page.dataset.sendFailed : page.dataset.actFailed;
      }
      button.removeAttribute("aria-disabled");
      isBusy = false;
    });
  };
  document.querySelectorAll("form[data-act]").forEach(attach);
})();
