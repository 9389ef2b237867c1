# Sourced by tests/run.sh: the Debian package is installed here, used by its own user, upgraded and
# purged. Only as root, and only where no Tarn is installed; skipped visibly elsewhere.

readonly PACKAGE_TEST_VERSIONS=(0.0.1 0.0.2)

# package_tests: counts as one test.
package_tests() {
  local reason= version files=()
  [[ $(id -u) == 0 ]] || reason='needs root'
  [[ ! -e /etc/tarn && ! -e /var/lib/tarn ]] || reason='a Tarn is installed here'
  if [[ -n $reason ]]; then
    skipped+=("Debian package: $reason")
    return 0
  fi
  say "the Debian package"
  for version in "${PACKAGE_TEST_VERSIONS[@]}"; do
    (build_package "$version") || {
      note_failure 'the Debian package: it is not made'
      return 0
    }
    files+=("$ROOT/build/tarn_${version}_$(dpkg --print-architecture).deb")
  done
  if bash packaging/try.sh "${files[@]}"; then
    passed=$((passed + 1))
  else
    note_failure 'the Debian package; the last command above failed'
  fi
  rm -f "${files[@]}"
  dpkg --purge tarn >/dev/null 2>&1
  rm -rf /var/lib/tarn
  deluser --quiet --system tarn 2>/dev/null
}
