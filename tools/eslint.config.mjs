// Faults that no browser tells before somebody meets them: names that are not there, or not used.
import globals from "globals";

export default [
  {
    files: ["**/*.js"],
    languageOptions: { sourceType: "module", globals: { ...globals.browser, Bokeh: "readonly" } },
    rules: {
      "no-undef": "error",
      "no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" }],
      "no-unreachable": "error",
      "no-dupe-keys": "error",
      "no-const-assign": "error",
      "no-self-assign": "error",
      "no-unsafe-finally": "error",
      "no-fallthrough": "error",
      "no-cond-assign": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "prefer-const": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
];
