// Records what a viewer did about a person, as themselves. The token lives in this closure alone;
// without it, or without scripts, the forms stay hidden and the record's page in Salesforce does it.
(() => {
  "use strict";
  const token = window.panelToken;
  delete window.panelToken;
  const page = document.querySelector("#panel");
  if (!token || !page || !window.crypto || !window.crypto.randomUUID) {
    return;
  }
  const send = (act) =>
    window.fetch("/canvas/act", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "X-Panel-Token": token },
      body: JSON.stringify(act),
    });
  const valuesOf = (form) => {
    const values = {};
    for (const field of form.querySelectorAll("[name]")) {
      if (!field.closest("[hidden]")) {
        values[field.name] = field.value;
      }
    }
    return values;
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
  const attach = (form) => {
    const told = form.querySelector("[role=status]");
    const button = form.querySelector("button");
    let key = window.crypto.randomUUID(); // one for each act: sent twice, it records once
    form.hidden = false;
    showDays(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") {
        return;
      }
      button.setAttribute("aria-disabled", "true"); // not `disabled`: that would take the focus away
      told.textContent = "";
      const act = { ...valuesOf(form), score_id: form.dataset.score, key };
      act.exception_id = form.dataset.exception || null;
      try {
        const answer = await (await send(act)).json();
        told.textContent = answer.text;
        form.dataset.state = answer.state;
        if (answer.state === "done") {
          form.elements.note.value = "";
          key = window.crypto.randomUUID();
        }
      } catch {
        told.textContent = page.dataset.actFailed; // not answered: the same key may be sent again
      }
      button.removeAttribute("aria-disabled");
    });
  };
  document.querySelectorAll("form[data-act]").forEach(attach);
})();
