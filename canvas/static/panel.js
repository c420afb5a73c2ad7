// Asks Salesforce for a fresh signed request, through the official Canvas SDK. The page is whole
// without this file: the buttons that need it stay hidden.
(() => {
  "use strict";
  const PATIENCE_MS = 8000;
  const framed = window.parent !== window;
  const sdk = window.Sfdc && window.Sfdc.canvas && window.Sfdc.canvas.client;
  if (!framed || !sdk || !window.name.startsWith("canvas-frame-")) {
    return;
  }
  const note = document.querySelector("[data-repost-failed]");
  const buttons = document.querySelectorAll("[data-repost]");
  const setBusy = (busy) => {
    for (const button of buttons) {
      button.disabled = busy;
      button.setAttribute("aria-busy", String(busy));
    }
  };
  const ask = () => {
    setBusy(true);
    if (note) {
      note.hidden = true;
    }
    sdk.repost(true); // the parent takes this frame away and posts a new request into another
    window.setTimeout(() => {
      setBusy(false);
      if (note) {
        note.hidden = false;
      }
    }, PATIENCE_MS);
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", ask);
  }
})();
