#!/bin/sh
# Fills the templates in, runs the scripts in /docker-entrypoint.d, and becomes the command.
set -eu

if [ "${1:-}" = nginx ]; then
  # Only what is set is replaced: nginx has variables of its own.
  defined=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1}/p' | tr '\n' ' ')
  for template in /etc/nginx/templates/*.template; do
    [ -e "$template" ] || continue
    envsubst "$defined" <"$template" >"/etc/nginx/conf.d/$(basename "$template" .template)"
  done
  for script in /docker-entrypoint.d/*; do
    case "$script" in
      *.envsh) . "$script" ;;
      *.sh) if [ -x "$script" ]; then "$script"; fi ;;
    esac
  done
fi
exec "$@"
