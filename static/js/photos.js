/* Photos of a form: shrunk on the phone, sent one by one with progress, kept until the form is taken. Chromium 86 and later.
   Without this script the same inputs send the photos with the form; the server checks and shrinks them in either case. */
(function () {
  "use strict";
  var LONGEST = 1600, QUALITY = 0.85, AT_ONCE = 2, TIMEOUT = 120000;

  document.querySelectorAll(".photos[data-upload]").forEach(function (box) {
    var form = box.closest("form"), list = box.querySelector(".photo-list"), note = box.querySelector(".photo-note");
    var limit = Number(box.dataset.limit), megabytes = Number(box.dataset.megabytes);
    var csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
    var waiting = [], running = 0, sendWhenDone = false;
    box.classList.add("scripted");

    function say(text, bad) { note.textContent = text; note.classList.toggle("bad", Boolean(bad)); }
    function count() { return list.children.length; }
    function unfinished() { return waiting.length + running; }
    function failed() { return list.querySelector(".failed"); }

    function post(url, body) {
      var request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", csrf);
      request.timeout = TIMEOUT;
      request.send(body);
      return request;
    }

    function refresh() {
      box.classList.toggle("full", count() >= limit);
      box.querySelectorAll("input[type=file]").forEach(function (input) { input.disabled = count() >= limit; });
    }

    function button(item, text, css, act) {
      var b = document.createElement("button");
      b.type = "button";
      b.textContent = text;
      b.className = css;
      b.addEventListener("click", act);
      item.appendChild(b);
    }

    function picture(item, source, name) {
      var shown = document.createElement(source ? "img" : "span");
      if (source) { shown.src = source; shown.alt = name; } else { shown.className = "photo-paper"; shown.textContent = name; }
      shown.onerror = function () { shown.remove(); picture(item, "", name); };  // called a photo, but none
      item.insertBefore(shown, item.firstChild);
    }

    function remove(item) {
      if (item.dataset.token) post(box.dataset.upload + item.dataset.token + "/remove/");
      if (item.request) item.request.abort();
      waiting = waiting.filter(function (other) { return other !== item; });
      var next = item.nextElementSibling || item.previousElementSibling;
      item.remove();
      refresh();
      say("已去掉。");
      (next ? next.querySelector("button") : box.querySelector("input[type=file]")).focus();
      changed();
    }

    function take(item, token) {
      item.dataset.token = token;
      var hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = box.dataset.name;
      hidden.value = token;
      item.appendChild(hidden);
      button(item, "去掉", "photo-remove", function () { remove(item); });
    }

    function clear(item) {
      item.querySelectorAll("button, progress, .photo-state").forEach(function (part) { part.remove(); });
      item.classList.remove("failed");
    }

    function state(item, text) {
      var line = document.createElement("p");
      line.className = "photo-state";
      line.textContent = text;
      item.appendChild(line);
      return line;
    }

    function fail(item, text, again) {
      clear(item);
      item.classList.add("failed");
      state(item, text);
      if (again) button(item, "重传", "photo-retry", function () { clear(item); queue(item); });
      button(item, "去掉", "photo-remove", function () { remove(item); });
      say("有照片或文件没有传上去，请重传或去掉。", true);
      sendWhenDone = false;
    }

    function queue(item) {
      state(item, "等待上传");
      waiting.push(item);
      work();
    }

    function work() {
      while (running < AT_ONCE && waiting.length) start(waiting.shift());
    }

    function done() {
      running -= 1;
      work();
      if (unfinished()) return;
      changed();
      if (failed()) return;
      say("");
      if (sendWhenDone) { sendWhenDone = false; form.requestSubmit(); }
    }

    function start(item) {
      running += 1;
      clear(item);
      var bar = document.createElement("progress"), line = state(item, "正在缩小");
      bar.max = 100;
      item.appendChild(bar);
      shrink(item.file).then(function (blob) {
        if (!item.isConnected) { done(); return; }
        if (blob.size > megabytes * 1024 * 1024) { fail(item, "文件过大，最大" + megabytes + " MB。", false); done(); return; }
        var body = new FormData();
        body.append("file", blob, item.file.name || "照片.jpg");
        var request = item.request = new XMLHttpRequest(), over = false;
        function end(text, again) {
          if (over) return;
          over = true;
          item.request = null;
          if (text && item.isConnected) fail(item, text, again);
          done();
        }
        request.open("POST", box.dataset.upload);
        request.setRequestHeader("X-CSRFToken", csrf);
        request.timeout = TIMEOUT;
        request.upload.onprogress = function (event) {
          if (!event.lengthComputable) return;
          bar.value = Math.round(event.loaded * 100 / event.total);
          line.textContent = "已传" + bar.value + "%";
        };
        request.onload = function () {
          var answer = null;
          try { answer = JSON.parse(request.responseText); } catch (error) { answer = null; }
          if (request.status === 201 && answer) {
            if (item.isConnected) { clear(item); take(item, answer.token); } else post(box.dataset.upload + answer.token + "/remove/");
            end("");
          } else if (answer && answer.error) {
            end(answer.error, false);
          } else if (request.responseURL && new URL(request.responseURL).pathname !== box.dataset.upload) {  // sent to the login page
            end("登录已过期。请点“提交”重新登录，填写的文字会保留，照片登录后再传。", true);
          } else {
            end("没有传上去，请重传。", true);
          }
        };
        request.onerror = request.ontimeout = function () { end("网络不通，没有传上去。信号好时请点“重传”。", true); };
        request.onabort = function () { end(""); };
        request.send(body);
      });
    }

    // The picture at most LONGEST a side as JPEG; the file itself when it is small, no photo, or unknown to this browser.
    function shrink(file) {
      return new Promise(function (resolve) {
        if (!/^image\/(jpeg|png|webp)$/.test(file.type)) { resolve(file); return; }
        var image = new Image(), url = URL.createObjectURL(file);
        function give(blob) { URL.revokeObjectURL(url); resolve(blob && blob.size < file.size ? blob : file); }
        image.onerror = function () { give(null); };
        image.onload = function () {
          var scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
          if (scale === 1 && file.size < 600 * 1024) { give(null); return; }
          var canvas = document.createElement("canvas");
          canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
          canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
          var pen = canvas.getContext("2d");
          if (!pen) { give(null); return; }
          pen.fillStyle = "#fff";
          pen.fillRect(0, 0, canvas.width, canvas.height);
          pen.drawImage(image, 0, 0, canvas.width, canvas.height);
          canvas.toBlob(give, "image/jpeg", QUALITY);
        };
        image.src = url;
      });
    }

    function add(file) {
      if (count() >= limit) { say("最多" + limit + "个，多出的没有加入。", true); return; }
      var item = document.createElement("li");
      item.className = "photo";
      item.file = file;
      list.appendChild(item);
      var shows = /^image\/(jpeg|png|webp|gif)$/.test(file.type);
      picture(item, shows ? URL.createObjectURL(file) : "", file.name);
      refresh();
      if (/\.(heic|heif)$/i.test(file.name) || /hei[cf]/.test(file.type)) {
        fail(item, "这是苹果手机的 HEIC 格式，暂不能识别。请在手机“设置—相机—格式”中选“兼容性最佳”后重拍，或截图后再传。", false);
      } else {
        queue(item);
      }
    }

    function changed() { form.dispatchEvent(new Event("input", { bubbles: true })); }

    box.querySelectorAll("input[type=file]").forEach(function (input) {
      input.addEventListener("change", function () {
        say("");
        var files = Array.prototype.slice.call(input.files);
        input.value = "";  // sent here, so not again with the form
        files.forEach(add);
      });
    });

    // Photos kept by the server after a refused form: the tick box becomes a button.
    list.querySelectorAll(".photo").forEach(function (item) {
      item.querySelector(".photo-drop").remove();
      button(item, "去掉", "photo-remove", function () { remove(item); });
    });

    // drafts.js gives back photos sent before a crash.
    box.addEventListener("photos:restore", function (event) {
      event.detail.forEach(function (photo) {
        if (count() >= limit || list.querySelector('[data-token="' + photo.token + '"]')) return;
        var item = document.createElement("li");
        item.className = "photo";
        list.appendChild(item);
        picture(item, photo.isPhoto ? box.dataset.upload + photo.token + "/" : "", photo.name);
        var shown = item.querySelector("img");
        if (shown) shown.onerror = function () { item.remove(); refresh(); };  // cleared away meanwhile
        take(item, photo.token);
      });
      refresh();
    });

    form.addEventListener("submit", function (event) {
      if (unfinished()) {
        event.preventDefault();
        sendWhenDone = true;
        say("还有" + unfinished() + "个没有传完，传完后自动提交。");
      } else if (failed()) {
        event.preventDefault();
        say("有照片或文件没有传上去，请重传或去掉后再提交。", true);
        failed().querySelector("button").focus();
      }
    });
    refresh();
  });
})();
