/* Asks every second how far the job is. Without this script the page has a link to refresh. Chromium 86 and later. */
(function () {
  "use strict";

  var box = document.querySelector("[data-job]");
  if (!box || !window.fetch) return;
  var words = box.querySelector("[data-job-words]");
  var percent = box.querySelector("[data-job-percent]");
  var step = box.querySelector("[data-job-step]");
  var bar = box.querySelector("progress");
  box.querySelector("[data-job-refresh]").hidden = true;
  var failures = 0;

  function show(job) {
    failures = 0;
    if (job.over) { location.reload(); return; }
    // Only what changed is written, so that a screen reader is not told the same every second.
    if (words.textContent !== job.state) words.textContent = job.state;
    percent.textContent = job.percent + "%";
    bar.value = job.percent;
    if (job.step) step.textContent = job.step;
    later();
  }

  function lost() {
    failures += 1;
    if (failures === 5) step.textContent = "暂时连不上，正在重试……";
    later();
  }

  function later() {
    // A weak network or a hidden page is asked less often.
    var wait = document.hidden ? 10000 : Math.min(1000 * Math.pow(2, failures), 15000);
    setTimeout(ask, wait);
  }

  function ask() {
    fetch(box.dataset.job, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (answer.redirected || answer.status === 404) { location.reload(); return null; }
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (job) { if (job) show(job); })
      .catch(lost);
  }

  later();
})();
