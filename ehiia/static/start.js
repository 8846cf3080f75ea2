// Makes the NHS.UK components on the page come alive. Everything works without this file.
// File upload and tabs are left out: a plain file input and plain links are easier to hear and to use.
import {
  createAll, Button, CharacterCount, Checkboxes, ErrorSummary, Header, NotificationBanner, PasswordInput,
  Radios, SkipLink,
} from "./nhsuk/nhsuk-frontend-10.6.1.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
createAll(Button, { preventDoubleClick: true });
for (const component of [CharacterCount, Checkboxes, ErrorSummary, Header, NotificationBanner, PasswordInput, Radios, SkipLink]) {
  createAll(component);
}
