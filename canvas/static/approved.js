// In the window that asked: brings the org's answer to the frame that opened it, and to nobody else.
(() => {
  "use strict";
  const answer = new URLSearchParams(window.location.search);
  window.history.replaceState(null, "", window.location.pathname); // a code is kept in no history
  if (window.opener) {
    const told = { state: answer.get("state"), code: answer.get("code"), error: answer.get("error") };
    window.opener.postMessage(told, window.location.origin);
  }
})();
