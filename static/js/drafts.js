/* What is being typed is kept on this device, per person and page, so that a crash, a dead battery or an expired session loses nothing.
   It goes when the form is taken, at signing out, and after some days. Works beside the server's own keeping (accounts/middleware.py). */
(function () {
  "use strict";
  var PREFIX = "draft:", DAYS = 3, SENT = "draft-sent", TAKEN = "draft-taken";
  var user = document.body.dataset.user;
  var store;
  try { store = window.localStorage; store.getItem(PREFIX); } catch (error) { return; }

  function keys() {
    return Object.keys(store).filter(function (key) { return key.indexOf(PREFIX) === 0; });
  }
  function read(key) {
    try { return JSON.parse(store.getItem(key)); } catch (error) { return null; }
  }

  var limit = Date.now() - DAYS * 24 * 3600 * 1000;
  keys().forEach(function (key) {
    var draft = read(key);
    if (!draft || draft.at < limit) store.removeItem(key);
  });

  document.querySelectorAll('form[action$="/logout/"]').forEach(function (form) {
    form.addEventListener("submit", function () {
      keys().forEach(function (key) { if (key.indexOf(PREFIX + user + ":") === 0) store.removeItem(key); });
      sessionStorage.removeItem(TAKEN);
    });
  });
  if (!user) return;

  // The page after a form that was taken says so; then, and only then, its draft is done with.
  var sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && document.querySelector("main > .alert-success")) {
    var last = read(sent);
    if (last) try { sessionStorage.setItem(TAKEN, JSON.stringify({ key: sent, values: last.values, submission: last.submission })); } catch (error) { /* full */ }
    store.removeItem(sent);
  }

  // Back on a form that was just taken, and sent once more as it stands: the same form, not a second record.
  var way = performance.getEntriesByType("navigation")[0];
  function takenBefore(form, key) {
    var taken = way && way.type === "back_forward" && JSON.parse(sessionStorage.getItem(TAKEN));
    if (!taken || taken.key !== key || photos(form).length) return "";
    return JSON.stringify(taken.values) === JSON.stringify(values(form)) ? taken.submission : "";
  }

  function typed(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && !/^(hidden|password|file|submit|button)$/.test(field.type);
    });
  }

  function values(form) {
    var rows = [];
    typed(form).forEach(function (field) {
      if (/^(checkbox|radio)$/.test(field.type)) {
        rows.push([field.name, field.value, field.checked]);
      } else if (field.type === "select-multiple") {
        Array.prototype.forEach.call(field.options, function (option) { rows.push([field.name, option.value, option.selected]); });
      } else {
        rows.push([field.name, field.value]);
      }
    });
    return rows;
  }

  function photos(form) {
    return Array.prototype.map.call(form.querySelectorAll(".photo[data-token]"), function (item) {
      var image = item.querySelector("img");
      return { token: item.dataset.token, isPhoto: Boolean(image), name: image ? image.alt : item.querySelector(".photo-paper").textContent };
    });
  }

  function give(form, draft) {
    draft.values.forEach(function (row) {
      typed(form).forEach(function (field) {
        if (field.name !== row[0]) return;
        if (/^(checkbox|radio)$/.test(field.type)) {
          if (field.value === row[1]) field.checked = row[2];
        } else if (field.type === "select-multiple") {
          Array.prototype.forEach.call(field.options, function (option) { if (option.value === row[1]) option.selected = row[2]; });
        } else {
          field.value = row[1];
        }
      });
    });
    var box = form.querySelector(".photos");
    if (box && draft.photos.length) box.dispatchEvent(new CustomEvent("photos:restore", { detail: draft.photos }));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function same(form, draft) {
    var now = { values: values(form), photos: photos(form) };
    return JSON.stringify(now) === JSON.stringify({ values: draft.values, photos: draft.photos });
  }

  function offer(form, key, draft) {
    var at = new Date(draft.at), box = document.createElement("div");
    box.className = "alert alert-info draft-offer";
    box.setAttribute("role", "status");
    var text = document.createElement("p");
    text.textContent = (at.getMonth() + 1) + "月" + at.getDate() + "日" + at.toTimeString().slice(0, 5) + " 您在这里填写的内容没有提交，还保存在这台设备上。";
    box.appendChild(text);
    [["恢复", "btn btn-primary", function () { give(form, draft); }], ["不要了", "btn btn-link", function () { store.removeItem(key); }]].forEach(function (row) {
      var b = document.createElement("button");
      b.type = "button";
      b.textContent = row[0];
      b.className = row[1];
      b.addEventListener("click", function () { row[2](); box.remove(); });
      box.appendChild(b);
    });
    form.parentNode.insertBefore(box, form);
  }

  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    var key = PREFIX + user + ":" + location.pathname;
    var draft = read(key), fresh = JSON.stringify(values(form)), timer = 0;
    // After a refusal the page itself holds what was typed.
    var held = document.querySelector("[data-focus]");
    if (draft && !held && JSON.stringify(draft.values) !== fresh) offer(form, key, draft);

    // Sent before, but the answer never came (weak signal): sent again unchanged it goes under its old token, and the server
    // sees that it is the same form. Changed, it is a new one.
    var submission = "";

    function keep() {
      timer = 0;
      var now = values(form), staged = photos(form);
      if (JSON.stringify(now) === fresh && !staged.length) return;
      try { store.setItem(key, JSON.stringify({ at: Date.now(), values: now, photos: staged, submission: submission })); } catch (error) { /* full: the server keeps it too */ }
    }
    form.addEventListener("input", function () {
      if (!timer) timer = setTimeout(keep, 800);
    });
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      clearTimeout(timer);
      var token = form.elements.namedItem("submission");
      if (token && draft && draft.submission && same(form, draft)) token.value = draft.submission;
      else if (token) token.value = takenBefore(form, key) || token.value;
      submission = token ? token.value : "";
      keep();
      sessionStorage.setItem(SENT, key);
    });
    window.addEventListener("pagehide", function () { if (timer) { clearTimeout(timer); keep(); } });
  });
})();
