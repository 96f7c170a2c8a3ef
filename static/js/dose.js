/* Keeps an answer from outliving what it was worked out from. Without this file every
   form still works as a plain link to the dose page. */
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
    window.htmx.trigger(asking, "htmx:abort");
  }

  function clear(doseForm) {
    // The confirmation's form lies in the answer; its reply must not outlive it.
    region(doseForm).querySelectorAll("form").forEach(abort);
    region(doseForm).textContent = "";
    clearErrors(doseForm);
  }

  function edited(event) {
    var doseForm = form(event.target);
    if (doseForm) {
      // An answer still on its way would belong to what was typed before.
      abort(doseForm);
      clear(doseForm);
    }
  }

  function failed(event, sentence) {
    var target = event.detail.target;
    if (!target || !target.classList.contains("dose-region")) {
      return;
    }
    target.textContent = "";
    var line = document.createElement("p");
    line.className = "answer answer-failed";
    line.textContent = sentence + " Nothing was worked out. Try again.";
    target.appendChild(line);
  }

  function showErrors(summary, doseForm) {
    summary.querySelectorAll("[data-error-for]").forEach(function (link) {
      var field = document.getElementById(link.dataset.errorFor);
      var line = document.getElementById(link.dataset.errorFor + "-error");
      if (field && line && doseForm.contains(field)) {
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
    }
  });

  function showButtons(root) {
    root.querySelectorAll("[data-print], [data-copy]").forEach(function (button) {
      button.hidden = false;
    });
  }

  function print(button) {
    var sheet = document.createElement("div");
    sheet.id = "one-dose";
    sheet.appendChild(button.closest(".answer").cloneNode(true));
    document.body.appendChild(sheet);
    document.body.classList.add("prints-one-dose");
    window.print();
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
    var said = button.parentElement.querySelector("[data-copy-said]");
    var text = button.dataset.copy;
    var copying = navigator.clipboard
      ? navigator.clipboard.writeText(text)
      : copyFromField(text);
    copying.then(function () {
      said.textContent = "Copied.";
    }, function () {
      said.textContent = "It could not be copied. Select the sentence instead.";
    }).then(function () {
      button.focus();
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print], [data-copy]");
    if (button && "copy" in button.dataset) {
      copy(button);
    } else if (button) {
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
