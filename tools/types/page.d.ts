// What the pages' modules find beside the modules they import.

// Events of our own: the shell tells of jobs (lib/api.js, shell/job-pill.js).
interface WindowEventMap {
  "innv:job": CustomEvent<any>;
  "innv:jobs": CustomEvent<any[]>;
  "innv:cancelled": CustomEvent<any>;
  "innv:trust": CustomEvent<string>;
}

// What has the focus or was pressed on a page is an element of HTML.
interface Element {
  readonly dataset: DOMStringMap;
  hidden: boolean;
}
interface EventTarget {
  closest?(selectors: string): HTMLElement | null;
}
