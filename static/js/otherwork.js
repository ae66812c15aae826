/* The sentence of a kind follows the typing. Without this file the button “看效果” does the same. For Chromium 86 and later. */
(function () {
  "use strict";

  var shown = document.getElementById("wording-preview");
  var form = shown && shown.closest("form");
  if (!form) return;
  var waiting, running;

  function show() {
    var data = new FormData(form);
    data.set("preview", "1");
    if (running) running.abort();
    running = new AbortController();
    fetch(form.action, { method: "POST", body: data, credentials: "same-origin", signal: running.signal })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        var found = text && new DOMParser().parseFromString(text, "text/html").getElementById("wording-preview");
        if (found) shown.replaceChildren.apply(shown, Array.from(found.childNodes));
      })
      .catch(function () { /* no signal: the page keeps what it showed */ });
  }

  form.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(show, 400);
  });
})();
