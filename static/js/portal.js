/* Small helps on every page; each page works without them. Written for Chromium 86 and later. */
(function () {
  "use strict";

  // A form is sent once: the second click finds the button resting. The server refuses doubles by itself.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    changed = null;
    var buttons = form.querySelectorAll("button[type=submit]");
    setTimeout(function () { buttons.forEach(function (b) { b.disabled = true; }); }, 0);
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach(function (b) { b.disabled = false; });
    });
  });

  // Leaving a form with typed text asks first.
  var changed = null;
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    form.addEventListener("input", function () { changed = form; });
  });
  window.addEventListener("beforeunload", function (event) {
    if (changed) { event.preventDefault(); event.returnValue = ""; }
  });

  // After a refusal the summary of errors gets the focus, for the keyboard and the screen reader.
  var first = document.querySelector("[data-focus]");
  if (first) first.focus();

  // On a phone the tabs run past the edge: the one that is open is brought into sight.
  document.querySelectorAll(".tabs .here").forEach(function (tab) {
    var bar = tab.parentElement;
    bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  });

  // On a phone an open filter form fills the screen; the chips below it say what is asked for, so the rows come first.
  if (window.matchMedia("(max-width: 767.98px)").matches) {
    document.querySelectorAll("details.filters[open] + .chips").forEach(function (chips) {
      chips.previousElementSibling.open = false;
    });
  }

  // "/" goes to the list's own search box, else to the one in the head, unless the person is typing.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    var box = document.querySelector("main input[name=q]") || document.querySelector("input[name=q]");
    if (!box) return;
    var drawer = box.closest("details");
    if (drawer) drawer.open = true;
    event.preventDefault();
    box.focus();
  });
})();
