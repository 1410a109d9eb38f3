# What recipes are written in: a file system made of the files of this machine's Debian packages.
# Sourced by `build`; `$root` is the file system under construction.

build_args=()

# Installs the Debian packages that are missing, and starts none of their services.
require() {
  local package missing=()
  for package in busybox-static dash util-linux bash "$@"; do
    dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null |
      grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  apt-get update -qq >&2
  # RUNLEVEL=1 is what invoke-rc.d reads: no service is started in single-user mode.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# `Debian NAME VERSION`, of packages that are installed.
debian() {
  dpkg-query --show --showformat 'Debian ${Package} ${Version}\n' "$@" | paste -sd,
}

# Unpacks a wheel of PyPI, `NAME==VERSION`, into a folder; downloaded once per user.
wheel() {
  local requirement=$1 into=$2
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/rtest/wheels/$requirement
  if [ ! -d "$cache" ]; then
    rm -rf "$cache.part"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --dest "$cache.part" "$requirement" >&2
    mv "$cache.part" "$cache"
  fi
  python3 -m zipfile --extract "$cache"/*.whl "$into"
}

# A root with a shell, the usual small tools, names for users, and a place for everything else.
new_root() {
  mkdir -p "$root"/{etc,run,tmp,root,home,var/{lib,log,tmp},usr/{bin,sbin,lib,lib64,share,local/bin}}
  chmod 1777 "$root"/{tmp,var/tmp}
  local folder
  for folder in bin sbin lib lib64; do
    ln -s "usr/$folder" "$root/$folder"
  done
  ln -s ../run "$root/var/run"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

  cp /bin/busybox "$root/usr/bin/busybox"
  local applet
  for applet in $(busybox --list); do
    # Not `busybox` itself, nor the package managers of a system that this is not.
    case "$applet" in busybox | dpkg | dpkg-deb | rpm | rpm2cpio) continue ;; esac
    ln -s busybox "$root/usr/bin/$applet"
  done
  # busybox's own shell would run its applets rather than programs of the same name.
  programs bash dash setpriv install
  ln -sf dash "$root/usr/bin/sh"
}

# A user and a group of one name and id, with a home folder.
user() {
  local name=$1 id=$2 home=$3
  echo "$name:x:$id:$id::$home:/bin/sh" >>"$root/etc/passwd"
  echo "$name:x:$id:" >>"$root/etc/group"
  mkdir -p "$root$home"
  chown "$id:$id" "$root$home"
}

# Programs of this machine, by name or path, at the same place, with the libraries they need.
programs() {
  local program path
  for program in "$@"; do
    path=$(command -v "$program" || command -v "/usr/sbin/$program")
    rm -f "$root$path"
    copy "$path"
    libraries "$path"
  done
}

# The libraries that programs or libraries of this machine need, where the loader finds them.
libraries() {
  local library
  # `name => path (address)`, and the loader as `path (address)`.
  ldd "$@" 2>/dev/null | sed -nE 's#^\s+(.* => )?(/[^ ]+) \(0x.*#\2#p' | sort -u |
    while read -r library; do
      copy "$library"
    done
}

# Files and folders of this machine, at the same place; links are followed.
copy() {
  local path
  for path in "$@"; do
    mkdir -p "$root$(dirname "$path")"
    [ -e "$root$path" ] || cp --recursive --dereference --preserve=mode "$path" "$root$path"
  done
}
