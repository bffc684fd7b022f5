#!/bin/sh
# The tests drive the system's Chromium and run the pages' units by node. What is missing is installed where that can be done.
need() { # package, then the names under which it is known
  package=$1
  shift
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 && return
  done
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null && return
  fi
  echo "$package is missing and could not be installed: tests that need it will fail. Install the package $package." >&2
}
need chromium chromium chromium-browser google-chrome
need nodejs node
