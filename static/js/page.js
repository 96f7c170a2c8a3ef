/* What a page of an edition does in the browser: no number outlives what it was worked out
   from; answers are copied and printed. Without it every form is a link to a page that
   says the same. */
(function () {
  "use strict";

  function all(selector, root) {
    return Array.prototype.slice.call((root || document).querySelectorAll(selector));
  }

  function place(id) {
    return document.getElementById(id);
  }

  function say(id, sentence) {
    if (place(id)) {
      place(id).textContent = sentence;
    }
  }

  /* Weight and answers */

  function weightForm() {
    return document.querySelector("[data-weight-form]");
  }

  function isTable(target) {
    return Boolean(target) && target.id === "every-line";
  }

  function isAnswer(target) {
    return Boolean(target) && target.classList.contains("dose-region");
  }

  function abort(form) {
    // An old browser does not understand htmx, and nothing is on its way.
    if (window.htmx) {
      window.htmx.trigger(form, "htmx:abort");
    }
  }

  function clearErrors(form) {
    all("[data-field-error]", form).forEach(function (line) {
      line.textContent = "";
    });
    all("[aria-invalid]", form).forEach(function (field) {
      field.removeAttribute("aria-invalid");
    });
  }

  function empty(region) {
    // The form of a question lies in the answer; its reply must not outlive it.
    all("form", region).forEach(abort);
    region.textContent = "";
    say("dose-said", "");
  }

  // Of the former patient nothing stays; the guide's own words do.
  function forget() {
    clearErrors(weightForm());
    all(".dose-region:not([data-without-weight])").forEach(empty);
    all("#every-line form").forEach(abort);
    all(".more > td > details[open]").forEach(function (row) {
      row.open = false;
    });
    all("[data-without-patient]").forEach(function (cell) {
      cell.textContent = cell.dataset.withoutPatient;
    });
    all("#every-line [name=confirm]").forEach(function (field) {
      field.remove();
    });
    all("[data-of-patient]").forEach(function (part) {
      part.textContent = "";
      part.classList.remove("answer");
    });
    say("doses-said", "");
    say("dose-said", "");
    all(".for-patient, .has-patient").forEach(function (part) {
      part.classList.remove("for-patient", "has-patient");
    });
  }

  function edited(event) {
    var form = event.target.form;
    // An answer still on its way would belong to what was typed before.
    if (form && form === weightForm()) {
      abort(form);
      forget();
    } else if (form && form.hasAttribute("data-dose-form")) {
      abort(form);
      clearErrors(form);
      empty(document.querySelector(form.getAttribute("hx-target")));
    }
  }

  // What was asked for under a long form begins where it can be seen.
  function bringIntoView(target) {
    if (isAnswer(target) && target.getBoundingClientRect().bottom > window.innerHeight) {
      target.scrollIntoView();
    }
  }

  function failed(event, sentence) {
    var target = event.detail.target;
    var words = sentence + " Nothing was worked out. Try again.";
    if (isTable(target)) {
      say("doses-said", words);
    } else if (isAnswer(target)) {
      empty(target);
      var line = document.createElement("p");
      line.className = "answer answer-failed";
      line.textContent = words;
      target.appendChild(line);
      say("dose-said", words);
      bringIntoView(target);
    }
  }

  function showErrors(summary, form) {
    all("[data-error-for]", summary).forEach(function (link) {
      var field = place(link.dataset.errorFor);
      var line = place(link.dataset.errorFor + "-error");
      if (field && line && form.contains(field)) {
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
    // A question has no number beside it, and is asked from where it stands.
    if (event.target === weightForm()) {
      forget();
    } else if (isAnswer(event.detail.target) && event.target.hasAttribute("data-dose-form")) {
      clearErrors(event.target);
      empty(event.detail.target);
    }
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target;
    var summary = target.querySelector("[data-error-summary]");
    target.removeAttribute("data-without-weight");
    if (summary) {
      showErrors(summary, isTable(target) ? weightForm() : document.querySelector(
        '[hx-target="#' + target.id + '"]') || document);
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
    failed(event, event.detail.xhr.status === 404
      ? "This line is not in the edition in force: reload the page."
      : "The server could not answer (" + event.detail.xhr.status + ").");
  });
  [["htmx:sendError", "No answer came from the server."],
    ["htmx:timeout", "The server took longer than 8 seconds."]].forEach(function (failure) {
    document.addEventListener(failure[0], function (event) {
      failed(event, failure[1]);
    });
  });

  // A page shown again (Back, a restored tab) must not show another patient's numbers.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      all("form").forEach(function (form) {
        form.reset();
      });
      all(".dose-region:not([data-without-weight])").forEach(empty);
      if (weightForm()) {
        forget();
      }
    }
  });

  /* Copy and print */

  function showButtons(root) {
    all("[data-print], [data-copy]", root).forEach(function (button) {
      button.hidden = false;
    });
  }

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

  function copy(button) {
    var text = button.dataset.copy;
    var copied = navigator.clipboard ? navigator.clipboard.writeText(text) : copyFromField(text);
    copied.then(function () {
      return "Copied.";
    }, function () {
      return "It could not be copied. Select the text instead.";
    }).then(function (words) {
      button.parentElement.querySelector("[data-copy-said]").textContent = words;
      button.focus();
    });
  }

  // The address of a dose is drawn on its own page, for the few that are printed. Where
  // it does not come in time the dose is printed without it.
  function addressOf(path) {
    return new Promise(function (resolve) {
      window.setTimeout(resolve, 3000, null);
      window.fetch(path, { credentials: "omit" }).then(function (answer) {
        return answer.text();
      }).then(function (text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        resolve(page.querySelector(".sheet-address"));
      }).catch(resolve.bind(null, null));
    });
  }

  function print(button) {
    if (place("one-dose")) {
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

  window.addEventListener("afterprint", function () {
    if (place("one-dose")) {
      place("one-dose").remove();
      document.body.classList.remove("prints-one-dose");
    }
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print], [data-copy]");
    if (button && "copy" in button.dataset) {
      copy(button);
    } else if (button) {
      print(button);
    }
  });

  showButtons(document);
})();
