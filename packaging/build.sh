# The body of ./dev package, sourced by dev: makes build/tarn_VERSION_ARCHITECTURE.deb of the
# release build. What the package holds lies beside this file.

readonly PACKAGING=$ROOT/packaging
readonly PACKAGE_TOOLS=(adduser dpkg-dev fakeroot openssl systemd)

package_version() { sed -n 's/^project(tarn VERSION \([0-9.]*\) .*/\1/p' "$ROOT/CMakeLists.txt"; }

# build_package [VERSION]: prints the name of the file at last; VERSION for upgrades in tests.
build_package() {
  local version=${1:-$(package_version)} architecture tree file
  install_packages "${PACKAGE_TOOLS[@]}"
  architecture=$(dpkg --print-architecture)
  file=$ROOT/build/tarn_${version}_$architecture.deb
  tree=$(mktemp -d)
  # What is the same in two builds is the same in two packages.
  SOURCE_DATE_EPOCH=$(git -C "$ROOT" log -1 --format=%ct 2>/dev/null || date +%s)
  export SOURCE_DATE_EPOCH
  if ! fill_package "$tree/tarn" "$version" "$architecture" ||
    ! fakeroot dpkg-deb --build --root-owner-group "$tree/tarn" "$file" >/dev/null; then
    rm -rf "$tree"
    die "the package could not be made; the reason is above"
  fi
  rm -rf "$tree"
  say "the package is ${file#"$ROOT/"}; install it with: apt install ./${file#"$ROOT/"}"
}

# fill_package TREE VERSION ARCHITECTURE
fill_package() {
  local tree=$1 libraries
  install -Dm755 -s "$ROOT/build/tarn" "$tree/usr/bin/tarn" &&
    install -Dm644 "$PACKAGING/tarn.service" "$tree/lib/systemd/system/tarn.service" &&
    install -Dm644 "$PACKAGING/config.yaml.in" "$tree/usr/share/tarn/config.yaml.in" &&
    install -Dm644 "$ROOT/LICENSE" "$tree/usr/share/doc/tarn/copyright" &&
    mkdir -p "$tree/usr/share/man/man1" "$tree/DEBIAN" &&
    gzip -9n <"$PACKAGING/tarn.1" >"$tree/usr/share/man/man1/tarn.1.gz" &&
    install -m755 "$PACKAGING"/{postinst,prerm,postrm} "$tree/DEBIAN" || return
  libraries=$(package_libraries "$tree/usr/bin/tarn")
  [[ -n $libraries ]] || return
  cat >"$tree/DEBIAN/control" <<TEXT
Package: tarn
Version: $2
Architecture: $3
Maintainer: The maintainers of Tarn <maintainers@tarn.invalid>
Section: database
Priority: optional
Depends: $libraries, adduser, openssl
Description: git for data lakes
 Repositories, branches, commits, merges and zero-copy imports over object
 storage. Speaks the protocols of lakeFS; its clients work unchanged.
TEXT
}

# package_libraries PROGRAM: the packages that it is linked with, with their versions.
package_libraries() {
  local work
  work=$(mktemp -d)
  mkdir "$work/debian"
  printf 'Source: tarn\n\nPackage: tarn\nArchitecture: any\n' >"$work/debian/control"
  (cd "$work" && dpkg-shlibdeps -O "$1" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
  rm -rf "$work"
}
