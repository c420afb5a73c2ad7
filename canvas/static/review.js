// Counts down the half hour of a deal review. Without it the page says how long, and a clock will do.
(() => {
  "use strict";
  const NEAR_SECONDS = 5 * 60;
  const timer = document.querySelector("[data-timer]");
  if (!timer) {
    return;
  }
  const button = timer.querySelector("[data-timer-button]");
  const left = timer.querySelector("[data-timer-left]");
  const told = timer.querySelector("[data-timer-told]");
  const whole = 60 * Number(timer.dataset.timer);
  const start = button.textContent;
  let ends = 0; // by the clock, so that a page in the background is not late; 0: it does not run
  let ticks = 0;
  const write = (seconds) => {
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  const say = (text) => {
    if (told.textContent !== text) {
      told.textContent = text; // once: it is read aloud
    }
  };
  const stop = () => {
    window.clearInterval(ticks);
    ends = 0;
    button.textContent = start;
  };
  const tick = () => {
    const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    write(seconds);
    timer.dataset.state = seconds ? "running" : "over";
    if (!seconds) {
      say(told.dataset.over);
      left.textContent = told.dataset.over;
      stop();
    } else if (seconds <= NEAR_SECONDS) {
      say(told.dataset.near);
    }
  };
  button.addEventListener("click", () => {
    if (ends) {
      stop();
      timer.dataset.state = "stopped";
      write(whole);
      return;
    }
    ends = Date.now() + 1000 * whole;
    button.textContent = button.dataset.stop;
    say("");
    tick();
    ticks = window.setInterval(tick, 1000);
  });
  timer.hidden = false;
})();
