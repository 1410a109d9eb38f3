image=postgres:15
packages=(postgresql-15 postgresql-client-15)

origin() { debian postgresql-15; }

populate() {
  local home=/usr/lib/postgresql/15
  programs "$home"/bin/{postgres,initdb,pg_ctl,pg_controldata,psql,pg_isready,pg_dump,pg_restore,createdb,dropdb,createuser,pgbench}
  # initdb asks it for collations.
  programs locale
  # Extensions and encodings. Just-in-time compilation would bring all of LLVM along.
  local library
  for library in "$home"/lib/*.so; do
    case "$library" in */llvmjit.so) continue ;; esac
    copy "$library"
    libraries "$library"
  done
  copy /usr/share/postgresql/15 /usr/share/zoneinfo /usr/lib/locale/C.utf8
  rm -rf "$root/usr/share/postgresql/15/man"
  # Where `psql` and the like are a wrapper on Debian.
  local program
  for program in "$home"/bin/*; do
    [ -e "$root$program" ] && ln -sf "$program" "$root/usr/local/bin/"
  done
  # As in the official image.
  sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "$root/usr/share/postgresql/15/postgresql.conf.sample"
  user postgres 999 /var/lib/postgresql
  install -d -o 999 -g 999 -m 3777 "$root/run/postgresql"
  install -d -o 999 -g 999 -m 777 "$root/var/lib/postgresql/data"
  install -d "$root/docker-entrypoint-initdb.d"
}
