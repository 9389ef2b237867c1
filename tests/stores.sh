# Real object stores for tests, sourced by tests/run.sh: started on loopback when their scripts are
# beside the repository (../shared/fixtures/stores), named to tests by TARN_S3_*, and stopped at the
# end. Without them the tests that need one are skipped, unless TARN_SHARED=required.

readonly STORE_SCRIPT=../shared/fixtures/stores/stores.sh
store_directory=

# start_stores: a server that is named already is used as it is.
start_stores() {
  local port log
  [[ -z ${TARN_S3_URL:-} ]] || return 0
  if [[ ! -f $STORE_SCRIPT ]]; then
    [[ ${TARN_SHARED:-} != required ]] || note_failure "$STORE_SCRIPT is required and absent"
    return 0
  fi
  export STORES_TOOLS=${STORES_TOOLS:-$ROOT/build/stores}
  store_directory=$(mktemp -d)
  log=$store_directory.log
  # The server takes eight ports in a row; another run may have them.
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 1000 * 8))
    # What answers may be another run's server: ours must be alive too.
    if bash "$STORE_SCRIPT" start seaweedfs "$port" "$store_directory" >"$log" 2>&1 &&
      kill -0 "$(<"$store_directory/pid")" &&
      bash "$STORE_SCRIPT" create seaweedfs "$port" "$store_directory" tarn-tests \
        >>"$log" 2>&1; then
      export TARN_S3_URL=http://127.0.0.1:$port TARN_S3_KEY=minioadmin
      export TARN_S3_SECRET=minioadminsecret TARN_S3_BUCKET=tarn-tests
      export no_proxy=127.0.0.1,localhost${no_proxy:+,$no_proxy}
      return 0
    fi
  done
  tail -n 5 "$log"
  note_failure 'the S3 server of the tests did not start'
}

stop_stores() {
  [[ -n $store_directory ]] || return 0
  [[ ! -e $store_directory/pid ]] || bash "$STORE_SCRIPT" stop "$store_directory"
  rm -rf "$store_directory" "$store_directory.log"
  store_directory=
}
