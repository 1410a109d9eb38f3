image=redis:7
packages=(redis-server redis-tools)

origin() { debian redis-server; }

populate() {
  programs redis-server redis-cli redis-benchmark
  user redis 999 /data
  mkdir -p "$root/usr/local/etc/redis"
  # As in the official image: in a container, what may connect is the network's affair.
  echo 'protected-mode no' >"$root/usr/local/etc/redis/stand-in.conf"
}
