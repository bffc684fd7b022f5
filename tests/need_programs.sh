#!/bin/sh
# The tests drive the system's Chromium and run the pages' units by node. What is missing is installed where that can be done.
need() { # packages, the best one first, then the names under which a program of them is known
  packages=$1
  shift
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 && return
  done
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && apt-get update -qq; then
    for package in $packages; do
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null && return
    done
  fi
  echo "Missing, and could not be installed: tests that need it will fail. Install one of: $packages." >&2
}
need "chromium-headless-shell chromium" chromium-headless-shell chromium chromium-browser google-chrome
need nodejs node
