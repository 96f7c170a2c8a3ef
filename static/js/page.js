/* What a page of an edition does in the browser: an answer never outlives what it was
   worked out from, links and sentences are copied, the contents follow the reader. One
   file, since a first visit on a slow line pays for each. Without it every form still
   works as a plain link to the dose page, and every link as a link. */
(function () {
  "use strict";

  function form(element) {
    return element.closest ? element.closest("[data-dose-form]") : null;
  }

  function region(doseForm) {
    return document.querySelector(doseForm.getAttribute("hx-target"));
  }

  function clearErrors(doseForm) {
    doseForm.querySelectorAll("[data-field-error]").forEach(function (line) {
      line.textContent = "";
    });
    doseForm.querySelectorAll("[aria-invalid]").forEach(function (field) {
      field.removeAttribute("aria-invalid");
    });
  }

  function abort(asking) {
    // An old browser does not understand htmx, and nothing is on its way.
    if (window.htmx) {
      window.htmx.trigger(asking, "htmx:abort");
    }
  }

  function clear(doseForm) {
    // The confirmation's form lies in the answer; its reply must not outlive it.
    region(doseForm).querySelectorAll("form").forEach(abort);
    region(doseForm).textContent = "";
    clearErrors(doseForm);
  }

  // The form that asks for every line's dose at one weight, and where they stand.
  function weightForm(element) {
    return element.closest ? element.closest("[data-weight-form]") : null;
  }

  function isTable(target) {
    return target && target.id === "every-line";
  }

  // Of the former patient nothing stays; the guide's own words do.
  function forget(asking) {
    var table = document.getElementById("dose-table");
    document.querySelectorAll("#every-line form").forEach(abort);
    document.querySelectorAll("[data-without-patient]").forEach(function (cell) {
      cell.textContent = cell.dataset.withoutPatient;
    });
    document.querySelectorAll("[data-of-patient]").forEach(function (place) {
      place.textContent = "";
      place.classList.remove("answer");
    });
    document.getElementById("doses-said").textContent = "";
    if (table) {
      table.classList.remove("for-patient");
    }
    clearErrors(asking);
  }

  function edited(event) {
    var doseForm = form(event.target);
    var asking = weightForm(event.target);
    if (doseForm) {
      // An answer still on its way would belong to what was typed before.
      abort(doseForm);
      clear(doseForm);
    } else if (asking) {
      abort(asking);
      forget(asking);
    }
  }

  // What was asked for under a long form begins where it can be seen.
  function bringIntoView(target) {
    var box = target.getBoundingClientRect();
    if (box.bottom > window.innerHeight) {
      target.scrollIntoView();
    }
  }

  function failed(event, sentence) {
    var target = event.detail.target;
    if (isTable(target)) {
      document.getElementById("doses-said").textContent =
        sentence + " Nothing was worked out. Try again.";
    }
    if (!target || !target.classList.contains("dose-region")) {
      return;
    }
    target.textContent = "";
    var line = document.createElement("p");
    line.className = "answer answer-failed";
    line.textContent = sentence + " Nothing was worked out. Try again.";
    target.appendChild(line);
    bringIntoView(target);
  }

  function showErrors(summary, doseForm) {
    summary.querySelectorAll("[data-error-for]").forEach(function (link) {
      var field = document.getElementById(link.dataset.errorFor);
      var line = document.getElementById(link.dataset.errorFor + "-error");
      if (field && line && doseForm.contains(field)) {
        if (field.closest("details")) {
          field.closest("details").open = true;
        }
        field.setAttribute("aria-invalid", "true");
        line.textContent = "Error: " + link.textContent;
      }
    });
    summary.focus();
  }

  // htmx notes the page's address, and so a weight in it, although it keeps no history.
  try {
    window.sessionStorage.removeItem("htmx-current-path-for-history");
  } catch (denied) {
    // Nothing can be stored here, so nothing was.
  }

  document.addEventListener("input", edited);
  document.addEventListener("change", edited);

  document.addEventListener("htmx:beforeRequest", function (event) {
    var target = event.detail.target;
    // A question has no number beside it, and is asked from where it stands.
    if (isTable(target) && weightForm(event.target)) {
      forget(event.target);
    }
    if (target && target.classList.contains("dose-region")) {
      var doseForm = form(event.target);
      if (doseForm) {
        clear(doseForm);
      }
    }
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target;
    var summary = target.querySelector("[data-error-summary]");
    if (isTable(target) && summary) {
      showErrors(summary, document.querySelector("[data-weight-form]"));
    }
    if (!target.classList.contains("dose-region")) {
      return;
    }
    var doseForm = document.querySelector('[hx-target="#' + target.id + '"]');
    if (summary && doseForm) {
      showErrors(summary, doseForm);
    } else if (document.activeElement === document.body) {
      // The button that asked was part of the answer it replaced.
      var first = target.querySelector("[tabindex='-1']");
      if (first) {
        first.focus();
      }
    }
    showButtons(target);
    bringIntoView(target);
  });

  document.addEventListener("htmx:responseError", function (event) {
    var missing = event.detail.xhr.status === 404;
    failed(event, missing
      ? "This line is not in the edition in force: reload the page."
      : "The server could not answer (" + event.detail.xhr.status + ").");
  });
  document.addEventListener("htmx:sendError", function (event) {
    failed(event, "No answer came from the server.");
  });
  document.addEventListener("htmx:timeout", function (event) {
    failed(event, "The server took longer than 8 seconds.");
  });

  // A page shown again (Back, a restored tab) must not show another patient's numbers.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      document.querySelectorAll("[data-dose-form]").forEach(function (doseForm) {
        doseForm.reset();
        clear(doseForm);
      });
      document.querySelectorAll("[data-weight-form]").forEach(function (asking) {
        asking.reset();
        forget(asking);
      });
    }
  });

  function showButtons(root) {
    root.querySelectorAll("[data-print], [data-copy]").forEach(function (button) {
      button.hidden = false;
    });
  }

  function print(button) {
    if (document.getElementById("one-dose")) {
      return;
    }
    var sheet = document.createElement("div");
    sheet.id = "one-dose";
    sheet.appendChild(button.closest(".answer").cloneNode(true));
    document.body.appendChild(sheet);
    document.body.classList.add("prints-one-dose");
    addressOf(button.dataset.print).then(function (address) {
      if (address && sheet.parentNode) {
        sheet.appendChild(address);
      }
      window.print();
    });
  }

  // The address of a dose is drawn on its own page, for the few that are printed. Where
  // it does not come in time the dose is printed without it.
  function addressOf(path) {
    var late = new Promise(function (resolve) {
      window.setTimeout(resolve, 3000, null);
    });
    var drawn = window.fetch(path, { credentials: "omit" })
      .then(function (answer) {
        return answer.text();
      })
      .then(function (text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        return page.querySelector(".sheet-address");
      })
      .catch(function () {
        return null;
      });
    return Promise.race([drawn, late]);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) {
      print(button);
    }
  });

  window.addEventListener("afterprint", function () {
    var sheet = document.getElementById("one-dose");
    if (sheet) {
      sheet.remove();
      document.body.classList.remove("prints-one-dose");
    }
  });

  showButtons(document);
})();

