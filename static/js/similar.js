/* While a problem is being logged: earlier ones like it, shown below its title as it is typed. Without JavaScript a button does the same. */
(function () {
  "use strict";
  var place = document.querySelector("[data-similar]");
  var form = place && place.closest("form");
  var title = form && form.elements.title;
  if (!title || !window.fetch) { return; }
  var ask = document.querySelector(".similar-ask");
  if (ask) { ask.remove(); }
  var holder = title.closest(".mb-3") || title.parentElement;
  holder.insertAdjacentElement("afterend", place);
  var timer = null, running = null, asked = "";

  function look() {
    var query = new URLSearchParams();
    ["title", "village", "key_project"].forEach(function (name) {
      if (form.elements[name]) { query.set(name, form.elements[name].value); }
    });
    if (query.toString() === asked) { return; }
    asked = query.toString();
    if (running) { running.abort(); }
    running = new AbortController();
    fetch(place.dataset.similar + "?" + asked, { credentials: "same-origin", signal: running.signal })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : ""; })
      .then(function (html) { place.innerHTML = html; })
      .catch(function () { /* left or typed on: the next answer counts */ });
  }

  function soon() { clearTimeout(timer); timer = setTimeout(look, 500); }
  title.addEventListener("input", soon);
  ["village", "key_project"].forEach(function (name) {
    if (form.elements[name]) { form.elements[name].addEventListener("change", soon); }
  });
  if (title.value) { soon(); }
})();
