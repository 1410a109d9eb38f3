#!/bin/bash
# Makes the database at the first start, as the official image's entrypoint does, and becomes the
# server. Where initdb would be asked for nothing but a user's name, the cluster of the image is
# copied and its user renamed instead, which is quicker.
set -Eeuo pipefail

PRISTINE=/var/lib/postgresql/pristine

# VAR, or the content of the file that VAR_FILE names.
file_env() {
  local var=$1 file_var=$1_FILE
  if [ -n "${!var:-}" ] && [ -n "${!file_var:-}" ]; then
    echo "error: $var and $file_var are both set, and exclude each other" >&2
    exit 1
  fi
  if [ -n "${!file_var:-}" ]; then
    export "$var=$(<"${!file_var}")"
  else
    export "$var=${!var:-${2:-}}"
  fi
  unset "$file_var"
}

verify_environment() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    cat >&2 <<-'TEXT'
		Error: Database is uninitialized and superuser password is not specified.
		       Set POSTGRES_PASSWORD to a non-empty value, or POSTGRES_HOST_AUTH_METHOD=trust
		       to let everybody in without one.
	TEXT
    exit 1
  fi
}

# $1 as a quoted identifier.
identifier() { printf '"%s"' "${1//\"/\"\"}"; }
# $1 as a string literal.
literal() { printf "'%s'" "${1//\'/\'\'}"; }

# One statement per line of standard input, without a server.
single_user() {
  local out
  if ! out=$(postgres --single -D "$PGDATA" -c exit_on_error=true postgres 2>&1 >/dev/null); then
    printf '%s\n' "$out" >&2
    exit 1
  fi
}

create_cluster() {
  mkdir -p "$PGDATA"
  if [ -n "${POSTGRES_INITDB_ARGS:-}${POSTGRES_INITDB_WALDIR:-}" ]; then
    eval 'initdb --username="$POSTGRES_USER" ${POSTGRES_INITDB_WALDIR:+--waldir="$POSTGRES_INITDB_WALDIR"} '"${POSTGRES_INITDB_ARGS:-}"
  else
    cp -R "$PRISTINE/." "$PGDATA"
    chmod 700 "$PGDATA"
    # 10 is the user that initdb made.
    echo "update pg_authid set rolname = $(literal "$POSTGRES_USER") where oid = 10" | single_user
  fi
  {
    [ -z "$POSTGRES_PASSWORD" ] ||
      echo "alter role $(identifier "$POSTGRES_USER") password $(literal "$POSTGRES_PASSWORD")"
    [ "$POSTGRES_DB" = postgres ] || echo "create database $(identifier "$POSTGRES_DB")"
  } | single_user
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
}

run_init_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh)
        echo "$0: $script"
        if [ -x "$script" ]; then "$script"; else . "$script"; fi
        ;;
      *.sql) echo "$0: $script"; run_sql <"$script" ;;
      *.sql.gz) echo "$0: $script"; gunzip -c "$script" | run_sql ;;
      *.sql.xz) echo "$0: $script"; xzcat "$script" | run_sql ;;
      *) echo "$0: ignoring $script" ;;
    esac
  done
}

run_sql() {
  psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB"
}

# The server listens on its socket alone until the scripts are done: who connects over TCP finds
# the finished database.
initialise() {
  create_cluster
  if [ -n "$(ls /docker-entrypoint-initdb.d)" ]; then
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
    PGHOST='' PGHOSTADDR='' PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD} run_init_scripts
    pg_ctl -D "$PGDATA" -m fast -w stop
  fi
  echo
  echo 'PostgreSQL init process complete; ready for start up.'
  echo
}

case "${1:-}" in
  -*) set -- postgres "$@" ;;
esac
if [ "$1" != postgres ]; then
  exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  find "$PGDATA" /run/postgresql ! -user postgres -exec chown postgres:postgres {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
fi

if [ -s "$PGDATA/PG_VERSION" ]; then
  echo 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
else
  file_env POSTGRES_PASSWORD
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  : "${POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
  verify_environment
  initialise
fi
exec "$@"
