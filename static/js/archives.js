/* The file of a village: a chapter is fetched when it is opened, all of them one after another when asked for. Without JavaScript each opens
   by its link. Chromium 86 and later. */
(function () {
  "use strict";
  var file = document.querySelector("[data-archive]");
  if (!file || !window.fetch) return;
  var heads = Array.prototype.slice.call(file.querySelectorAll("a[data-part]"));
  var state = document.querySelector("[data-archive-state]");
  var all = document.querySelector("[data-archive-all]");
  var print = document.querySelector("[data-archive-print]");
  if (!heads.length) return;

  function body(head) { return document.getElementById(head.getAttribute("aria-controls")); }
  function isOpen(head) { return head.getAttribute("aria-expanded") === "true"; }
  function opened() { return heads.filter(isOpen); }

  function fold(head, open) {
    head.setAttribute("aria-expanded", String(open));
    head.closest(".chapter").classList.toggle("is-open", open);
    body(head).hidden = !open;
    whole();
  }

  function whole() {
    var open = opened().length === heads.length;
    all.textContent = open ? "收起全部" : "展开全部";
    file.classList.toggle("is-whole", open);
  }

  // The address names the chapter opened last, so that it can be sent on; which others are open is kept with this step of the history.
  function remember(address) {
    var open = opened().map(function (head) { return head.dataset.part; });
    history.replaceState({ archive: open, y: window.pageYOffset }, "", address);
  }

  function fetchInto(head) {
    if ("filled" in body(head).dataset) return Promise.resolve();
    if (!head.fetching) {
      head.fetching = fetch(head.dataset.part, { credentials: "same-origin" })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
          return answer.text();
        })
        .then(function (html) {
          body(head).innerHTML = html;
          body(head).dataset.filled = "";
          head.fetching = null;
        }, function (error) { head.fetching = null; throw error; });
    }
    return head.fetching;
  }

  function open(head) {
    head.setAttribute("aria-busy", "true");
    return fetchInto(head)
      .then(function () { fold(head, true); })
      .finally(function () { head.removeAttribute("aria-busy"); });
  }

  // Signed out meanwhile, or no network: the plain page asks to sign in, or says what is wrong.
  function failed(head) {
    state.textContent = "没有打开，请检查网络后再试；";
    var link = document.createElement("a");
    link.href = head.dataset.open;
    link.textContent = "重新打开这一类";
    state.appendChild(link);
  }

  function openAll() {
    var n = 0;
    all.disabled = print.disabled = true;
    return heads.reduce(function (before, head) {
      return before.then(function () {
        n += 1;
        state.textContent = "正在展开，第" + n + "类，共" + heads.length + "类";
        return open(head).catch(function (error) { failed(head); throw error; });
      });
    }, Promise.resolve())
      .then(function () { state.textContent = ""; remember(file.dataset.archive); })
      .finally(function () { all.disabled = print.disabled = false; });
  }

  file.addEventListener("click", function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    var link = event.target.closest("a");
    if (!link) return;
    if (heads.indexOf(link) < 0) { remember(location.href); return; }  // off to a record: the way back finds what was open
    event.preventDefault();
    if (isOpen(link)) {
      fold(link, false);
      remember(file.dataset.archive);
    } else {
      state.textContent = "";
      open(link).then(function () { remember(link.dataset.open); }, function () { failed(link); });
    }
  });

  all.addEventListener("click", function () {
    if (opened().length < heads.length) { openAll().catch(function () {}); return; }
    heads.forEach(function (head) { fold(head, false); });
    remember(file.dataset.archive);
  });
  print.addEventListener("click", function () {
    openAll().then(function () { window.print(); }, function () {});
  });
  all.hidden = print.hidden = false;
  whole();

  var kept = history.state && history.state.archive;
  if (kept) {
    heads.filter(function (head) { return kept.indexOf(head.dataset.part) >= 0; }).reduce(function (before, head) {
      return before.then(function () { return open(head); });
    }, Promise.resolve()).then(function () { window.scrollTo(0, history.state.y); }, function () {});
  }
})();