(function () {
  "use strict";

  // A live region is heard only if it was there before it was filled.
  var said = document.createElement("p");
  said.id = "link-copied";
  said.className = "link-copied";
  said.setAttribute("role", "status");
  document.body.appendChild(said);
  var hiding;

  function copyFromField(text) {
    // Browsers without a clipboard to write to copy what is selected in a field.
    var field = document.createElement("textarea");
    field.value = text;
    document.body.appendChild(field);
    field.select();
    var done = document.execCommand("copy");
    field.remove();
    return done ? Promise.resolve() : Promise.reject();
  }

  function copy(text) {
    return navigator.clipboard
      ? navigator.clipboard.writeText(text)
      : copyFromField(text);
  }

  function copySentence(button) {
    var place = button.parentElement.querySelector("[data-copy-said]");
    copy(button.dataset.copy).then(function () {
      place.textContent = "Copied.";
    }, function () {
      place.textContent = "It could not be copied. Select the sentence instead.";
    }).then(function () {
      button.focus();
    });
  }

  function say(sentence) {
    said.textContent = sentence;
    window.clearTimeout(hiding);
    hiding = window.setTimeout(function () {
      said.textContent = "";
    }, 6000);
  }

  function copyLink(link) {
    var name = link.getAttribute("aria-label").replace(/^Link to /, "");
    copy(link.href).then(function () {
      say("Link copied: " + name);
    }, function () {
      say("The link is in the address bar; it could not be copied.");
    }).then(function () {
      link.focus();
    });
  }

  document.addEventListener("click", function (event) {
    var place = event.target.closest("[data-copy], .anchor");
    if (place && "copy" in place.dataset) {
      copySentence(place);
    } else if (place) {
      // The link is followed as well, so that the address bar holds it too.
      copyLink(place);
    }
  });
})();

(function () {
  "use strict";

  var contents = document.getElementById("on-this-page");
  if (!contents) {
    return;
  }
  var links = Array.prototype.slice.call(contents.querySelectorAll("a"));
  var targets = links.map(function (link) {
    return document.getElementById(link.hash.slice(1));
  });
  var current = null;
  var waiting = false;

  function isAtEnd() {
    var page = document.documentElement;
    return window.pageYOffset + window.innerHeight >= page.scrollHeight - 2;
  }

  function linkFollowed() {
    // The last sections never reach the top: there the one that was asked for counts.
    var number = links.map(function (link) {
      return link.hash;
    }).indexOf(window.location.hash);
    var target = targets[number];
    var top = target ? target.getBoundingClientRect().top : -1;
    return top >= 0 && top < window.innerHeight ? links[number] : null;
  }

  function linkAt(line) {
    var found = null;
    targets.forEach(function (target, number) {
      if (target && target.getBoundingClientRect().top <= line) {
        found = links[number];
      }
    });
    return found;
  }

  function follow() {
    waiting = false;
    var link = isAtEnd()
      ? linkFollowed() || linkAt(window.innerHeight)
      : linkAt(window.innerHeight * 0.2);
    if (link === current) {
      return;
    }
    if (current) {
      current.removeAttribute("aria-current");
    }
    current = link;
    if (link) {
      link.setAttribute("aria-current", "location");
      keepInSight(link);
    }
  }

  function keepInSight(link) {
    // Only the list is scrolled, never the page under the reader.
    var box = contents.getBoundingClientRect();
    var place = link.getBoundingClientRect();
    if (place.top < box.top || place.bottom > box.bottom) {
      contents.scrollTop += place.top - box.top - box.height / 2;
    }
  }

  function soon() {
    if (!waiting) {
      waiting = true;
      window.requestAnimationFrame(follow);
    }
  }

  window.addEventListener("scroll", soon, { passive: true });
  window.addEventListener("resize", soon);
  window.addEventListener("hashchange", soon);
  soon();
})();
