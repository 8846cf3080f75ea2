// Lets somebody drop a file anywhere on the form instead of choosing it. Everything works without this file.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("eh-drop");
  });
  form.addEventListener("dragleave", () => form.classList.remove("eh-drop"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("eh-drop");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
