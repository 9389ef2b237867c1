#!/usr/bin/env bash
# try.sh OLD NEW: installs a package, uses it as its own user, upgrades and purges it. As root; what
# it runs is shown, and the first failure ends it.
set -euxo pipefail

old=$1 new=$2

# as_service ARGUMENT...: the program as the service runs it.
as_service() {
  runuser -u tarn -- /usr/bin/tarn --config /etc/tarn/config.yaml "$@"
}

dpkg -i "$old"
systemd-analyze verify --man=no /lib/systemd/system/tarn.service
systemd-analyze security --offline=true --threshold=20 /lib/systemd/system/tarn.service >/dev/null
# Small systems leave manuals out.
dpkg-deb --fsys-tarfile "$old" | tar -xO ./usr/share/man/man1/tarn.1.gz | gzip -t
test "$(stat -c '%U:%G %a' /etc/tarn/config.yaml)" = 'root:tarn 640'
test "$(stat -c '%U %a' /var/lib/tarn)" = 'tarn 750'
as_service setup --user-name admin | grep access_key_id
test "$(as_service migrate version)" = 'Database schema version: 4'

config=$(sha256sum /etc/tarn/config.yaml)
dpkg -i "$new"
test "$(dpkg-query -W -f='${Version}' tarn)" = "$(dpkg-deb -f "$new" Version)"
test "$(sha256sum /etc/tarn/config.yaml)" = "$config"
as_service doctor --takeover /etc/tarn/config.yaml | grep 'admin, whose key can be opened'

# What was stored stays, with the secret that opens it.
dpkg --purge tarn | grep 'is left'
test ! -e /etc/tarn
test ! -e /usr/bin/tarn
test -e /var/lib/tarn/config.yaml.purged

# Where nobody has stored anything, nothing stays.
rm -rf /var/lib/tarn
dpkg -i "$new"
dpkg --purge tarn
test ! -e /var/lib/tarn
test ! -e /var/cache/tarn
test -z "$(getent passwd tarn)"
