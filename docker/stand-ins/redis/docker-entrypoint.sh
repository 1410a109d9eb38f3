#!/bin/sh
# `docker run redis:7 [redis-server] [FILE.conf] [--OPTION …]`, or another command.
set -eu

case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ]; then
  shift
  # A file given first is read after the image's own, so it has the last word.
  case "${1:-}" in
    *.conf) conf=$1; shift; set -- --include "$conf" "$@" ;;
  esac
  set -- redis-server /usr/local/etc/redis/stand-in.conf "$@"
  if [ "$(id -u)" = 0 ]; then
    find . ! -user redis -exec chown redis:redis {} +
    umask 0077
    exec setpriv --reuid=redis --regid=redis --init-groups "$@"
  fi
fi
exec "$@"
