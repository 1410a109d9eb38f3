image=nginx:1
packages=(nginx-light gettext-base)

origin() { debian nginx-light; }

populate() {
  programs nginx envsubst
  copy /etc/nginx/mime.types
  user nginx 101 /var/cache/nginx
  mkdir -p "$root"/etc/nginx/{conf.d,templates} "$root"/usr/share/nginx/html "$root"/var/log/nginx \
    "$root"/docker-entrypoint.d
  ln -s /dev/stdout "$root/var/log/nginx/access.log"
  ln -s /dev/stderr "$root/var/log/nginx/error.log"
  echo '<!DOCTYPE html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>' \
    >"$root/usr/share/nginx/html/index.html"
}
