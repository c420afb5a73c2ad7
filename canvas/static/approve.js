// Has the org ask the viewer, in a window of its own, whether this app may act for them. The ticket
// lives in this closure alone; without scripts, or without a frame, the button stays hidden.
(() => {
  "use strict";
  const given = window.approval;
  delete window.approval;
  const button = document.querySelector("[data-approve]");
  const told = document.querySelector("[data-approve-told]");
  const sdk = window.Sfdc && window.Sfdc.canvas && window.Sfdc.canvas.client;
  const framed = window.parent !== window && window.name.startsWith("canvas-frame-");
  if (!given || !button || !sdk || !framed) {
    return;
  }
  let asking = null; // the window that this page opened
  const send = (code) =>
    window.fetch("/canvas/approved", {
      method: "POST",
      credentials: "omit",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify({ state: given.state, ticket: given.ticket, code }),
    });
  const redeem = async (code) => {
    try {
      const answer = await (await send(code)).json();
      told.textContent = answer.text;
      if (answer.state === "done") {
        sdk.repost(true); // from now on Salesforce posts a signed request
      }
    } catch {
      told.textContent = told.dataset.again;
    }
  };
  window.addEventListener("message", (event) => {
    const isOurs = asking && event.source === asking && event.origin === window.location.origin;
    if (!isOurs || !event.data || event.data.state !== given.state) {
      return; // some other window, or some other page's answer
    }
    asking.close();
    asking = null;
    if (event.data.code) {
      redeem(event.data.code);
    } else {
      const isDenied = event.data.error === "access_denied";
      told.textContent = isDenied ? told.dataset.denied : told.dataset.again;
    }
  });
  button.hidden = false;
  button.addEventListener("click", () => {
    if (asking) {
      asking.close();
    }
    asking = window.open(given.address, "_blank", "popup,width=560,height=720");
    told.textContent = asking ? told.dataset.asked : told.dataset.blocked;
  });
})();
