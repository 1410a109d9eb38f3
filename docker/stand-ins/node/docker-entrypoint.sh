#!/bin/sh
# `docker run node:20 [FILE.js | --OPTION …]`, or a command.
set -eu

if [ $# -gt 0 ]; then
  case "$1" in
    -*) set -- node "$@" ;;
    *) command -v "$1" >/dev/null || set -- node "$@" ;;
  esac
fi
exec "$@"
